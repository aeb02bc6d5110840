/** Short messages that a person should see and can put away. */
import { signal } from "@preact/signals";

export interface Notice {
  readonly id: number;
  readonly text: string;
}

const SHOWN_MS = 12_000;
const MOST = 3;

export const notices = signal<readonly Notice[]>([]);
let count = 0;

export function say(text: string): void {
  const id = ++count;
  notices.value = [...notices.value, { id, text }].slice(-MOST);
  setTimeout(() => {
    putAway(id);
  }, SHOWN_MS);
}

export function putAway(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}
