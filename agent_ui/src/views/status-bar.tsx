/** The agent's own state: what it is, since when, what comes next, and how to change it. */
import { useEffect } from "preact/hooks";
import { readable } from "../core/words";
import type { MyAgent, SessionInfo } from "../gen/wire";
import { finishLeaving, pause, takeCalls } from "../store/actions";
import { isLeaving, isLive, me } from "../store/desk";
import { Icon } from "./icons";
import { Menu } from "./menu";
import { Since, StateMark, Text, Until } from "./parts";

export function StatusBar({ user }: { user: SessionInfo }) {
  const agent = me.value;
  const state = agent?.state;
  useEffect(() => {
    if (state === "logged_out" && isLeaving.value) void finishLeaving();
  }, [state]);
  return (
    <div class="status-bar" role="group" aria-label="Your state">
      <div class={`own-state tone-${state ?? "logged_out"}`}>
        {agent === null ? <span class="muted">Connecting…</span> : <OwnState agent={agent} />}
      </div>
      <Choices agent={agent} reasons={user.pause_reasons} />
    </div>
  );
}

function OwnState({ agent }: { agent: MyAgent }) {
  return (
    <>
      <StateMark state={agent.state} />
      {agent.state === "paused" && agent.pause_reason !== "" && (
        <span class="own-reason">
          <Text>{agent.pause_reason}</Text>
        </span>
      )}
      {agent.state === "not_answering" && (
        <span class="own-reason">
          <Text>{`${agent.misses} missed in a row`}</Text>
        </span>
      )}
      {agent.resting_until === null ? (
        <Since at={agent.since_at} />
      ) : (
        <span>
          <Until at={agent.resting_until} /> left
        </span>
      )}
      {agent.next_status !== "" && (
        <span class="own-next">
          <Text>{`then ${agent.next_status}`}</Text>
        </span>
      )}
    </>
  );
}

/** What is chosen: in a call, what comes after it. */
function chosen(agent: MyAgent | null): "ready" | "paused" | "" {
  if (agent === null) return "";
  if (agent.state === "logged_out" || agent.state === "not_answering") return "";
  if (agent.next_status.startsWith("paused")) return "paused";
  if (agent.next_status === "" && agent.state === "paused") return "paused";
  return agent.next_status === "log out" ? "" : "ready";
}

function Choices({ agent, reasons }: { agent: MyAgent | null; reasons: readonly string[] }) {
  const isDead = !isLive.value || agent === null;
  const choice = chosen(agent);
  return (
    <div class="choices">
      <button
        type="button"
        aria-pressed={choice === "ready"}
        aria-disabled={isDead}
        aria-keyshortcuts="r"
        onClick={() => {
          void takeCalls();
        }}
      >
        <Icon name="ready" />
        Ready
      </button>
      <Menu
        label="Pause"
        icon="paused"
        shortcut="p"
        isDisabled={isDead}
        isPressed={choice === "paused"}
        choices={reasons.map((reason) => ({ value: reason, label: readable(reason) }))}
        onChoose={(reason) => {
          void pause(reason);
        }}
      />
    </div>
  );
}
