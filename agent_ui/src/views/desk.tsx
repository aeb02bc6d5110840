/** The agent's page: the queues at the side, the call in the middle, its wrap-up at the right. */
import type { ComponentChildren } from "preact";
import type { AgentState, DeskCall } from "../gen/wire";
import { reconnect, deskCall, isDeskKnown, me } from "../store/desk";
import { askWhy } from "../store/why";
import { Announcer } from "./announcer";
import { Customer } from "./customer";
import { LeftOver } from "./left-over";
import { MyQueues } from "./my-queues";
import { Empty } from "./parts";
import { Pop } from "./pop";
import { WrapUp } from "./wrap-up";

export function Desk() {
  const call = deskCall.value;
  return (
    <>
      <h1 class="unseen">Desk</h1>
      <Announcer />
      <MyQueues />
      <div class={call === null ? "desk-main is-idle" : "desk-main"}>
        <LeftOver />
        {call === null ? <Idle /> : <AtHand key={call.id} call={call} />}
      </div>
    </>
  );
}

function AtHand({ call }: { call: DeskCall }) {
  return (
    <div class="at-hand">
      <div class="at-hand-call">
        <Pop call={call} />
        <Customer call={call} />
      </div>
      <div class="at-hand-side">
        <WrapUp call={call} />
      </div>
    </div>
  );
}

function Idle() {
  const state = me.value?.state;
  if (!isDeskKnown.value || state === undefined)
    return <Empty title="Connecting…">Your desk is being fetched.</Empty>;
  const { title, text } = HINTS[state];
  return (
    <Empty title={title}>
      {text}
      {MAY_WONDER.has(state) && (
        <p>
          <button type="button" class="link" aria-keyshortcuts="w" onClick={wonder}>
            Why do I get no calls?
          </button>
        </p>
      )}
      {state === "logged_out" && (
        <p>
          <button type="button" class="primary" onClick={reconnect}>
            Start work again
          </button>
        </p>
      )}
    </Empty>
  );
}

/** States in which a call may be expected, and none comes. */
const MAY_WONDER: ReadonlySet<AgentState> = new Set(["ready", "resting", "lost", "not_answering"]);

function wonder(): void {
  const id = me.value?.id;
  if (id !== undefined) askWhy({ about: "agent", id, title: "Why do I get no calls?" });
}

const HINTS: Readonly<Record<AgentState, { title: string; text: ComponentChildren }>> = {
  ready: {
    title: "Ready for the next call",
    text: "When one comes in, your phone rings and the caller’s record opens here.",
  },
  paused: {
    title: "You are paused",
    text: (
      <>
        No calls come to you. Choose <b>Ready</b> at the top, or press <kbd>R</kbd>, to take calls.
      </>
    ),
  },
  not_answering: {
    title: "You were paused: calls were not answered",
    text: (
      <>
        Calls were shown on this page and your phone rang, but nobody answered several in a row, so
        no more come to you. Are you back? Choose <b>Ready</b> at the top, or press <kbd>R</kbd>.
      </>
    ),
  },
  resting: {
    title: "A short rest",
    text: "The last call was not taken at your phone. You get calls again when the time is over; choose Ready to go on at once.",
  },
  lost: {
    title: "Back again",
    text: "The service had lost this page and held back calls. Choose Ready to take them again.",
  },
  logged_out: {
    title: "You are logged out of your queues",
    text: "No calls come to you. Start work again, or log out.",
  },
  ringing: { title: "Your phone rings", text: "The caller’s record is on its way." },
  talking: { title: "You are in a call", text: "The caller’s record is on its way." },
  wrap_up: { title: "Wrap-up", text: "The call’s record is on its way." },
};
