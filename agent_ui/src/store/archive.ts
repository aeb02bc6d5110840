/** Past calls: the list with its search, and the one that is opened. */
import { signal } from "@preact/signals";
import type { CallListLine, CallStory } from "../gen/wire";
import { callStory, findCalls } from "../transport/http";
import { messageOf } from "./session";

export interface CallsFound {
  readonly text: string;
  readonly lines: readonly CallListLine[];
  readonly nextCursor: string | null;
}

export const search = signal("");
export const found = signal<CallsFound | null>(null);
export const isSearching = signal(false);
export const searchFault = signal("");
export const story = signal<CallStory | null>(null);
export const storyFault = signal("");

/** Counts searches: an answer that a later search has overtaken is dropped. */
let searches = 0;
let stories = 0;

/** Finds calls from the newest on. */
export async function find(text: string): Promise<void> {
  search.value = text;
  await load(text, null, []);
}

export async function findMore(): Promise<void> {
  const present = found.value;
  if (present === null || present.nextCursor === null || isSearching.value) return;
  await load(present.text, present.nextCursor, present.lines);
}

async function load(
  text: string,
  cursor: string | null,
  before: readonly CallListLine[],
): Promise<void> {
  const number = ++searches;
  isSearching.value = true;
  searchFault.value = "";
  try {
    const page = await findCalls(text, cursor);
    if (number !== searches) return;
    found.value = { text, lines: [...before, ...page.lines], nextCursor: page.next_cursor };
  } catch (error) {
    if (number === searches) searchFault.value = messageOf(error);
  } finally {
    if (number === searches) isSearching.value = false;
  }
}

export async function openStory(callId: string): Promise<void> {
  const number = ++stories;
  storyFault.value = "";
  if (story.value?.call_id !== callId) story.value = null;
  try {
    const answer = await callStory(callId);
    if (number === stories) story.value = answer;
  } catch (error) {
    if (number === stories) storyFault.value = messageOf(error);
  }
}
