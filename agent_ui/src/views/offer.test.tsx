/** What the page tells the service of an offer and of the wrap-up, by itself or when asked. */
import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DeskCall, Item, MyAgent } from "../gen/wire";
import { agent, deskCall } from "../testing/entities";
import { FakeService } from "../testing/fake-service";

let service: FakeService;
let root: HTMLElement;

beforeEach(() => {
  vi.resetModules();
  sessionStorage.clear();
  localStorage.clear();
  location.hash = "";
  root = document.body.appendChild(document.createElement("div"));
  service = new FakeService();
  service.install();
});

afterEach(() => {
  render(null, root);
  root.remove();
  vi.unstubAllGlobals();
});

function me(value: MyAgent): Item {
  return { kind: "me", value };
}

function pop(value: DeskCall): Item {
  return { kind: "desk_call", value };
}

async function open(): Promise<void> {
  const { App } = await import("./app");
  const { findSession } = await import("../store/session");
  render(<App />, root);
  await findSession();
}

async function see(text: string): Promise<void> {
  await vi.waitFor(() => {
    expect(root.textContent).toContain(text);
  });
}

function button(name: string): HTMLButtonElement {
  const all = [...root.querySelectorAll("button")];
  const found = all.find((each) => each.textContent.includes(name));
  if (found === undefined) throw new Error(`there is no button ${name}`);
  return found;
}

function press(key: string): void {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}

async function inWrapUp(): Promise<void> {
  const until = Date.now() + 60_000;
  service.items = [
    me(agent({ state: "wrap_up" })),
    pop(deskCall({ phase: "wrap_up", ended_at: Date.now(), wrap_up_until: until })),
  ];
  await open();
  await see("How did it end?");
  // The shortcuts are there when the effects have run, after the next picture.
  await new Promise((resolve) => setTimeout(resolve, 50));
}

describe("an offer", () => {
  it("tells the service once for each offer that it is on the screen", async () => {
    const shown = () => service.received.filter((frame) => frame.type === "offer_shown");
    service.items = [me(agent({ state: "ringing" })), pop(deskCall())];
    await open();
    await see("Amelie Brandt");
    expect(shown()).toMatchObject([{ call_id: "call-1", offer_id: "offer-1" }]);
    service.change([pop(deskCall({ caller_name: "Amelie B." }))]);
    await see("Amelie B.");
    expect(shown()).toHaveLength(1);
    service.change([pop(deskCall({ offer_id: "offer-2" }))]);
    await vi.waitFor(() => {
      expect(shown()).toHaveLength(2);
    });
    service.change([pop(deskCall({ phase: "talking", offer_id: "" }))]);
    await see("Hang up");
    expect(shown()).toHaveLength(2);
  });

  it("offers no button while the agent hears whose call it is", async () => {
    service.items = [me(agent({ state: "ringing" })), pop(deskCall({ phase: "connecting" }))];
    await open();
    await see("Listen: the caller follows");
    expect(() => button("Answer")).toThrow();
    expect(() => button("Hang up")).toThrow();
  });
});

describe("the wrap-up", () => {
  it("takes more time by a click or a key, as often as there is", async () => {
    await inWrapUp();
    button("+ 1:00").click();
    expect(service.received.at(-1)).toMatchObject({ type: "extend_wrap_up", call_id: "call-1" });
    press("e");
    expect(service.received.filter((frame) => frame.type === "extend_wrap_up")).toHaveLength(2);
    service.change([pop(deskCall({ phase: "wrap_up", wrap_up_until: 1, extensions_left: 0 }))]);
    await vi.waitFor(() => {
      expect(() => button("+ 1:00")).toThrow();
    });
  });

  it("promises the customer a callback, once", async () => {
    await inWrapUp();
    button("Promise a callback").click();
    await see("The customer will be called back as soon as possible.");
    expect(service.received.filter((frame) => frame.type === "call_back")).toMatchObject([
      { call_id: "call-1", after_ms: 0 },
    ]);
    expect(() => button("Promise a callback")).toThrow();
  });

  it("tells the service the outcome as soon as it is chosen", async () => {
    await inWrapUp();
    press("1");
    await vi.waitFor(() => {
      expect(service.received.at(-1)).toMatchObject({
        type: "choose_disposition",
        disposition: "solved",
      });
    });
  });
});

describe("not answering", () => {
  it("is said with its count, and ready leads out of it", async () => {
    service.items = [me(agent({ state: "not_answering", misses: 3 }))];
    await open();
    await see("3 missed in a row");
    await see("You were paused: calls were not answered");
    expect(button("Ready").getAttribute("aria-pressed")).toBe("false");
    button("Ready").click();
    expect(service.received.at(-1)).toMatchObject({ type: "ready" });
  });
});
