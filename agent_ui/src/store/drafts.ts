/** Wrap-ups that are typed but not filed. They survive a reload, in the tab's own storage. */
import { computed, signal } from "@preact/signals";
import { type Draft, EMPTY_DRAFT, isWorthKeeping, parseDraft } from "../core/draft";
import { deskCall } from "./desk";

const PREFIX = "wrap-up/";

export interface KeptDraft {
  readonly callId: string;
  readonly draft: Draft;
}

const drafts = signal<ReadonlyMap<string, Draft>>(stored());

/** Drafts of calls that are over before they were filed. */
export const leftOver = computed<readonly KeptDraft[]>(() => {
  const open = deskCall.value?.id;
  return [...drafts.value]
    .filter(([callId, draft]) => callId !== open && isWorthKeeping(draft))
    .map(([callId, draft]) => ({ callId, draft }));
});

export function draftOf(callId: string): Draft {
  return drafts.value.get(callId) ?? EMPTY_DRAFT;
}

export function keep(callId: string, change: Partial<Draft>): void {
  const draft = { ...draftOf(callId), ...change };
  drafts.value = new Map(drafts.value).set(callId, draft);
  write(callId, JSON.stringify(draft));
}

export function discard(callId: string): void {
  const rest = new Map(drafts.value);
  rest.delete(callId);
  drafts.value = rest;
  write(callId, null);
}

/** A full or forbidden storage costs the survival of a reload, never the typing. */
function write(callId: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(PREFIX + callId);
    else sessionStorage.setItem(PREFIX + callId, text);
  } catch {
    return;
  }
}

function stored(): ReadonlyMap<string, Draft> {
  const found = new Map<string, Draft>();
  for (const name of storedNames()) {
    const draft = parseDraft(sessionStorage.getItem(name));
    if (draft !== null) found.set(name.slice(PREFIX.length), draft);
  }
  return found;
}

function storedNames(): string[] {
  try {
    return Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));
  } catch {
    return [];
  }
}
