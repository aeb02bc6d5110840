import { describe, expect, it } from "vitest";
import type { FloorQueue } from "../gen/wire";
import { doorWords } from "./queue-door";

const NOON = new Date(2026, 4, 4, 12).getTime();

function queue(change: Partial<FloorQueue>): FloorQueue {
  return {
    id: "sales",
    name: "Sales",
    waiting: 0,
    oldest_entered_at: null,
    ready: 0,
    talking: 0,
    wrap_up: 0,
    paused: 0,
    lost: 0,
    offered_today: 0,
    answered_today: 0,
    abandoned_today: 0,
    in_time_today: 0,
    service_level_s: 20,
    is_open: true,
    changes_at: null,
    closed_by: "",
    closed_reason: "",
    left_today: [],
    estimates: 0,
    estimate_error_s: 0,
    estimate_bias_s: 0,
    estimate_coverage: 0,
    ...change,
  };
}

describe("the door of a queue", () => {
  it.each([
    [{}, "Open"],
    [{ changes_at: NOON + 5 * 3_600_000 }, "Open until 17:00"],
    [{ is_open: false }, "Closed"],
    [{ is_open: false, changes_at: NOON + 21 * 3_600_000 }, /^Closed until .*09:00$/],
    [
      { is_open: false, closed_by: "Sue", closed_reason: "fire drill" },
      "Closed by Sue: fire drill",
    ],
  ])("says %o as %s", (change, words) => {
    expect(doorWords(queue(change), NOON)).toMatch(words);
  });
});
