/** What the service's short words are called on the page. */
import type { AgentState, CallPhase } from "../gen/wire";

export const AGENT_STATE_WORDS: Readonly<Record<AgentState, string>> = {
  ready: "Ready",
  ringing: "Ringing",
  talking: "Talking",
  wrap_up: "Wrap-up",
  paused: "Paused",
  resting: "Resting",
  lost: "Page lost",
  logged_out: "Logged out",
  not_answering: "Not answering",
};

export const PHASE_WORDS: Readonly<Record<CallPhase, string>> = {
  ivr: "In the menu",
  waiting: "Waiting",
  ringing: "Ringing",
  talking: "Talking",
  wrap_up: "Wrap-up",
  connecting: "Connecting",
  later: "Later",
};

const OUTCOMES: Readonly<Record<string, string>> = {
  answered: "Answered",
  abandoned_ivr: "Abandoned in menu",
  abandoned_queue: "Abandoned in queue",
  self_served: "Self-served",
  overflow: "Overflow",
  failed: "Failed",
  callback_requested: "Callback requested",
  callback_unreached: "Callback: not reached",
  callback_cancelled: "Callback: not needed",
  fallback_answered: "Answered by the fallback",
  fallback_message: "Message with the fallback",
  fallback_abandoned: "Abandoned in the fallback",
};

const SEGMENTS: Readonly<Record<string, string>> = {
  ivr: "Menu",
  queue: "Queue",
  ring: "Ring",
  dial: "Call to the customer",
  talk: "Talk",
  wrap: "Wrap-up",
};

const MATCHES: Readonly<Record<string, string>> = {
  pending: "Looking up the caller…",
  none: "Not in the customer records",
  multiple: "Several people have this number",
  shared: "A shared number",
  withheld: "Number withheld",
  unavailable: "Customer records cannot be reached now",
};

/** "abandoned_queue" becomes "Abandoned in queue"; an unknown word becomes readable. */
export function outcomeWord(outcome: string): string {
  return outcome === "" ? "In progress" : (OUTCOMES[outcome] ?? readable(outcome));
}

export function segmentWord(kind: string): string {
  return SEGMENTS[kind] ?? readable(kind);
}

/** What to say of the match of number and person; "" when there is nothing to say. */
export function matchWord(status: string): string {
  return MATCHES[status] ?? "";
}

/** "potential_gold" becomes "Potential gold". */
export function readable(code: string): string {
  const words = code.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a caller is called: the name, else the number, else that there is none. */
export function callerTitle(name: string, number: string): string {
  return name || number || "Number withheld";
}
