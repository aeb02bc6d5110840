/** Where the stretches of a call lie on a bar drawn to scale. */
import type { StorySegment } from "../gen/wire";

export interface Bar {
  readonly segment: StorySegment;
  /** Rings lie in a lane of their own: the caller waits meanwhile. */
  readonly lane: 0 | 1;
  readonly leftPercent: number;
  readonly widthPercent: number;
  readonly lengthMs: number;
}

export interface Tick {
  readonly leftPercent: number;
  readonly atMs: number;
}

export interface Layout {
  readonly bars: readonly Bar[];
  readonly ticks: readonly Tick[];
}

const MOST_TICKS = 6;
const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];

/**
 * Lays out segments between the call's arrival and its last instant.
 *
 * @param now - Where a segment ends that is not over.
 */
export function layout(segments: readonly StorySegment[], arrivedAt: number, now: number): Layout {
  const endOf = (segment: StorySegment) => Math.max(segment.ended_at ?? now, segment.started_at);
  const end = Math.max(arrivedAt + 1, ...segments.map(endOf));
  const total = end - arrivedAt;
  const percentOf = (ms: number) => (Math.min(Math.max(ms, 0), total) / total) * 100;
  const bars = segments.map((segment): Bar => {
    const lengthMs = endOf(segment) - segment.started_at;
    const leftPercent = percentOf(segment.started_at - arrivedAt);
    const widthPercent = percentOf(endOf(segment) - arrivedAt) - leftPercent;
    return { segment, lane: segment.kind === "ring" ? 1 : 0, leftPercent, widthPercent, lengthMs };
  });
  return { bars, ticks: ticks(total) };
}

function ticks(totalMs: number): Tick[] {
  const fitting = STEPS_S.find((step) => totalMs / 1000 / step <= MOST_TICKS);
  const stepMs = (fitting ?? Math.ceil(totalMs / 1000 / MOST_TICKS)) * 1000;
  const count = Math.floor(totalMs / stepMs);
  return Array.from({ length: count + 1 }, (_, index) => ({
    atMs: index * stepMs,
    leftPercent: ((index * stepMs) / totalMs) * 100,
  }));
}
