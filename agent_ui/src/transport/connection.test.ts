import { beforeEach, describe, expect, it } from "vitest";
import type { ServerFrame } from "../gen/wire";
import { PROTOCOL } from "../gen/wire";
import { pauseBefore } from "./backoff";
import { Connection, type Status } from "./connection";
import { decodeFrame } from "./decode";
import { FakeWorld, settle } from "../testing/fake-world";

const HELLO: ServerFrame = { type: "hello", protocol: PROTOCOL, now: 5 };

let world: FakeWorld;
let statuses: Status[];
let frames: ServerFrame[];
let lives: number;
let connection: Connection;

beforeEach(() => {
  world = new FakeWorld();
  statuses = [];
  frames = [];
  lives = 0;
  connection = new Connection(world, {
    onStatus: (status) => statuses.push(status),
    onFrame: (frame) => frames.push(frame),
    onLive: () => {
      lives += 1;
    },
  });
});

async function live(): Promise<void> {
  connection.connect();
  await settle();
  world.socket.say(HELLO);
}

function lastStatus(): Status | undefined {
  return statuses.at(-1);
}

describe("a connection", () => {
  it("is live after the first frame, and only then subscribes", async () => {
    connection.connect();
    await settle();
    expect([lastStatus()?.name, lives]).toEqual(["connecting", 0]);
    world.socket.say(HELLO);
    expect([lastStatus()?.name, lives]).toEqual(["live", 1]);
    expect(frames).toEqual([HELLO]);
  });

  it("comes back after a loss, later each time, and subscribes again", async () => {
    await live();
    world.socket.close();
    expect(lastStatus()).toEqual({ name: "lost", retryInMs: 375 });
    await world.advance(375);
    world.socket.close();
    expect(lastStatus()).toEqual({ name: "lost", retryInMs: 750 });
    await world.advance(750);
    world.socket.say(HELLO);
    expect([world.sockets.length, lives, lastStatus()?.name]).toEqual([3, 2, "live"]);
  });

  it("ignores what an abandoned socket still says", async () => {
    await live();
    const old = world.socket;
    connection.connect();
    await settle();
    old.say({ type: "closing", reason: "logged_out" });
    old.onclose?.();
    expect(lastStatus()?.name).toBe("connecting");
    expect(world.sockets.length).toBe(2);
  });

  it("gives up a socket that never says hello", async () => {
    connection.connect();
    await settle();
    await world.advance(8_000);
    expect([lastStatus()?.name, world.socket.isClosed]).toEqual(["lost", true]);
  });

  it("asks over HTTP when the socket is silent, and gives it up if there is no answer", async () => {
    await live();
    await world.advance(15_000);
    expect([world.probes, lastStatus()?.name]).toEqual([1, "live"]);
    world.probeFault = new Error("no answer");
    await world.advance(15_000);
    expect(lastStatus()?.name).toBe("lost");
  });

  it("does not ask while frames come", async () => {
    await live();
    for (let i = 0; i < 5; i += 1) {
      await world.advance(14_000);
      world.socket.say({ type: "changes", topic: "desk", seq: i, now: 0, items: [], removed: [] });
    }
    expect(world.probes).toBe(0);
  });

  it("ends when the session is over", async () => {
    world.ticketFault = Object.assign(new Error("no"), { code: "not_logged_in" });
    connection.connect();
    await settle();
    expect(lastStatus()).toEqual({ name: "ended", reason: "logged_out" });
  });

  it.each(["taken_over", "logged_out"] as const)("stays away after %s", async (reason) => {
    await live();
    world.socket.say({ type: "closing", reason });
    await world.advance(120_000);
    expect(lastStatus()).toEqual({ name: "ended", reason });
    expect(world.sockets.length).toBe(1);
  });

  it.each(["too_slow", "stopping"])("comes back after %s", async (reason) => {
    await live();
    world.socket.say({ type: "closing", reason });
    await world.advance(1_000);
    expect(world.sockets.length).toBe(2);
  });

  it("ends when the service speaks another protocol", async () => {
    connection.connect();
    await settle();
    world.socket.say({ type: "hello", protocol: PROTOCOL + 1, now: 0 });
    expect(lastStatus()).toEqual({ name: "ended", reason: "protocol" });
    expect(lives).toBe(0);
  });

  it("connects at once when the network is back", async () => {
    await live();
    connection.wentOffline();
    expect(lastStatus()?.name).toBe("lost");
    connection.cameOnline();
    await settle();
    expect(world.sockets.length).toBe(2);
  });
});

describe("a request", () => {
  it("is answered by its number", async () => {
    await live();
    const first = connection.request({ type: "ready" });
    const second = connection.request({ type: "pause", reason: "lunch" });
    world.socket.say({ type: "refused", request: 2, reason: "Not now." });
    world.socket.say({ type: "done", request: 1 });
    expect(await first).toEqual({ ok: true });
    expect(await second).toEqual({ ok: false, reason: "Not now." });
    expect(world.socket.sent).toEqual([
      { type: "ready", request: 1 },
      { type: "pause", reason: "lunch", request: 2 },
    ]);
  });

  it("is refused at once without a connection", async () => {
    expect((await connection.request({ type: "ready" })).ok).toBe(false);
  });

  it("does not hang when the connection is lost", async () => {
    await live();
    const answer = connection.request({ type: "ready" });
    world.socket.close();
    expect((await answer).ok).toBe(false);
  });

  it("does not hang when the service says nothing", async () => {
    await live();
    const answer = connection.request({ type: "ready" });
    await world.advance(10_000);
    expect((await answer).ok).toBe(false);
    world.socket.say({ type: "done", request: 1 });
  });
});

describe("a pause before an attempt", () => {
  it("grows to a limit and is never the same for all", () => {
    expect(pauseBefore(0, 0)).toBe(250);
    expect(pauseBefore(0, 0.999)).toBe(500);
    expect(pauseBefore(99, 0)).toBe(7_500);
    expect(pauseBefore(99, 0.999)).toBeLessThanOrEqual(15_000);
  });
});

describe("decoding", () => {
  it.each([null, 5, "", "{", "[]", '{"type": "weather"}', '{"type": "toString"}'])(
    "takes nothing from %s",
    (data) => {
      expect(decodeFrame(data)).toBeNull();
    },
  );

  it("takes a frame", () => {
    expect(decodeFrame('{"type":"done","request":7}')).toEqual({ type: "done", request: 7 });
  });
});
