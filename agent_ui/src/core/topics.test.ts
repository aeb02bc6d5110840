import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Changes, Item, Removed, ServerFrame, Snapshot } from "../gen/wire";
import { NOTHING_KNOWN, reduce, resume, type State, type TopicName } from "./topics";

function queue(id: string, waiting: number): Item {
  return { kind: "my_queue", value: { id, name: `queue ${id}`, waiting, oldest_entered_at: null } };
}

/** The service: numbers its changes and keeps what a page should come to know. */
class Service {
  epoch = "epoch-1";
  seq = 0;
  items = new Map<string, Item>();

  change(id: string, waiting: number): Changes {
    this.items.set(`my_queue/${id}`, queue(id, waiting));
    return this.#changes([queue(id, waiting)], []);
  }

  remove(id: string): Changes {
    this.items.delete(`my_queue/${id}`);
    return this.#changes([], [{ kind: "my_queue", id }]);
  }

  restart(): void {
    this.epoch += "'";
    this.seq = 0;
  }

  snapshot(): Snapshot {
    const items = [...this.items.values()];
    return { type: "snapshot", topic: "desk", epoch: this.epoch, seq: this.seq, now: 0, items };
  }

  #changes(items: Item[], removed: Removed[]): Changes {
    this.seq += 1;
    return { type: "changes", topic: "desk", seq: this.seq, now: 0, items, removed };
  }
}

type Step =
  | { do: "change"; id: string; waiting: number; isLost: boolean }
  | { do: "remove"; id: string; isLost: boolean }
  | { do: "repeat" }
  | { do: "restart" };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("change" as const),
        id: fc.constantFrom("a", "b", "c"),
        waiting: fc.nat(9),
        isLost: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("remove" as const),
        id: fc.constantFrom("a", "b", "c"),
        isLost: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("repeat" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
  ),
  { maxLength: 60 },
);

/** A page and its service over a line that loses, repeats, and breaks. */
class Line {
  readonly service = new Service();
  state: State = NOTHING_KNOWN;
  last: ServerFrame | null = null;
  asks = 0;

  deliver(frame: ServerFrame): void {
    this.last = frame;
    const { state, ask } = reduce(this.state, frame, 0);
    this.state = state;
    if (ask === null) return;
    this.asks += 1;
    expect(ask).toEqual({ type: "subscribe", topic: "desk" });
    this.deliver(this.service.snapshot());
  }

  run(step: Step): void {
    if (step.do === "restart") {
      this.service.restart();
      this.deliver(this.service.snapshot());
    } else if (step.do === "repeat") {
      if (this.last !== null) this.deliver(this.last);
    } else {
      const frame =
        step.do === "change"
          ? this.service.change(step.id, step.waiting)
          : this.service.remove(step.id);
      if (!step.isLost) this.deliver(frame);
    }
  }
}

function known(state: State, topic: TopicName): Record<string, Item> {
  return Object.fromEntries([...state.topics[topic].items].sort());
}

function entries(items: ReadonlyMap<string, Item>): Record<string, Item> {
  return Object.fromEntries([...items].sort());
}

describe("a topic", () => {
  it("equals the service's after every frame that arrives, whatever was lost or repeated", () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const line = new Line();
        line.deliver(line.service.snapshot());
        for (const step of sequence) {
          line.run(step);
          if (line.state.topics.desk.seq !== line.service.seq) continue;
          expect(known(line.state, "desk")).toEqual(entries(line.service.items));
        }
        line.deliver(line.service.change("end", 1));
        expect(known(line.state, "desk")).toEqual(entries(line.service.items));
      }),
      { numRuns: 300 },
    );
  });

  it("is asked for again after a gap, once, and keeps what it shows meanwhile", () => {
    const service = new Service();
    service.change("a", 1);
    let { state } = reduce(NOTHING_KNOWN, service.snapshot(), 0);
    service.change("a", 2);
    const gap = reduce(state, service.change("a", 3), 0);
    expect(gap.ask).toEqual({ type: "subscribe", topic: "desk" });
    expect(known(gap.state, "desk")).toEqual({ "my_queue/a": queue("a", 1) });
    state = gap.state;
    expect(reduce(state, service.change("a", 4), 0)).toEqual({ state, ask: null });
  });

  it("goes on where it left off, or from nothing when it cannot be trusted", () => {
    const service = new Service();
    service.change("a", 1);
    const { state } = reduce(NOTHING_KNOWN, service.snapshot(), 0);
    expect(resume(state.topics.desk, "desk")).toEqual({
      type: "subscribe",
      topic: "desk",
      epoch: "epoch-1",
      seq: 1,
    });
    expect(resume(state.topics.floor, "floor")).toEqual({ type: "subscribe", topic: "floor" });
  });

  it("resumes with the changes that it missed", () => {
    const service = new Service();
    let { state } = reduce(NOTHING_KNOWN, service.snapshot(), 0);
    const missed = [service.change("a", 1), service.remove("a"), service.change("b", 2)];
    for (const frame of missed) ({ state } = reduce(state, frame, 0));
    expect(known(state, "desk")).toEqual({ "my_queue/b": queue("b", 2) });
  });

  it("ignores topics that this page does not know", () => {
    const frame: Snapshot = { ...new Service().snapshot(), topic: "weather" };
    expect(reduce(NOTHING_KNOWN, frame, 0).state.topics).toBe(NOTHING_KNOWN.topics);
  });
});

describe("the clock", () => {
  it("keeps the measurement that was delayed least", () => {
    const hello = (now: number): ServerFrame => ({ type: "hello", protocol: 1, now });
    let { state } = reduce(NOTHING_KNOWN, hello(10_000), 9_000);
    ({ state } = reduce(state, hello(11_000), 10_400));
    expect(state.offsetMs).toBe(1_000);
    ({ state } = reduce(state, hello(12_000), 10_950));
    expect(state.offsetMs).toBe(1_050);
  });

  it("follows a clock that was set back", () => {
    const hello = (now: number): ServerFrame => ({ type: "hello", protocol: 1, now });
    let { state } = reduce(NOTHING_KNOWN, hello(100_000), 0);
    ({ state } = reduce(state, hello(40_000), 10_000));
    expect(state.offsetMs).toBe(30_000);
  });
});
