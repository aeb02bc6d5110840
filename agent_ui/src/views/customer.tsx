/** What is known of the person: what they last called for, and what is still open. */
import { useSignal } from "@preact/signals";
import { clipped, moment, phoneNumber } from "../core/format";
import { outcomeWord, readable } from "../core/words";
import type { CustomerCard, DeskCall, OpenServiceRequest, PastActivity } from "../gen/wire";
import { now } from "../store/now";
import { info } from "../store/session";
import { Text } from "./parts";

const SHORT_NOTE = 180;

export function Customer({ call }: { call: DeskCall }) {
  const card = call.card;
  if (card === null) return null;
  return (
    <div class="customer">
      <section class="panel" aria-labelledby="history-title">
        <h2 id="history-title">Last contacts</h2>
        {card.activities.length === 0 ? (
          <p class="muted">None yet.</p>
        ) : (
          <ol class="history">
            {card.activities.map((activity) => (
              <Activity key={activity.activity_id} activity={activity} />
            ))}
          </ol>
        )}
      </section>
      <section class="panel" aria-labelledby="requests-title">
        <h2 id="requests-title">Open requests</h2>
        {card.requests.length === 0 ? (
          <p class="muted">None.</p>
        ) : (
          <ul class="requests">
            {card.requests.map((request) => (
              <Request key={request.number} request={request} />
            ))}
          </ul>
        )}
        <Numbers card={card} />
      </section>
    </div>
  );
}

function Activity({ activity }: { activity: PastActivity }) {
  return (
    <li>
      <time class="history-when">{moment(activity.at, minute())}</time>
      <div class="history-what">
        <p class="history-head">
          <Text>{activity.subject || readable(activity.kind)}</Text>
        </p>
        {activity.note !== "" && <Note text={activity.note} />}
        <p class="muted small">
          <Text>{ending(activity)}</Text>
        </p>
      </div>
    </li>
  );
}

function ending(activity: PastActivity): string {
  const word = dispositionWord(activity.disposition) || outcomeWord(activity.outcome);
  return [word, activity.agent_name].filter(Boolean).join(" · ");
}

function Note({ text }: { text: string }) {
  const isWhole = useSignal(false);
  const isLong = text.length > SHORT_NOTE;
  return (
    <p class="note" dir="auto">
      {isWhole.value || !isLong ? text : clipped(text, SHORT_NOTE)}{" "}
      {isLong && (
        <button
          type="button"
          class="link"
          aria-expanded={isWhole.value}
          onClick={() => {
            isWhole.value = !isWhole.value;
          }}
        >
          {isWhole.value ? "less" : "more"}
        </button>
      )}
    </p>
  );
}

function Request({ request }: { request: OpenServiceRequest }) {
  return (
    <li>
      <p class="request-subject">
        <Text lines={2}>{request.subject}</Text>
      </p>
      <p class="muted small">
        <Text>
          {[
            request.number,
            readable(request.kind),
            readable(request.status),
            moment(request.opened_at, minute()),
          ].join(" · ")}
        </Text>
      </p>
    </li>
  );
}

function Numbers({ card }: { card: CustomerCard }) {
  if (card.numbers.length === 0) return null;
  return (
    <>
      <h3>Numbers</h3>
      <ul class="numbers">
        {card.numbers.map((number) => (
          <li key={number} class="number">
            <Text>{phoneNumber(number)}</Text>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The label that the operator gave a code; a code from before a change stays readable. */
export function dispositionWord(code: string): string {
  const known = info.value?.dispositions.find((choice) => choice.code === code);
  return known?.label ?? readable(code);
}

/** The time to the minute: dates need not be written anew every second. */
function minute(): number {
  return Math.floor(now.peek() / 60_000) * 60_000;
}
