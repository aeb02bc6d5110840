/** What views show, picked from what is known and put in order. */
import type {
  AgentState,
  DeskCall,
  FloorAgent,
  FloorCall,
  FloorNotice,
  FloorQueue,
  Item,
  MyAgent,
  MyQueue,
} from "../gen/wire";
import type { State, TopicName } from "./topics";

type Kind = Item["kind"];
type ValueOf<K extends Kind> = Extract<Item, { kind: K }>["value"];

function isKind<K extends Kind>(item: Item, kind: K): item is Extract<Item, { kind: K }> {
  return item.kind === kind;
}

function all<K extends Kind>(state: State, topic: TopicName, kind: K): ValueOf<K>[] {
  const values: ValueOf<K>[] = [];
  for (const item of state.topics[topic].items.values()) {
    if (isKind(item, kind)) values.push(item.value as ValueOf<K>);
  }
  return values;
}

function byName(a: { name: string; id: string }, b: { name: string; id: string }): number {
  return a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1);
}

export function me(state: State): MyAgent | null {
  return all(state, "desk", "me")[0] ?? null;
}

/** The call at hand: a ringing one comes before one whose wrap-up is open. */
export function deskCall(state: State): DeskCall | null {
  const calls = all(state, "desk", "desk_call");
  return calls.sort((a, b) => b.offered_at - a.offered_at)[0] ?? null;
}

export function myQueues(state: State): MyQueue[] {
  return all(state, "desk", "my_queue").sort(byName);
}

export function floorQueues(state: State): FloorQueue[] {
  return all(state, "floor", "floor_queue").sort(byName);
}

export function floorAgents(state: State): FloorAgent[] {
  return all(state, "floor", "floor_agent").sort(byName);
}

/** What supervisors should know of the service itself, the newest first. */
export function floorNotices(state: State): FloorNotice[] {
  return all(state, "floor", "floor_notice").sort((a, b) => b.since_at - a.since_at);
}

/** Calls in progress, those who wait longest first. */
export function floorCalls(state: State): FloorCall[] {
  const order = ["waiting", "ringing", "connecting", "ivr", "talking", "wrap_up", "later"];
  return all(state, "floor", "floor_call").sort(
    (a, b) =>
      order.indexOf(a.phase) - order.indexOf(b.phase) ||
      b.priority - a.priority ||
      a.since_at - b.since_at ||
      (a.id < b.id ? -1 : 1),
  );
}

export const AGENT_STATES: readonly AgentState[] = [
  "ringing",
  "talking",
  "wrap_up",
  "ready",
  "resting",
  "not_answering",
  "paused",
  "lost",
  "logged_out",
];

export function countByState(agents: readonly FloorAgent[]): Map<AgentState, number> {
  const counts = new Map<AgentState, number>();
  for (const agent of agents) counts.set(agent.state, (counts.get(agent.state) ?? 0) + 1);
  return counts;
}

/**
 * The share of callers answered within the threshold, of all answered or abandoned today.
 *
 * Who still waits is not counted yet. Null without counted callers: an empty day has no service
 * level, neither 0 nor 100 %.
 */
export function serviceLevel(
  queue: Pick<FloorQueue, "in_time_today" | "answered_today" | "abandoned_today">,
): number | null {
  const counted = queue.answered_today + queue.abandoned_today;
  return counted === 0 ? null : queue.in_time_today / counted;
}
