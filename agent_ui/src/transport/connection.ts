/**
 * The socket: opened with a ticket, kept open for ever, and the requests that go over it.
 *
 * ::
 *
 *     CONNECTING --hello--> LIVE --socket closed, offline, silent--> LOST --after a pause--> CONNECTING
 *         |                  |
 *         +--- no session, "logged_out", "taken_over", another protocol ---> ENDED
 *
 * A socket can die without a word (a laptop that slept, a cable): after some seconds of silence the
 * session is asked for over HTTP, and if that fails the socket is given up.
 */
import type { ClientFrame, ServerFrame } from "../gen/wire";
import { PROTOCOL } from "../gen/wire";
import { pauseBefore } from "./backoff";
import { decodeFrame } from "./decode";

export type EndReason = "logged_out" | "taken_over" | "protocol";

export type Status =
  | { readonly name: "connecting" }
  | { readonly name: "live" }
  | { readonly name: "lost"; readonly retryInMs: number }
  | { readonly name: "ended"; readonly reason: EndReason };

/** What happened to a request. */
export type Answered = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** A request frame without its number, which the connection gives. */
export type Request = ClientFrame extends infer F
  ? F extends { readonly request: number }
    ? Omit<F, "request">
    : never
  : never;

/** The part of WebSocket that is used; a test brings its own. */
export interface Socket {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
  close(): void;
}

/** The world around a connection. */
export interface World {
  /** Opens the socket that a ticket lets in. */
  open(ticket: string): Socket;
  /** Fetches a ticket; rejects with "not_logged_in" in `code` when the session is over. */
  ticket(): Promise<string>;
  /** Resolves when the service answers and the session holds. */
  probe(): Promise<void>;
  /** Calls back later; the result cancels. */
  later(ms: number, callback: () => void): () => void;
  /** Uniform in [0, 1). */
  random(): number;
}

export interface Listener {
  onStatus(status: Status): void;
  /** Every frame but those that answer a request; a refused subscription too. */
  onFrame(frame: ServerFrame): void;
  /** The first frame is here: subscribe. */
  onLive(): void;
}

const SILENCE_MS = 15_000;
const ANSWER_MS = 10_000;
const HELLO_MS = 8_000;
const NO_CONNECTION = "There is no connection to the service now. Try again when it is back.";
const CUT_OFF = "The connection was lost before the service answered. Look whether it took effect.";

export class Connection {
  readonly #world: World;
  readonly #listener: Listener;
  readonly #pending = new Map<number, (answer: Answered) => void>();
  #socket: Socket | null = null;
  #status: Status = { name: "connecting" };
  #requests = 0;
  #failures = 0;
  #cancelTimer: () => void = () => undefined;
  /** Counts attempts, so that what an abandoned one still does is ignored. */
  #attempt = 0;

  constructor(world: World, listener: Listener) {
    this.#world = world;
    this.#listener = listener;
  }

  get isLive(): boolean {
    return this.#status.name === "live";
  }

  /** Connects now, whatever the state. */
  connect(): void {
    this.#drop();
    this.#setStatus({ name: "connecting" });
    void this.#open(this.#attempt);
  }

  /** Closes for good, until `connect`. */
  end(reason: EndReason): void {
    this.#drop();
    this.#setStatus({ name: "ended", reason });
  }

  /** The browser says that the network is gone. */
  wentOffline(): void {
    if (this.#status.name !== "ended") this.#lose();
  }

  /** The browser says that the network is back. */
  cameOnline(): void {
    if (this.#status.name === "lost") this.connect();
  }

  send(frame: ClientFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  /** Sends a request and resolves with what became of it; never rejects. */
  request(body: Request): Promise<Answered> {
    if (!this.isLive) return Promise.resolve({ ok: false, reason: NO_CONNECTION });
    const request = ++this.#requests;
    return new Promise((resolve) => {
      const cancel = this.#world.later(ANSWER_MS, () => {
        this.#answer(request, { ok: false, reason: "The service did not answer in time." });
      });
      this.#pending.set(request, (answer) => {
        cancel();
        resolve(answer);
      });
      this.send({ ...body, request });
    });
  }

  async #open(attempt: number): Promise<void> {
    try {
      const ticket = await this.#world.ticket();
      if (attempt === this.#attempt) this.#attach(this.#world.open(ticket), attempt);
    } catch (error) {
      if (attempt === this.#attempt) this.#failed(error);
    }
  }

  #attach(socket: Socket, attempt: number): void {
    this.#socket = socket;
    socket.onmessage = (event) => {
      if (attempt === this.#attempt) this.#receive(decodeFrame(event.data));
    };
    socket.onclose = () => {
      if (attempt === this.#attempt) this.#lose();
    };
    this.#setTimer(HELLO_MS, () => {
      this.#lose();
    });
  }

  #receive(frame: ServerFrame | null): void {
    if (frame === null) return;
    if (this.isLive) this.#watch();
    switch (frame.type) {
      case "hello":
        this.#greeted(frame.protocol, frame);
        break;
      case "done":
        this.#answer(frame.request, { ok: true });
        break;
      case "refused":
        // A subscription has no number; its refusal comes with 0.
        if (frame.request === 0) this.#listener.onFrame(frame);
        else this.#answer(frame.request, { ok: false, reason: frame.reason });
        break;
      case "closing":
        this.#closing(frame.reason);
        break;
      case "snapshot":
      case "changes":
        this.#listener.onFrame(frame);
    }
  }

  #greeted(protocol: number, frame: ServerFrame): void {
    if (protocol !== PROTOCOL) {
      this.end("protocol");
      return;
    }
    this.#failures = 0;
    this.#listener.onFrame(frame);
    this.#setStatus({ name: "live" });
    this.#watch();
    this.#listener.onLive();
  }

  #closing(reason: string): void {
    if (reason === "logged_out" || reason === "taken_over") this.end(reason);
    else this.#lose();
  }

  #failed(error: unknown): void {
    if (isNotLoggedIn(error)) this.end("logged_out");
    else this.#lose();
  }

  /** Gives up the socket and tries again after a pause. */
  #lose(): void {
    this.#drop();
    const retryInMs = pauseBefore(this.#failures, this.#world.random());
    this.#failures += 1;
    this.#setStatus({ name: "lost", retryInMs });
    this.#setTimer(retryInMs, () => {
      this.connect();
    });
  }

  #watch(): void {
    const attempt = this.#attempt;
    this.#setTimer(SILENCE_MS, () => {
      void this.#world.probe().then(
        () => {
          if (attempt === this.#attempt) this.#watch();
        },
        (error: unknown) => {
          if (attempt === this.#attempt) this.#failed(error);
        },
      );
    });
  }

  #answer(request: number, answer: Answered): void {
    const resolve = this.#pending.get(request);
    this.#pending.delete(request);
    resolve?.(answer);
  }

  #drop(): void {
    this.#attempt += 1;
    this.#cancelTimer();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    for (const request of [...this.#pending.keys()]) {
      this.#answer(request, { ok: false, reason: CUT_OFF });
    }
  }

  #setTimer(ms: number, callback: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#world.later(ms, callback);
  }

  #setStatus(status: Status): void {
    this.#status = status;
    this.#listener.onStatus(status);
  }
}

function isNotLoggedIn(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, "code") === "not_logged_in";
}
