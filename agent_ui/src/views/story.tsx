/** One call from its facts: what is known, a bar drawn to scale, and every fact in a sentence. */
import { useEffect, useRef } from "preact/hooks";
import { dayAndTime, duration, phoneNumber, timeOfDay } from "../core/format";
import { callerTitle, outcomeWord, readable } from "../core/words";
import type { CallStory, StoryLine } from "../gen/wire";
import { openStory, story, storyFault } from "../store/archive";
import { addressOf } from "../store/route";
import { outcomeTone } from "./call-row";
import { dispositionWord } from "./customer";
import { Icon } from "./icons";
import { Empty, Fact, Text } from "./parts";
import { Timeline } from "./timeline";
import { WhyButton } from "./why-button";

export function Story({ callId }: { callId: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const told = story.value?.call_id === callId ? story.value : null;
  useEffect(() => {
    void openStory(callId);
  }, [callId]);
  useEffect(() => {
    if (told !== null) heading.current?.focus({ preventScroll: true });
  }, [told]);
  return (
    <article class="panel story" aria-labelledby="story-title">
      <div class="story-head">
        <a class="icon-button" href={addressOf("calls")} aria-label="Close this call">
          <Icon name="close" />
        </a>
        <h2 id="story-title" ref={heading} tabIndex={-1}>
          <Text lines={2}>
            {told === null ? "Call" : callerTitle(told.caller_name, phoneNumber(told.ani))}
          </Text>
        </h2>
      </div>
      {storyFault.value !== "" && (
        <Empty title="This call cannot be shown">{storyFault.value}</Empty>
      )}
      {told !== null && <Told call={told} />}
      {told === null && storyFault.value === "" && <p class="muted">Fetching its facts…</p>}
    </article>
  );
}

function Told({ call }: { call: CallStory }) {
  return (
    <>
      <Facts call={call} />
      {call.note !== "" && (
        <p class="story-note" dir="auto">
          {call.note}
        </p>
      )}
      <Consequences call={call} />
      <h3 class="why-head">
        Course
        <WhyButton about="call" id={call.call_id} title="Why did this call go there?" />
      </h3>
      <Timeline call={call} />
      <h3>Facts</h3>
      <ol class="story-facts">
        {call.facts.map((line, index) => (
          <FactLine key={index} line={line} from={call.arrived_at} />
        ))}
      </ol>
    </>
  );
}

function Facts({ call }: { call: CallStory }) {
  return (
    <dl class="facts">
      <Fact term="Outcome">
        <span class={`outcome outcome-${outcomeTone(call.outcome)}`}>
          {outcomeWord(call.outcome)}
        </span>
      </Fact>
      <Fact term="Disposition">
        <Text>
          {dispositionWord(call.disposition) || (call.wrap_up_late ? "Not filed in time" : "–")}
        </Text>
      </Fact>
      <Fact term="Arrived">{dayAndTime(call.arrived_at)}</Fact>
      <Fact term="Number">
        <span class="number">{phoneNumber(call.ani) || "Withheld"}</span>
      </Fact>
      <Fact term="Dialled">
        <Text>{call.service || phoneNumber(call.dnis)}</Text>
        {call.service !== "" && (
          <span class="muted small number clip">{phoneNumber(call.dnis)}</span>
        )}
      </Fact>
      <Fact term="Queue">
        <Text>{call.queue_name || "–"}</Text>
      </Fact>
      <Fact term="Agent">
        <Text>{call.agent_name || "–"}</Text>
      </Fact>
      <Fact term="Menu">
        <Text lines={3}>{call.menu_path.join(" › ") || "–"}</Text>
      </Fact>
    </dl>
  );
}

function Consequences({ call }: { call: CallStory }) {
  const lines = [
    ...call.requests.map((subject) => ({ kind: "Service request", text: subject })),
    ...(call.follow_up === "" ? [] : [{ kind: "Follow-up", text: call.follow_up }]),
  ];
  if (lines.length === 0) return null;
  return (
    <ul class="consequences">
      {lines.map((line, index) => (
        <li key={index}>
          <b>{line.kind}</b> <Text lines={2}>{line.text}</Text>
        </li>
      ))}
    </ul>
  );
}

function FactLine({ line, from }: { line: StoryLine; from: number }) {
  return (
    <li>
      <time class="timer" title={timeOfDay(line.at)}>
        +{duration(line.at - from)}
      </time>
      <span title={readable(line.kind)}>
        <Text lines={3}>{line.text}</Text>
      </span>
    </li>
  );
}
