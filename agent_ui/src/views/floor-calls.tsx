/** Calls in progress, those who wait first. */
import { computed } from "@preact/signals";
import { phoneNumber } from "../core/format";
import { callerTitle } from "../core/words";
import type { FloorCall } from "../gen/wire";
import { bump } from "../store/actions";
import { floorAgents, floorCalls, floorQueues } from "../store/desk";
import { PhaseMark, Since, Text } from "./parts";
import { WhyButton } from "./why-button";

const agentNames = computed(
  () => new Map(floorAgents.value.map((agent) => [agent.id, agent.name])),
);
const queueNames = computed(
  () => new Map(floorQueues.value.map((queue) => [queue.id, queue.name])),
);

export function FloorCalls() {
  const calls = floorCalls.value;
  return (
    <section class="panel floor-calls" aria-labelledby="calls-title">
      <div class="panel-head">
        <h2 id="calls-title">Calls in progress</h2>
        <span class="muted">{calls.length}</span>
      </div>
      {calls.length === 0 ? (
        <p class="muted">No calls now.</p>
      ) : (
        <div class="scroll" role="group" aria-labelledby="calls-title" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">State</th>
                <th scope="col" class="count">
                  For
                </th>
                <th scope="col">Caller</th>
                <th scope="col">Service</th>
                <th scope="col">Queue</th>
                <th scope="col">Agent</th>
                <th scope="col" class="count">
                  Priority
                </th>
                <th scope="col" class="count">
                  In all
                </th>
                <th scope="col" class="count">
                  Why
                </th>
              </tr>
            </thead>
            <tbody>
              {calls.map((call) => (
                <Row key={call.id} call={call} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ call }: { call: FloorCall }) {
  const number = phoneNumber(call.ani);
  return (
    <tr>
      <td>
        <PhaseMark phase={call.phase} />
      </td>
      <td class="count">
        <Since at={call.since_at} />
      </td>
      <th scope="row">
        <span class="two">
          <Text>{callerTitle(call.caller_name, number)}</Text>
          {call.caller_name !== "" && <span class="muted number">{number}</span>}
        </span>
      </th>
      <td>
        <Text>{call.service || phoneNumber(call.dnis)}</Text>
      </td>
      <td>
        <Text>{queueNames.value.get(call.queue_id) ?? (call.queue_id || "–")}</Text>
      </td>
      <td>
        <Text>{agentNames.value.get(call.agent_id) ?? (call.agent_id || "–")}</Text>
      </td>
      <td class="count">
        {call.phase === "waiting" && (
          <button
            type="button"
            class="link"
            aria-label={`Put ${callerTitle(call.caller_name, number)} first in line`}
            onClick={() => void bump(call.id)}
          >
            First
          </button>
        )}{" "}
        {call.priority === 0 ? <span class="zero">0</span> : call.priority}
      </td>
      <td class="count">
        <Since at={call.arrived_at} />
      </td>
      <td class="count">
        <WhyButton about="call" id={call.id} title={whyTitle(call)} />
      </td>
    </tr>
  );
}

function whyTitle(call: FloorCall): string {
  const who = callerTitle(call.caller_name, phoneNumber(call.ani));
  return call.phase === "waiting" || call.phase === "ringing"
    ? `Why does ${who} still wait?`
    : `Why did the call of ${who} go there?`;
}
