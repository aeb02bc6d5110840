import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DeskCall, Item, MyAgent } from "../gen/wire";
import { agent, callMadeOf, deskCall, HOSTILE, session } from "../testing/entities";
import { FakeService } from "../testing/fake-service";

let service: FakeService;
let root: HTMLElement;

beforeEach(() => {
  vi.resetModules();
  sessionStorage.clear();
  localStorage.clear();
  location.hash = "";
  document.title = "";
  root = document.body.appendChild(document.createElement("div"));
  service = new FakeService();
  service.items = [me(agent())];
  service.install();
});

afterEach(() => {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
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
  await effects();
}

/** Effects run after the next picture, which Preact waits for at most 35 ms. */
async function effects(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50));
}

function find(selector: string): HTMLElement {
  const element = root.querySelector<HTMLElement>(selector);
  if (element === null) throw new Error(`there is no ${selector}`);
  return element;
}

function button(name: string): HTMLButtonElement {
  const all = [...root.querySelectorAll("button")];
  const found = all.find((each) => each.textContent.includes(name));
  if (found === undefined) throw new Error(`there is no button ${name}`);
  return found;
}

function type(selector: string, text: string): void {
  const field = find(selector) as HTMLInputElement | HTMLTextAreaElement;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function press(key: string, options: KeyboardEventInit = {}): void {
  const target = document.activeElement ?? document.body;
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...options }));
}

async function inWrapUp(): Promise<void> {
  const until = Date.now() + 60_000;
  service.items = [
    me(agent({ state: "wrap_up" })),
    pop(deskCall({ phase: "wrap_up", ended_at: Date.now(), wrap_up_until: until })),
  ];
  await open();
  await see("How did it end?");
}

describe("the log-in", () => {
  it("says what is wrong, and lets in who is right", async () => {
    service.user = null;
    await open();
    await see("Log in");
    type("input[name=username]", "dana");
    type("input[name=password]", "wrong");
    button("Log in").click();
    await see("The password is wrong.");
    type("input[name=password]", "right");
    button("Log in").click();
    await see("Ready for the next call");
  });
});

describe("the pop", () => {
  it("shows who calls, in the title too, and takes the focus", async () => {
    await open();
    await see("Ready for the next call");
    service.change([me(agent({ state: "ringing" })), pop(deskCall())]);
    await see("Amelie Brandt");
    expect(document.title).toBe("(ringing) Amelie Brandt");
    await vi.waitFor(() => {
      expect(document.activeElement?.id).toBe("caller");
    });
    await see("Incoming call: Amelie Brandt, Billing.");
  });

  it("never takes the focus from somebody who types", async () => {
    location.hash = "#/calls";
    service.user = session({ role: "supervisor" });
    await open();
    await see("Calls");
    await vi.waitFor(() => {
      expect(service.received).toContainEqual({ type: "subscribe", topic: "desk" });
    });
    find("#search").focus();
    service.change([me(agent({ state: "ringing" })), pop(deskCall())]);
    await vi.waitFor(() => {
      expect(document.title).toContain("(ringing)");
    });
    expect(document.activeElement?.id).toBe("search");
    expect(location.hash).toBe("#/calls");
  });

  it("can be answered from the page only where the phone allows it", async () => {
    service.items = [me(agent({ state: "ringing", answers_by_click: false })), pop(deskCall())];
    await open();
    await see("Pick up your phone");
    expect(() => button("Answer")).toThrow();
    service.change([me(agent({ state: "ringing" }))]);
    await see("Answer");
    button("Answer").click();
    expect(service.received.at(-1)).toEqual({ type: "answer", call_id: "call-1", request: 2 });
  });

  it("lets the agent say who it is when several have the number", async () => {
    const candidates = ["Amelie", "Ruben"].map((name, index) => ({
      party_id: `p${index}`,
      name,
      tier: "gold",
      reason: "imported",
    }));
    service.items = [pop(deskCall({ party_id: "", caller_name: "", candidates })), me(agent())];
    await open();
    await see("Who is it?");
    button("Ruben").click();
    expect(service.received.at(-1)).toMatchObject({ type: "confirm_person", party_id: "p1" });
  });

  it.each(HOSTILE)("shows hostile text as text: %.40s", async (text) => {
    service.items = [me(agent({ state: "ringing" })), pop(callMadeOf(text))];
    await open();
    await see("Ringing");
    expect(find("#caller").textContent).toBe(text.length > 600 ? `${text.slice(0, 599)}…` : text);
    expect(root.querySelectorAll("script, img:not([alt=''])").length).toBe(0);
    expect(document.title).not.toBe("owned");
    expect(root.innerHTML.length).toBeLessThan(60_000);
  });
});

describe("the floor", () => {
  it("says how far the service is degraded, as long as it is", async () => {
    location.hash = "#/floor";
    service.user = session({ role: "supervisor", takes_calls: false });
    await open();
    await see("Queues");
    const text = "Level 4 of 5. New callers go to the fallback queue.";
    const value = { id: "level", text, since_at: Date.now() };
    service.change([{ kind: "floor_notice", value }], [], "floor");
    await see(text);
    expect(root.querySelector("[role=status] .floor-notice")).not.toBeNull();
    service.change([], [{ kind: "floor_notice", id: "level" }], "floor");
    await vi.waitFor(() => {
      expect(root.textContent).not.toContain("Level 4");
    });
  });
});

describe("the wrap-up", () => {
  it("is filed by keys alone", async () => {
    await inWrapUp();
    press("1");
    press("Enter", { ctrlKey: true });
    await vi.waitFor(() => {
      expect(service.received.at(-1)).toEqual({
        type: "wrap_up",
        call_id: "call-1",
        disposition: "solved",
        note: "",
        service_request: null,
        request: 1,
      });
    });
  });

  it("is not sent without the note that its choice needs", async () => {
    await inWrapUp();
    press("2");
    button("File and finish").click();
    await see("“Complaint” needs a note.");
    expect(service.received.some((frame) => frame.type === "wrap_up")).toBe(false);
  });

  it("keeps the note through a reload and a refusal, and forgets it when it is filed", async () => {
    await inWrapUp();
    type("#note", "Call back on Friday");
    press("1");
    render(null, root);
    vi.resetModules();
    await inWrapUp();
    expect(find("#note")).toHaveProperty("value", "Call back on Friday");
    service.refusal = "The store is busy.";
    type("#note", "Call back on Friday at 9");
    button("File and finish").click();
    await see("The store is busy.");
    expect(sessionStorage.length).toBe(1);
    service.refusal = "";
    button("File and finish").click();
    await vi.waitFor(() => {
      expect(sessionStorage.length).toBe(0);
    });
    expect(service.received.at(-1)).toMatchObject({ note: "Call back on Friday at 9" });
  });

  it("leaves a note that was not filed in time on the page", async () => {
    await inWrapUp();
    type("#note", "Half a sentence");
    service.change([me(agent())], [{ kind: "desk_call", id: "call-1" }]);
    await see("Notes that were not filed");
    expect(root.textContent).toContain("Half a sentence");
    button("File it now").click();
    await see("Choose how the call ended.");
  });
});

describe("the agent's state", () => {
  it("is asked for by a key, and a refusal is said", async () => {
    service.items = [me(agent({ state: "paused", pause_reason: "lunch" }))];
    service.refusal = "You are still in a call.";
    await open();
    await see("You are paused");
    press("r");
    await see("You are still in a call.");
    expect(service.received.at(-1)).toEqual({ type: "ready", request: 1 });
  });

  it("is not asked for by a key when shortcuts are off, nor by one in a field", async () => {
    localStorage.setItem("shortcuts", "off");
    await open();
    await see("Ready for the next call");
    press("r");
    expect(service.received.filter((frame) => frame.type === "ready")).toEqual([]);
  });

  it("says when the page is cut off, and is live again by itself", async () => {
    await open();
    await see("Ready for the next call");
    service.cutOff();
    await see("Connection lost");
    await vi.waitFor(
      () => {
        expect(root.textContent).not.toContain("Connection lost");
      },
      { timeout: 3_000 },
    );
    expect(service.received.at(-1)).toEqual({
      type: "subscribe",
      topic: "desk",
      epoch: "e",
      seq: 0,
    });
  });

  it("says why a subscription was refused", async () => {
    service.subscriptionRefusal = "This account takes no calls.";
    await open();
    await see("This account takes no calls.");
  });

  it("ends work and session by logging out", async () => {
    await open();
    await see("Ready for the next call");
    button("Log out").click();
    await see("You have logged out.");
    expect(service.received.at(-1)).toMatchObject({ type: "log_out" });
    expect(service.asked.at(-1)).toBe("DELETE /api/session");
  });
});

describe("the floor", () => {
  it("says that the service takes no new calls", async () => {
    service.user = session({ role: "supervisor", takes_calls: false });
    const text = "Planned work: no new calls are taken here.";
    const value = { id: "drain", text, since_at: Date.now() - 65_000 };
    service.floor = [{ kind: "floor_notice", value }];
    location.hash = "#/floor";
    await open();
    await see(text);
    expect(find('[role="status"] .floor-notice').textContent).toContain("1:0");
  });
});
