/** Queues: now, and since midnight. */
import { serviceLevel } from "../core/entities";
import { percent } from "../core/format";
import { readable } from "../core/words";
import type { FloorQueue } from "../gen/wire";
import { floorQueues } from "../store/desk";
import { Since, Text } from "./parts";
import { QueueDoor } from "./queue-door";

const COLUMNS = [
  "Waiting",
  "Longest",
  "Ready",
  "Talking",
  "Wrap-up",
  "Paused",
  "Page lost",
] as const;
const TODAY = [
  "Offered",
  "Answered",
  "Abandoned",
  "Sent on",
  "Service level",
  "Wait estimate",
] as const;

export function FloorQueues() {
  return (
    <section class="panel floor-queues" aria-labelledby="queues-title">
      <h2 id="queues-title">Queues</h2>
      <div class="scroll" role="group" aria-labelledby="queues-title" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <td />
              <th scope="colgroup" colSpan={2}>
                Callers
              </th>
              <th scope="colgroup" colSpan={5} class="group">
                Agents
              </th>
              <th scope="colgroup" colSpan={5} class="group">
                Today
              </th>
            </tr>
            <tr>
              <th scope="col">Queue</th>
              {[...COLUMNS, ...TODAY].map((name) => (
                <th key={name} scope="col" class={startsGroup(name) ? "count group" : "count"}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {floorQueues.value.map((queue) => (
              <Row key={queue.id} queue={queue} />
            ))}
          </tbody>
        </table>
      </div>
      <p class="muted small legend">
        Service level = answered within the queue’s threshold ÷ (answered + abandoned), since
        midnight. Callers still waiting are not counted yet. Sent on = left without an agent:
        closed, full, nobody there, waited too long. Wait estimate = how far off, on average, the
        wait expected at entry was for the last 1000 callers answered.
      </p>
    </section>
  );
}

function startsGroup(name: string): boolean {
  return name === "Ready" || name === "Offered";
}

function Row({ queue }: { queue: FloorQueue }) {
  return (
    <tr class={queue.waiting > 0 ? "has-waiting" : ""}>
      <th scope="row">
        <Text>{queue.name}</Text>
        <QueueDoor queue={queue} />
      </th>
      <td class="count strong">{queue.waiting}</td>
      <td class="count">
        {queue.oldest_entered_at === null ? "–" : <Since at={queue.oldest_entered_at} />}
      </td>
      <Count value={queue.ready} isGroupStart />
      <Count value={queue.talking} />
      <Count value={queue.wrap_up} />
      <Count value={queue.paused} />
      <Count value={queue.lost} />
      <Count value={queue.offered_today} isGroupStart />
      <Count value={queue.answered_today} />
      <Count value={queue.abandoned_today} />
      <Left queue={queue} />
      <td class="count strong" title={formula(queue)}>
        {percent(serviceLevel(queue))} <span class="muted small">in {queue.service_level_s} s</span>
      </td>
      <td class="count" title={accuracy(queue)}>
        {queue.estimates === 0 ? "–" : `± ${queue.estimate_error_s} s`}
      </td>
    </tr>
  );
}

/** Callers who left without an agent, the reasons below the number. */
function Left({ queue }: { queue: FloorQueue }) {
  const total = queue.left_today.reduce((sum, left) => sum + left.count, 0);
  const reasons = queue.left_today.map((left) => `${readable(left.reason)} ${left.count}`);
  return (
    <td class={total === 0 ? "count zero" : "count"}>
      {total}
      {reasons.map((reason) => (
        <span key={reason} class="reason muted small">
          {reason}
        </span>
      ))}
    </td>
  );
}

function Count({ value, isGroupStart = false }: { value: number; isGroupStart?: boolean }) {
  const classes = ["count", isGroupStart && "group", value === 0 && "zero"]
    .filter(Boolean)
    .join(" ");
  return <td class={classes}>{value}</td>;
}

function accuracy(queue: FloorQueue): string {
  const bias = queue.estimate_bias_s;
  return (
    `${queue.estimates} estimates compared; on average ${Math.abs(bias)} s too ` +
    `${bias < 0 ? "short" : "long"}; ${percent(queue.estimate_coverage)} within their range`
  );
}

function formula(queue: FloorQueue): string {
  return (
    `${queue.in_time_today} answered within ${queue.service_level_s} s ÷ ` +
    `(${queue.answered_today} answered + ${queue.abandoned_today} abandoned)`
  );
}
