/** "Why?" on the desk, by click and by key: the question, the sentences, what is no call, closing. */
import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Explanation } from "../gen/wire";
import { agent, HOSTILE } from "../testing/entities";
import { FakeService } from "../testing/fake-service";

let service: FakeService;
let root: HTMLElement;

function told(change: Partial<Explanation> = {}): Explanation {
  return {
    question: "why_no_calls",
    id: "u1",
    at: Date.now(),
    headline: "Dana is free, and nobody waits in their queues.",
    passages: [
      {
        title: "Queues",
        sentences: [
          { text: "Billing (level 1): no callers waiting.", at: null, more: ["Nobody first."] },
        ],
      },
    ],
    ...change,
  };
}

beforeEach(() => {
  vi.resetModules();
  sessionStorage.clear();
  localStorage.clear();
  location.hash = "";
  root = document.body.appendChild(document.createElement("div"));
  service = new FakeService();
  service.install();
  service.items = [{ kind: "me", value: agent({ state: "ready" }) }];
  service.explanation = told();
});

afterEach(async () => {
  const { closeWhy } = await import("../store/why");
  closeWhy();
  render(null, root);
  root.remove();
  vi.unstubAllGlobals();
});

async function open(): Promise<void> {
  const { App } = await import("./app");
  const { findSession } = await import("../store/session");
  render(<App />, root);
  await findSession();
  await see("Why do I get no calls?");
}

async function see(text: string): Promise<void> {
  await vi.waitFor(() => {
    expect(root.textContent).toContain(text);
  });
}

function sheet(): HTMLDialogElement {
  const found = root.querySelector<HTMLDialogElement>("dialog.why-sheet");
  if (found === null) throw new Error("there is no sheet");
  return found;
}

function wonder(): void {
  root.querySelector<HTMLButtonElement>('[aria-keyshortcuts="w"]')?.click();
}

describe("why do I get no calls", () => {
  it("is asked of the service about oneself, and told in sentences", async () => {
    await open();
    wonder();
    await see("Dana is free, and nobody waits in their queues.");
    await see("Nobody first.");
    expect(service.asked).toContain("GET /api/why/agents/u1");
    expect(sheet().open).toBe(true);
  });

  it("is asked by a key, and closed by its button", async () => {
    await open();
    await vi.waitFor(() => {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "w", bubbles: true }));
      expect(sheet().open).toBe(true);
    });
    sheet().querySelector<HTMLButtonElement>('[aria-label="Close"]')?.click();
    await vi.waitFor(() => {
      expect(sheet().open).toBe(false);
    });
  });

  it("is asked again while the sheet is open, and not when it is closed", async () => {
    vi.useFakeTimers();
    try {
      const { askWhy, closeWhy } = await import("../store/why");
      const times = () => service.asked.filter((each) => each.includes("/api/why/")).length;
      askWhy({ about: "agent", id: "u1", title: "Why?" });
      await vi.advanceTimersByTimeAsync(3_100);
      expect(times()).toBe(2);
      closeWhy();
      await vi.advanceTimersByTimeAsync(10_000);
      expect(times()).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it("says why not if the service does not know", async () => {
    service.explanation = null;
    await open();
    wonder();
    await see("There is no such call");
  });

  it("shows hostile text as text", async () => {
    service.explanation = told({
      headline: HOSTILE.join(" "),
      passages: [
        { title: "T", sentences: [{ text: HOSTILE.join(" "), at: 1, more: [HOSTILE.join(" ")] }] },
      ],
    });
    await open();
    wonder();
    await see("<script>");
    expect(sheet().querySelector("script, img")).toBeNull();
    expect(document.title).not.toBe("owned");
  });

  it("is not offered to one who is paused: the page says so already", async () => {
    service.items = [{ kind: "me", value: agent({ state: "paused" }) }];
    const { App } = await import("./app");
    const { findSession } = await import("../store/session");
    render(<App />, root);
    await findSession();
    await see("You are paused");
    expect(root.querySelector('[aria-keyshortcuts="w"]')).toBeNull();
  });
});
