/** "Why?": what is asked of a call or an agent, and the service's explanation, kept fresh. */
import { signal } from "@preact/signals";
import type { Explanation } from "../gen/wire";
import { whyAgent, whyCall } from "../transport/http";
import { messageOf } from "./session";

export interface Asked {
  readonly about: "call" | "agent";
  readonly id: string;
  /** The question, for people. */
  readonly title: string;
}

/** The present is told: it is asked for again while somebody looks. */
const REFRESH_MS = 3_000;

export const asked = signal<Asked | null>(null);
export const explanation = signal<Explanation | null>(null);
export const whyFault = signal("");

/** Counts questions: an answer that a later question has overtaken is dropped. */
let questions = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

export function askWhy(question: Asked): void {
  asked.value = question;
  explanation.value = null;
  whyFault.value = "";
  void fetchAgain(question, ++questions);
}

export function closeWhy(): void {
  questions += 1;
  clearTimeout(timer);
  asked.value = null;
}

async function fetchAgain(question: Asked, number: number): Promise<void> {
  clearTimeout(timer);
  try {
    const found = await (question.about === "call" ? whyCall : whyAgent)(question.id);
    if (number !== questions) return;
    explanation.value = found;
    whyFault.value = "";
  } catch (error) {
    if (number !== questions) return;
    whyFault.value = messageOf(error);
  }
  timer = setTimeout(() => void fetchAgain(question, number), REFRESH_MS);
}
