/** What an agent has typed for the wrap-up of a call and not yet filed. */
import type { DispositionItem, RequestDraft } from "../gen/wire";

export const NOTE_LIMIT = 4_000;

export interface Draft {
  readonly disposition: string;
  readonly note: string;
  readonly wantsRequest: boolean;
  readonly requestKind: string;
  readonly subject: string;
  readonly description: string;
}

export const EMPTY_DRAFT: Draft = {
  disposition: "",
  note: "",
  wantsRequest: false,
  requestKind: "",
  subject: "",
  description: "",
};

/** Says what keeps a draft from being filed; null if nothing does. */
export function fault(draft: Draft, choices: readonly DispositionItem[]): string | null {
  const chosen = choices.find((choice) => choice.code === draft.disposition);
  if (chosen === undefined) return "Choose how the call ended.";
  if (chosen.requires_note && draft.note.trim() === "") return `“${chosen.label}” needs a note.`;
  if (draft.wantsRequest && draft.subject.trim() === "") return "The request needs a subject.";
  return null;
}

export function requestOf(draft: Draft, kinds: readonly string[]): RequestDraft | null {
  if (!draft.wantsRequest) return null;
  return {
    kind: draft.requestKind || (kinds[0] ?? ""),
    subject: draft.subject.trim(),
    description: draft.description.trim(),
  };
}

/** Nothing would be lost with it: a choice alone is made again in a second. */
export function isWorthKeeping(draft: Draft): boolean {
  return [draft.note, draft.subject, draft.description].some((text) => text.trim() !== "");
}

/** Reads a stored draft; anything unreadable gives null. */
export function parseDraft(stored: string | null): Draft | null {
  if (stored === null) return null;
  try {
    const value: unknown = JSON.parse(stored);
    return isDraft(value) ? value : null;
  } catch {
    return null;
  }
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(EMPTY_DRAFT).every(
    ([name, example]) => typeof Reflect.get(value, name) === typeof example,
  );
}
