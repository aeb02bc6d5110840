/** A world for connections in tests: its time moves only by `advance`. */
import type { ClientFrame, ServerFrame } from "../gen/wire";
import type { Socket, World } from "../transport/connection";

export class FakeSocket implements Socket {
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  readonly sent: ClientFrame[] = [];
  isClosed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }

  close(): void {
    this.isClosed = true;
    this.onclose?.();
  }

  say(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

export class FakeWorld implements World {
  readonly sockets: FakeSocket[] = [];
  ticketFault: Error | null = null;
  probeFault: Error | null = null;
  probes = 0;
  #now = 0;
  readonly #timers = new Set<Timer>();

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (last === undefined) throw new Error("no socket was opened");
    return last;
  }

  open(): Socket {
    this.sockets.push(new FakeSocket());
    return this.socket;
  }

  ticket(): Promise<string> {
    return this.ticketFault === null ? Promise.resolve("ticket") : Promise.reject(this.ticketFault);
  }

  probe(): Promise<void> {
    this.probes += 1;
    return this.probeFault === null ? Promise.resolve() : Promise.reject(this.probeFault);
  }

  later(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  random(): number {
    return 0.5;
  }

  /** Lets time pass, and everything happen that is due in it. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (let due = this.#next(end); due !== undefined; due = this.#next(end)) {
      this.#now = due.at;
      this.#timers.delete(due);
      due.callback();
      await settle();
    }
    this.#now = end;
    await settle();
  }

  #next(end: number): Timer | undefined {
    return [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

/** Lets promises that are resolved already have their effects. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}
