/** Draws attention to a call: title, icon of the tab, a spoken line, and the focus. */
import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { duration } from "../core/format";
import { callerTitle } from "../core/words";
import type { DeskCall } from "../gen/wire";
import quietIcon from "../icons/quiet.svg";
import ringingIcon from "../icons/ringing.svg";
import { deskCall, me } from "../store/desk";
import { now } from "../store/now";
import { go, route, type Page } from "../store/route";

const PAGE_TITLES: Readonly<Record<Page, string>> = {
  desk: "Desk",
  floor: "Floor",
  calls: "Calls",
};

export function useAttention(): void {
  useEffect(() => {
    const stops = [effect(showTitle), effect(showIcon), watchForPop()];
    return () => {
      for (const stop of stops) stop();
      setIcon(quietIcon);
    };
  }, []);
}

function showTitle(): void {
  document.title = titleFor(deskCall.value, now.value, PAGE_TITLES[route.value.page]);
}

export function titleFor(call: DeskCall | null, at: number, page: string): string {
  if (call === null) return `${page} · callcenter`;
  const caller = callerTitle(call.caller_name, call.ani).slice(0, 60);
  if (call.phase === "ringing") return `(ringing) ${caller}`;
  if (call.phase === "connecting") return `(connecting) ${caller}`;
  if (call.phase === "talking") return `(talking) ${caller}`;
  const left = call.wrap_up_until === null ? "" : ` ${duration(call.wrap_up_until - at + 999)}`;
  return `(wrap-up${left}) ${caller}`;
}

function showIcon(): void {
  setIcon(me.value?.state === "ringing" ? ringingIcon : quietIcon);
}

function setIcon(address: string): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (link !== null && link.getAttribute("href") !== address) link.href = address;
}

/** Opens the desk for a call that begins to ring, and brings the focus there. */
function watchForPop(): () => void {
  let shown = "";
  return effect(() => {
    const call = deskCall.value;
    const isNew = call?.phase === "ringing" && call.id !== shown;
    if (call !== null && isNew) {
      shown = call.id;
      comeForward();
    }
  });
}

/** Never takes the focus from somebody who types, nor changes the page under their hands. */
function comeForward(): void {
  if (isTyping(document.activeElement)) return;
  if (route.peek().page !== "desk") go("desk");
  setTimeout(() => {
    if (!isTyping(document.activeElement)) document.getElementById("caller")?.focus();
  });
}

export function isTyping(element: Element | null): boolean {
  return element?.closest("input:not([type=radio]), textarea, select, dialog, [role=menu]") != null;
}
