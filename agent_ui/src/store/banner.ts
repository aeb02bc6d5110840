/** Whether the page should speak of its connection: a first, quick connect is not worth a word. */
import { effect, signal } from "@preact/signals";
import { status } from "./desk";

const PATIENCE_MS = 1_500;

export const isFaultShown = signal(false);

let timer: ReturnType<typeof setTimeout> | undefined;

effect(() => {
  const name = status.value.name;
  if (name === "live") {
    clearTimeout(timer);
    timer = undefined;
    isFaultShown.value = false;
  } else if (name === "ended" || name === "lost") {
    isFaultShown.value = true;
  } else {
    timer ??= setTimeout(() => {
      isFaultShown.value = status.value.name !== "live";
    }, PATIENCE_MS);
  }
});
