/**
 * What the page knows of the service, and how frames change it.
 *
 * A topic is a set of entities. A snapshot replaces it whole; changes apply in order, each one
 * higher than the one before. After a gap the topic cannot be trusted: it is asked for again, and
 * changes are left aside until the snapshot is there. What was shown before stays on the screen
 * meanwhile.
 */
import type { Changes, Item, Removed, ServerFrame, Snapshot, Subscribe } from "../gen/wire";
import { betterOffset } from "./clock";

export type TopicName = "desk" | "floor";

export interface Topic {
  /** The service's run that the sequence belongs to; "" before the first snapshot. */
  readonly epoch: string;
  readonly seq: number;
  /** A snapshot was asked for: changes before it are of no use. */
  readonly awaits: boolean;
  /** By `key(kind, id)`. */
  readonly items: ReadonlyMap<string, Item>;
}

export interface State {
  readonly topics: Readonly<Record<TopicName, Topic>>;
  /** The service's clock minus ours, ms; null before the first frame. */
  readonly offsetMs: number | null;
}

/** The new state, and what to ask the service for. */
export interface Reduced {
  readonly state: State;
  readonly ask: Subscribe | null;
}

const EMPTY: Topic = { epoch: "", seq: 0, awaits: true, items: new Map() };

export const NOTHING_KNOWN: State = { topics: { desk: EMPTY, floor: EMPTY }, offsetMs: null };

export function key(kind: string, id: string): string {
  return `${kind}/${id}`;
}

export function isTopicName(name: string): name is TopicName {
  return name === "desk" || name === "floor";
}

/** Applies one frame that came in at `receivedAt` of our clock. */
export function reduce(state: State, frame: ServerFrame, receivedAt: number): Reduced {
  switch (frame.type) {
    case "hello":
      return { state: withClock(state, frame.now, receivedAt), ask: null };
    case "snapshot":
      return { state: withSnapshot(withClock(state, frame.now, receivedAt), frame), ask: null };
    case "changes":
      return withChanges(withClock(state, frame.now, receivedAt), frame);
    case "done":
    case "refused":
    case "closing":
      return { state, ask: null };
  }
}

/** What to send on a new connection to go on with a topic: from where we left off. */
export function resume(topic: Topic, name: TopicName): Subscribe {
  return topic.awaits
    ? { type: "subscribe", topic: name }
    : { type: "subscribe", topic: name, epoch: topic.epoch, seq: topic.seq };
}

function withClock(state: State, now: number, receivedAt: number): State {
  const offsetMs = betterOffset(state.offsetMs, now - receivedAt);
  return offsetMs === state.offsetMs ? state : { ...state, offsetMs };
}

function withTopic(state: State, name: TopicName, topic: Topic): State {
  return { ...state, topics: { ...state.topics, [name]: topic } };
}

function withSnapshot(state: State, frame: Snapshot): State {
  if (!isTopicName(frame.topic)) return state;
  const items = new Map(frame.items.map((item) => [key(item.kind, item.value.id), item]));
  return withTopic(state, frame.topic, {
    epoch: frame.epoch,
    seq: frame.seq,
    awaits: false,
    items,
  });
}

function withChanges(state: State, frame: Changes): Reduced {
  if (!isTopicName(frame.topic)) return { state, ask: null };
  const topic = state.topics[frame.topic];
  const isKnown = topic.awaits || frame.seq <= topic.seq;
  if (isKnown) return { state, ask: null };
  if (frame.seq !== topic.seq + 1) {
    const lost = withTopic(state, frame.topic, { ...topic, awaits: true });
    return { state: lost, ask: { type: "subscribe", topic: frame.topic } };
  }
  const items = applied(topic.items, frame.items, frame.removed);
  return { state: withTopic(state, frame.topic, { ...topic, seq: frame.seq, items }), ask: null };
}

function applied(
  before: ReadonlyMap<string, Item>,
  changed: readonly Item[],
  removed: readonly Removed[],
): ReadonlyMap<string, Item> {
  const items = new Map(before);
  for (const item of changed) items.set(key(item.kind, item.value.id), item);
  for (const gone of removed) items.delete(key(gone.kind, gone.id));
  return items;
}
