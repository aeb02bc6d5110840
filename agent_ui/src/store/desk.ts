/** What the page knows, as signals, and what a person can ask for. Views read and call only this. */
import { computed, signal } from "@preact/signals";
import * as entities from "../core/entities";
import { NOTHING_KNOWN, reduce, resume, type State, type TopicName } from "../core/topics";
import type { ServerFrame } from "../gen/wire";
import { browserWorld } from "../transport/browser";
import { Connection, type Request, type Status } from "../transport/connection";
import { say } from "./notices";
import { role, sessionEnded, takesCalls } from "./session";

const state = signal<State>(NOTHING_KNOWN);
export const status = signal<Status>({ name: "connecting" });
/** The service's clock minus ours, ms. */
export const offsetMs = computed(() => state.value.offsetMs ?? 0);

export const me = computed(() => entities.me(state.value));
export const deskCall = computed(() => entities.deskCall(state.value));
export const myQueues = computed(() => entities.myQueues(state.value));
export const floorQueues = computed(() => entities.floorQueues(state.value));
export const floorAgents = computed(() => entities.floorAgents(state.value));
export const floorCalls = computed(() => entities.floorCalls(state.value));
export const floorNotices = computed(() => entities.floorNotices(state.value));
export const isDeskKnown = computed(() => state.value.topics.desk.epoch !== "");
export const isFloorKnown = computed(() => state.value.topics.floor.epoch !== "");
export const isLive = computed(() => status.value.name === "live");

/** The agent asked to log out: the page goes when the service says it is done. */
export const isLeaving = signal(false);

const connection = new Connection(browserWorld(), {
  onStatus: (next) => {
    status.value = next;
    if (next.name === "ended" && next.reason === "logged_out") {
      sessionEnded(
        isLeaving.value ? "You have logged out." : "Your session is over. Log in again.",
      );
    }
  },
  onFrame: receive,
  onLive: () => {
    for (const name of followed()) connection.send(resume(state.value.topics[name], name));
  },
});

function receive(frame: ServerFrame): void {
  if (frame.type === "refused") say(frame.reason);
  const reduced = reduce(state.value, frame, Date.now());
  state.value = reduced.state;
  if (reduced.ask !== null) connection.send(reduced.ask);
}

function followed(): TopicName[] {
  const topics: TopicName[] = [];
  if (takesCalls.value) topics.push("desk");
  if (role.value !== "agent") topics.push("floor");
  return topics;
}

export function start(): void {
  isLeaving.value = false;
  state.value = NOTHING_KNOWN;
  connection.connect();
}

export function stop(): void {
  connection.end("logged_out");
}

export function reconnect(): void {
  connection.connect();
}

export function watchNetwork(target: Window): void {
  target.addEventListener("offline", () => {
    connection.wentOffline();
  });
  target.addEventListener("online", () => {
    connection.cameOnline();
  });
}

/** Tells the service something that nobody on the page asked for: a refusal is not shown. */
export async function tell(request: Request): Promise<boolean> {
  return (await connection.request(request)).ok;
}

/** Asks, and says on the page why not if the service refuses; returns whether it was done. */
export async function ask(request: Request): Promise<boolean> {
  const answer = await connection.request(request);
  if (!answer.ok) say(answer.reason);
  return answer.ok;
}
