/** A service for whole-page tests: it takes the place of the browser's fetch and WebSocket. */
import { vi } from "vitest";
import type { TopicName } from "../core/topics";
import type {
  ClientFrame,
  Explanation,
  Item,
  Removed,
  ServerFrame,
  SessionInfo,
} from "../gen/wire";
import { PROTOCOL } from "../gen/wire";
import { session } from "./entities";

export class FakeService {
  user: SessionInfo | null = session();
  readonly received: ClientFrame[] = [];
  readonly asked: string[] = [];
  refusal = "";
  subscriptionRefusal = "";
  items: Item[] = [];
  floor: Item[] = [];
  /** What is answered to every "why?"; null: there is no such call. */
  explanation: Explanation | null = null;
  #seq = 0;
  #sockets: PageSocket[] = [];

  /** Puts itself in the place of the network. */
  install(): void {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const service = this;
    class Opened extends PageSocket {
      constructor() {
        super(service);
        service.#sockets.push(this);
        setTimeout(() => {
          this.say({ type: "hello", protocol: PROTOCOL, now: Date.now() });
        });
      }
    }
    vi.stubGlobal("WebSocket", Opened);
    vi.stubGlobal("fetch", (path: string, init: RequestInit) =>
      Promise.resolve(this.#answer(path, init)),
    );
  }

  change(items: Item[], removed: Removed[] = [], topic: TopicName = "desk"): void {
    this.#seq += 1;
    this.#say({ type: "changes", topic, seq: this.#seq, now: Date.now(), items, removed });
  }

  cutOff(): void {
    for (const socket of this.#sockets.splice(0)) socket.onclose?.();
  }

  hear(socket: PageSocket, frame: ClientFrame): void {
    this.received.push(frame);
    if (frame.type === "subscribe" && this.subscriptionRefusal !== "") {
      socket.say({ type: "refused", request: 0, reason: this.subscriptionRefusal });
    } else if (frame.type === "subscribe") {
      const { topic } = frame;
      const items = topic === "desk" ? this.items : this.floor;
      socket.say({ type: "snapshot", topic, epoch: "e", seq: this.#seq, now: Date.now(), items });
    } else if (this.refusal !== "") {
      socket.say({ type: "refused", request: frame.request, reason: this.refusal });
    } else {
      socket.say({ type: "done", request: frame.request });
    }
  }

  #say(frame: ServerFrame): void {
    for (const socket of this.#sockets) socket.say(frame);
  }

  #answer(path: string, init: RequestInit): Response {
    this.asked.push(`${init.method ?? "GET"} ${path}`);
    if (path === "/api/session" && init.method === "POST") {
      const body = typeof init.body === "string" ? init.body : "";
      if (!body.includes('"right"')) return refused("bad_credentials", "The password is wrong.");
      this.user = session();
    }
    if (path === "/api/session" && init.method === "DELETE") {
      this.user = null;
      return new Response(null, { status: 204 });
    }
    if (this.user === null) return refused("not_logged_in", "Log in first.");
    if (path.startsWith("/api/why/")) {
      return this.explanation === null
        ? refused("not_found", "There is no such call, or it is not one of yours.")
        : Response.json({ explanation: this.explanation });
    }
    return Response.json(path === "/api/ticket" ? { ticket: "t" } : this.user);
  }
}

function refused(error: string, message: string): Response {
  return Response.json({ error, message }, { status: 401 });
}

class PageSocket {
  static readonly OPEN = 1;
  readonly readyState = 1;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly #service: FakeService;

  constructor(service: FakeService) {
    this.#service = service;
  }

  send(text: string): void {
    this.#service.hear(this, JSON.parse(text) as ClientFrame);
  }

  close(): void {
    this.onmessage = null;
  }

  say(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}
