/** Who is logged in, if anybody. */
import { computed, signal } from "@preact/signals";
import type { SessionInfo } from "../gen/wire";
import { PROTOCOL } from "../gen/wire";
import { ApiError, currentSession, endSession, logIn } from "../transport/http";

/** Null when nobody is; "unknown" until the service has said. */
export const session = signal<SessionInfo | null | "unknown">("unknown");
/** Why the log-in page is shown, or what went wrong on it. */
export const loginNotice = signal("");

export const info = computed(() => (session.value === "unknown" ? null : session.value));
export const role = computed(() => info.value?.role ?? "agent");
export const takesCalls = computed(() => info.value?.takes_calls ?? false);
export const isOutdated = computed(() => info.value !== null && info.value.protocol !== PROTOCOL);

export async function findSession(): Promise<void> {
  try {
    session.value = await currentSession();
  } catch (error) {
    session.value = null;
    const isExpected = error instanceof ApiError && error.code === "not_logged_in";
    loginNotice.value = isExpected ? "" : messageOf(error);
  }
}

/** Logs in; what goes wrong is in `loginNotice`. */
export async function enter(login: string, password: string): Promise<void> {
  try {
    session.value = await logIn({ login, password });
    loginNotice.value = "";
  } catch (error) {
    loginNotice.value = messageOf(error);
  }
}

export function sessionEnded(notice: string): void {
  session.value = null;
  loginNotice.value = notice;
}

/** Ends the session at the service; if that cannot be reached, only this page forgets it. */
export async function leave(): Promise<void> {
  try {
    await endSession();
    sessionEnded("You have logged out.");
  } catch (error) {
    const isOver = error instanceof ApiError && error.code === "not_logged_in";
    sessionEnded(isOver ? "You have logged out." : messageOf(error));
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
