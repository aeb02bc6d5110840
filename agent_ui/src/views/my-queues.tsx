/** The agent's queues: who waits, and how long the first one has. */
import type { MyQueue } from "../gen/wire";
import { isDeskKnown, myQueues } from "../store/desk";
import { Since, Text } from "./parts";

export function MyQueues() {
  return (
    <section class="panel my-queues" aria-labelledby="my-queues-title">
      <h2 id="my-queues-title">My queues</h2>
      {myQueues.value.length === 0 ? (
        <p class="muted">{isDeskKnown.value ? "You work no queue. Ask your supervisor." : "…"}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Queue</th>
              <th scope="col" class="count">
                Waiting
              </th>
              <th scope="col" class="count">
                Longest
              </th>
            </tr>
          </thead>
          <tbody>
            {myQueues.value.map((queue) => (
              <Row key={queue.id} queue={queue} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row({ queue }: { queue: MyQueue }) {
  return (
    <tr class={queue.waiting > 0 ? "has-waiting" : ""}>
      <th scope="row">
        <Text lines={2}>{queue.name}</Text>
      </th>
      <td class="count">{queue.waiting}</td>
      <td class="count">
        {queue.oldest_entered_at === null ? "–" : <Since at={queue.oldest_entered_at} />}
      </td>
    </tr>
  );
}
