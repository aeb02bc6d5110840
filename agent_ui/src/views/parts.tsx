/** Small parts that every page uses. Text from outside is always a text node, never markup. */
import type { ComponentChildren } from "preact";
import { clipped, duration } from "../core/format";
import { AGENT_STATE_WORDS, PHASE_WORDS } from "../core/words";
import type { AgentState, CallPhase } from "../gen/wire";
import { now } from "../store/now";
import { Icon } from "./icons";

const TITLE_LIMIT = 300;

/** Text of unknown length and direction, kept on one line; the rest is in the tooltip. */
export function Text({ children, lines = 1 }: { children: string; lines?: 1 | 2 | 3 }) {
  return (
    <span
      class={lines === 1 ? "clip" : `clamp clamp-${lines}`}
      dir="auto"
      title={clipped(children, TITLE_LIMIT)}
    >
      {clipped(children, 600)}
    </span>
  );
}

/** Time since an instant of the service, ticking. */
export function Since({ at }: { at: number }) {
  return <span class="timer">{duration(now.value - at)}</span>;
}

/** Time left until an instant of the service, ticking. */
export function Until({ at }: { at: number }) {
  return <span class="timer">{duration(at - now.value + 999)}</span>;
}

export function StateMark({ state }: { state: AgentState }) {
  return (
    <span class={`mark mark-${state}`}>
      <Icon name={state} />
      {AGENT_STATE_WORDS[state]}
    </span>
  );
}

type PhaseLook = AgentState | "waiting" | "ivr" | "connecting" | "later";

const PHASE_STATES: Readonly<Record<CallPhase, PhaseLook>> = {
  later: "later",
  ivr: "ivr",
  waiting: "waiting",
  connecting: "connecting",
  ringing: "ringing",
  talking: "talking",
  wrap_up: "wrap_up",
};

export function PhaseMark({ phase }: { phase: CallPhase }) {
  const look = PHASE_STATES[phase];
  return (
    <span class={`mark mark-${look}`}>
      <Icon name={look} />
      {PHASE_WORDS[phase]}
    </span>
  );
}

/** What a page says when it has nothing to show. */
export function Empty({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      <div class="muted">{children}</div>
    </div>
  );
}

export function Fact({ term, children }: { term: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
