/** Single keys that work when nobody is typing. They press what is on the page, nothing else. */
import { useEffect } from "preact/hooks";
import { go, pages, type Page } from "../store/route";
import { hasShortcuts } from "../store/settings";
import { isTyping } from "./attention";
import { isHelpOpen } from "./help-sheet";

const PAGE_KEYS: Readonly<Record<string, Page>> = { d: "desk", f: "floor", c: "calls" };

/** Keys that press a control, by the `aria-keyshortcuts` that the control carries. */
const PRESSED = new Set(["r", "p", "a", "e", "w", "Shift+H"]);

export function useShortcuts(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (handled(event)) event.preventDefault();
    };
    document.addEventListener("keydown", listen);
    return () => {
      document.removeEventListener("keydown", listen);
    };
  }, []);
}

function handled(event: KeyboardEvent): boolean {
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand) return event.key === "Enter" && submitWrapUp();
  const isMeant = hasShortcuts.value && !event.altKey && !event.repeat;
  return isMeant && !isTyping(document.activeElement) && act(nameOf(event));
}

function nameOf(event: KeyboardEvent): string {
  return event.shiftKey && /^[A-Z]$/.test(event.key) ? `Shift+${event.key}` : event.key;
}

function act(name: string): boolean {
  if (/^[1-9]$/.test(name)) return choose(Number(name));
  return PRESSED.has(name) ? press(name) : move(name);
}

function move(name: string): boolean {
  const page = PAGE_KEYS[name];
  if (page !== undefined && pages.value.includes(page)) {
    go(page);
    return true;
  }
  if (name === "n") return focusOn("note");
  if (name === "/") return focusOn("search");
  if (name !== "?") return false;
  isHelpOpen.value = true;
  return true;
}

function press(name: string): boolean {
  const control = document.querySelector<HTMLElement>(`[aria-keyshortcuts="${name}"]`);
  control?.click();
  return control !== null;
}

function choose(number: number): boolean {
  const choice = document.querySelector<HTMLInputElement>(`input[data-number="${number}"]`);
  choice?.click();
  choice?.focus();
  return choice !== null;
}

function focusOn(id: string): boolean {
  const field = document.getElementById(id);
  field?.focus();
  return field !== null;
}

function submitWrapUp(): boolean {
  const form = document.querySelector<HTMLFormElement>("form[data-wrap-up]");
  form?.requestSubmit();
  return form !== null;
}
