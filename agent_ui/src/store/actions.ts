/** What an agent does, as requests; each says on the page why not if it is refused. */
import { type Draft, requestOf } from "../core/draft";
import { ask, isLeaving, me, stop, tell } from "./desk";
import { discard } from "./drafts";
import { info, leave, takesCalls } from "./session";

export function takeCalls(): Promise<boolean> {
  isLeaving.value = false;
  return ask({ type: "ready" });
}

export function pause(reason: string): Promise<boolean> {
  isLeaving.value = false;
  return ask({ type: "pause", reason });
}

export function answer(callId: string): Promise<boolean> {
  return ask({ type: "answer", call_id: callId });
}

/** Says that the page shows the call: only now can the agent miss it. */
export function offerShown(callId: string, offerId: string): Promise<boolean> {
  return tell({ type: "offer_shown", call_id: callId, offer_id: offerId });
}

export function extendWrapUp(callId: string): Promise<boolean> {
  return ask({ type: "extend_wrap_up", call_id: callId });
}

/** Some outcomes have a time limit of their own, which counts as soon as one is chosen. */
export function chooseDisposition(callId: string, disposition: string): Promise<boolean> {
  return tell({ type: "choose_disposition", call_id: callId, disposition });
}

/** Promises the customer of the agent's call a call back, after so many milliseconds. */
export function callBack(callId: string, afterMs: number): Promise<boolean> {
  return ask({ type: "call_back", call_id: callId, after_ms: afterMs });
}

export function hangUp(callId: string): Promise<boolean> {
  return ask({ type: "hang_up", call_id: callId });
}

/** Puts a waiting caller before all others; for supervisors. */
export function bump(callId: string): Promise<boolean> {
  return ask({ type: "bump", call_id: callId });
}

export function confirmPerson(callId: string, partyId: string): Promise<boolean> {
  return ask({ type: "confirm_person", call_id: callId, party_id: partyId });
}

/** Files a wrap-up; the draft is forgotten only when the service has recorded it. */
export async function file(callId: string, draft: Draft): Promise<boolean> {
  const isFiled = await ask({
    type: "wrap_up",
    call_id: callId,
    disposition: draft.disposition,
    note: draft.note.trim(),
    service_request: requestOf(draft, info.value?.request_kinds ?? []),
  });
  if (isFiled) discard(callId);
  return isFiled;
}

/** Closes a queue before its time; who waits there is served, or goes where its rules say. */
export function closeQueue(queueId: string, reason: string): Promise<boolean> {
  return ask({ type: "close_queue", queue_id: queueId, reason });
}

export function reopenQueue(queueId: string): Promise<boolean> {
  return ask({ type: "reopen_queue", queue_id: queueId });
}

/**
 * Stops work and ends the session.
 *
 * In a call the service lets it take effect after the wrap-up; `finishLeaving` then does the rest.
 */
export async function logOut(): Promise<void> {
  if (takesCalls.value) {
    if (!(await ask({ type: "log_out" }))) return;
    isLeaving.value = true;
    if (isInCall()) return;
  }
  await finishLeaving();
}

export async function finishLeaving(): Promise<void> {
  isLeaving.value = true;
  stop();
  await leave();
}

function isInCall(): boolean {
  const state = me.value?.state;
  return state === "ringing" || state === "talking" || state === "wrap_up";
}
