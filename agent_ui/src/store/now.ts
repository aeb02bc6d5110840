/** The service's time, moving once a second, for all timers on the page at once. */
import { computed, signal } from "@preact/signals";
import { offsetMs } from "./desk";

const ours = signal(Date.now());

export const now = computed(() => ours.value + offsetMs.value);

let timer: ReturnType<typeof setTimeout> | undefined;

/** Lets the time move, aligned to full seconds. */
export function startClock(): void {
  clearTimeout(timer);
  const current = Date.now();
  ours.value = current;
  timer = setTimeout(startClock, 1000 - (current % 1000) + 2);
}
