import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clipped, duration, percent, phoneNumber, spokenDuration } from "./format";
import { serviceLevel } from "./entities";
import { layout } from "./timeline";

describe("durations", () => {
  it.each([
    [0, "0:00"],
    [-5_000, "0:00"],
    [59_999, "0:59"],
    [760_000, "12:40"],
    [3_723_000, "1:02:03"],
  ])("%d ms is shown as %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it("are spoken in words", () => {
    expect([7_000, 60_000, 760_000, 3_720_000].map(spokenDuration)).toEqual([
      "7 s",
      "1 min",
      "12 min 40 s",
      "1 h 2 min",
    ]);
  });
});

describe("phone numbers", () => {
  it("keep every digit in its order", () => {
    const numbers = fc.stringMatching(/^\+?[0-9]{0,20}$/);
    fc.assert(
      fc.property(numbers, (number) => {
        expect(phoneNumber(number).replaceAll(" ", "")).toBe(number);
      }),
    );
  });

  it("are grouped after the country code", () => {
    expect(phoneNumber("+442079460958")).toBe("+44 207 946 0958");
    expect(phoneNumber("+15125550142")).toBe("+1 512 555 0142");
    expect(phoneNumber("+358401234567")).toBe("+358 401 23 4567");
    expect(phoneNumber("anonymous")).toBe("anonymous");
  });
});

describe("shares", () => {
  it("are a dash where nothing was counted", () => {
    const nobody = { in_time_today: 0, answered_today: 0, abandoned_today: 0 };
    expect(percent(serviceLevel(nobody))).toBe("–");
  });

  it("count who was answered in time, of answered and abandoned", () => {
    const morning = { in_time_today: 58, answered_today: 74, abandoned_today: 8 };
    expect(percent(serviceLevel(morning))).toBe("71 %");
  });
});

describe("clipping", () => {
  it("never splits a character and never exceeds the limit", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 80 }),
        fc.integer({ min: 1, max: 30 }),
        (text, limit) => {
          const short = clipped(text, limit);
          expect(Array.from(short).length).toBeLessThanOrEqual(limit);
          expect(() => encodeURIComponent(short)).not.toThrow();
        },
      ),
    );
  });
});

describe("a call's bar", () => {
  const segment = fc.record({
    kind: fc.constantFrom("ivr", "queue", "ring", "talk", "wrap"),
    started_at: fc.integer({ min: 1_000, max: 9_000_000 }),
    ended_at: fc.option(fc.integer({ min: 0, max: 9_000_000 })),
    end_reason: fc.constant(""),
    queue_id: fc.constant(""),
    agent_name: fc.constant(""),
  });

  it("stays between 0 and 100 percent, with few ticks", () => {
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 12 }), (segments) => {
        const drawn = layout(segments, 1_000, 9_500_000);
        for (const bar of drawn.bars) {
          expect(bar.leftPercent).toBeGreaterThanOrEqual(0);
          expect(bar.widthPercent).toBeGreaterThanOrEqual(0);
          expect(bar.leftPercent + bar.widthPercent).toBeLessThanOrEqual(100.0001);
        }
        expect(drawn.ticks.length).toBeGreaterThanOrEqual(1);
        expect(drawn.ticks.length).toBeLessThanOrEqual(7);
      }),
    );
  });

  it("is drawn to scale", () => {
    const at = (kind: string, from: number, to: number) => ({
      kind,
      started_at: from,
      ended_at: to,
      end_reason: "",
      queue_id: "",
      agent_name: "",
    });
    const { bars } = layout([at("ivr", 0, 25_000), at("talk", 25_000, 100_000)], 0, 0);
    expect(bars.map((bar) => [bar.leftPercent, bar.widthPercent])).toEqual([
      [0, 25],
      [25, 75],
    ]);
  });
});
