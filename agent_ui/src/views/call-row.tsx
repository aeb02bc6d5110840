/** One line of the list of past calls. */
import { duration, moment, phoneNumber } from "../core/format";
import { callerTitle, outcomeWord } from "../core/words";
import type { CallListLine } from "../gen/wire";
import { now } from "../store/now";
import { addressOf, go } from "../store/route";
import { dispositionWord } from "./customer";
import { Text } from "./parts";

export function CallRow({ line, isOpen }: { line: CallListLine; isOpen: boolean }) {
  const number = phoneNumber(line.ani);
  return (
    <tr
      class={isOpen ? "is-open" : ""}
      onClick={() => {
        go("calls", line.call_id);
      }}
    >
      <td class="when">{moment(line.arrived_at, now.peek())}</td>
      <th scope="row">
        <a
          class="two"
          href={addressOf("calls", line.call_id)}
          aria-current={isOpen ? "true" : undefined}
        >
          <Text>{callerTitle(line.caller_name, number)}</Text>
          {line.caller_name !== "" && (
            <span class="muted number">{number || "Number withheld"}</span>
          )}
        </a>
      </th>
      <td>
        <span class="two">
          <Text>{line.queue_name || "–"}</Text>
          <span class="muted">
            <Text>{line.service}</Text>
          </span>
        </span>
      </td>
      <td>
        <Text>{line.agent_name || "–"}</Text>
      </td>
      <td>
        <span class="two">
          <span class={`outcome outcome-${outcomeTone(line.outcome)}`}>
            {outcomeWord(line.outcome)}
          </span>
          <span class="muted">
            <Text>{dispositionWord(line.disposition)}</Text>
          </span>
        </span>
      </td>
      <td class="count">{duration(line.wait_ms)}</td>
      <td class="count">{line.talk_ms === 0 ? "–" : duration(line.talk_ms)}</td>
    </tr>
  );
}

/** Which of three colours an outcome has; the word says the rest. */
export function outcomeTone(outcome: string): "good" | "bad" | "plain" {
  if (outcome === "answered" || outcome === "self_served") return "good";
  return outcome === "" ? "plain" : "bad";
}
