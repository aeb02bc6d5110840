/** Tells screen readers what becomes of the call; nothing of it is visible. */
import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { callerTitle } from "../core/words";
import type { DeskCall } from "../gen/wire";
import { deskCall } from "../store/desk";
import { now } from "../store/now";

const WARN_MS = 15_000;

export function Announcer() {
  const call = deskCall.value;
  const before = useRef<DeskCall | null>(null);
  const text = useSignal("");
  const isUrgent = call?.phase === "ringing";
  useEffect(() => {
    const said = sentence(before.current, call);
    if (said !== "") text.value = said;
    before.current = call;
  }, [call, text]);
  return (
    <>
      <p class="unseen" aria-live={isUrgent ? "assertive" : "polite"} aria-atomic="true">
        {text.value}
      </p>
      <p class="unseen" aria-live="polite">
        {isWrapUpShort(call) ? "15 seconds left for the wrap-up." : ""}
      </p>
    </>
  );
}

/** What to say of the step from one state of the desk to the next; "" for nothing. */
export function sentence(before: DeskCall | null, call: DeskCall | null): string {
  if (call === null) return before === null ? "" : "The call is done.";
  const isSame = before?.id === call.id && before.phase === call.phase;
  if (isSame) return "";
  const caller = callerTitle(call.caller_name, call.ani);
  if (call.phase === "ringing") return `Incoming call: ${caller}, ${call.queue_name}.`;
  if (call.phase === "connecting") return `You are being connected with ${caller}.`;
  if (call.phase === "talking") return `Connected with ${caller}.`;
  return call.phase === "wrap_up" ? "The call has ended. Wrap-up." : "";
}

function isWrapUpShort(call: DeskCall | null): boolean {
  if (call?.phase !== "wrap_up" || call.wrap_up_until === null) return false;
  const left = call.wrap_up_until - now.value;
  return left <= WARN_MS && left > 0;
}
