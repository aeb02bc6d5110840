/** How long to wait before the next attempt to connect. */

const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/**
 * Returns a pause between half and all of a limit that doubles with each failure.
 *
 * All pages of a floor lose a restarted service in the same instant: without chance they would all
 * come back in the same instant too.
 *
 * @param failures - Attempts that failed since the last one that did not, from 0.
 * @param chance - Uniform in [0, 1).
 * @returns Milliseconds, 250 to 15000.
 */
export function pauseBefore(failures: number, chance: number): number {
  const limit = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.round(limit * (0.5 + chance / 2));
}
