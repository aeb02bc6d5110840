/** Which page is shown, by the part of the address after "#", or by the path a person typed. */
import { computed, signal } from "@preact/signals";
import { role, takesCalls } from "./session";

export type Page = "desk" | "floor" | "calls";

export interface Route {
  readonly page: Page;
  /** The opened call on the page of calls; "" for none. */
  readonly callId: string;
}

const NAMES: Readonly<Record<string, Page>> = { agent: "desk", supervisor: "floor" };

const hash = signal(location.hash === "" ? location.pathname : location.hash);

export const pages = computed<readonly Page[]>(() => {
  const allowed: Page[] = [];
  if (takesCalls.value) allowed.push("desk");
  // The service lists past calls for supervisors only, and shows them the floor.
  if (role.value !== "agent") allowed.push("floor", "calls");
  return allowed;
});

export const route = computed<Route>(() => {
  const [, name = "", callId = ""] = hash.value.split("/");
  const wanted = NAMES[name] ?? name;
  const page = pages.value.find((candidate) => candidate === wanted) ?? pages.value[0] ?? "calls";
  return { page, callId: decoded(callId) };
});

export function addressOf(page: Page, callId = ""): string {
  return callId === "" ? `#/${page}` : `#/${page}/${encodeURIComponent(callId)}`;
}

export function go(page: Page, callId = ""): void {
  location.hash = addressOf(page, callId);
}

export function followAddress(target: Window): void {
  target.addEventListener("hashchange", () => {
    hash.value = target.location.hash;
  });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
