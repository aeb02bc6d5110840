/** The service's clock, as well as frames let us know it. */

/** A jump beyond this is a clock that was set, not a slow network. */
const JUMP_MS = 2_000;

/**
 * Returns the better of two measurements of (service's clock - ours).
 *
 * A frame arrives late, never early: a measurement is too small by the delay of the network, so the
 * largest is the best, unless one of the clocks was set.
 */
export function betterOffset(known: number | null, measured: number): number {
  if (known === null || measured > known || known - measured > JUMP_MS) return measured;
  return known;
}
