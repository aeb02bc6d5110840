/** Agents: what each one does and for how long; counts by state choose whom to see. */
import { useSignal } from "@preact/signals";
import { AGENT_STATES, countByState } from "../core/entities";
import { AGENT_STATE_WORDS } from "../core/words";
import type { AgentState, FloorAgent } from "../gen/wire";
import { floorAgents, floorQueues } from "../store/desk";
import { Icon } from "./icons";
import { Since, StateMark, Text } from "./parts";
import { WhyButton } from "./why-button";

export function FloorAgents() {
  const only = useSignal<AgentState | null>(null);
  const agents = floorAgents.value;
  const counts = countByState(agents);
  const shown = agents.filter((agent) => only.value === null || agent.state === only.value);
  return (
    <section class="panel floor-agents" aria-labelledby="agents-title">
      <div class="panel-head">
        <h2 id="agents-title">Agents</h2>
        <div class="filters" role="group" aria-label="Show only">
          {AGENT_STATES.filter((state) => counts.has(state)).map((state) => (
            <button
              type="button"
              key={state}
              class={`filter mark-${state}`}
              aria-pressed={only.value === state}
              onClick={() => {
                only.value = only.value === state ? null : state;
              }}
            >
              <Icon name={state} />
              {AGENT_STATE_WORDS[state]} <b>{counts.get(state)}</b>
            </button>
          ))}
        </div>
      </div>
      {agents.length === 0 ? (
        <p class="muted">Nobody is logged in.</p>
      ) : (
        <ul class="agents">
          {shown.map((agent) => (
            <Agent key={agent.id} agent={agent} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Agent({ agent }: { agent: FloorAgent }) {
  return (
    <li class={`agent tone-${agent.state}`}>
      <p class="agent-name">
        <Text>{agent.name}</Text>
        <WhyButton about="agent" id={agent.id} title={`Why does ${agent.name} get no calls?`} />
      </p>
      <p class="agent-state">
        <StateMark state={agent.state} />
        <Since at={agent.since_at} />
      </p>
      <p class="agent-more small muted">
        <Text>{agent.pause_reason || queueNames(agent.queue_ids)}</Text>
        {!agent.page_connected && agent.state !== "logged_out" && agent.state !== "lost" && (
          <span class="agent-warning">no page</span>
        )}
      </p>
    </li>
  );
}

function queueNames(ids: readonly string[]): string {
  const names = new Map(floorQueues.value.map((queue) => [queue.id, queue.name]));
  return ids.map((id) => names.get(id) ?? id).join(", ");
}
