/** What a person likes on this machine. */
import { effect, signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";

export const theme = signal<Theme>(readTheme());
/** Single keys are shortcuts; some people's input devices press keys by accident (WCAG 2.1.4). */
export const hasShortcuts = signal(read("shortcuts") !== "off");

export function nextTheme(): void {
  const order: readonly Theme[] = ["auto", "light", "dark"];
  theme.value = order[(order.indexOf(theme.value) + 1) % order.length] ?? "auto";
}

/** Keeps the choices and shows the theme on the page's root. */
export function applySettings(root: HTMLElement): () => void {
  const stops = [
    effect(() => {
      if (theme.value === "auto") delete root.dataset["theme"];
      else root.dataset["theme"] = theme.value;
      write("theme", theme.value);
    }),
    effect(() => {
      write("shortcuts", hasShortcuts.value ? "on" : "off");
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function readTheme(): Theme {
  const stored = read("theme");
  return stored === "light" || stored === "dark" ? stored : "auto";
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    return;
  }
}
