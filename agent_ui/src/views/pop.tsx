/** The call at hand: who it is, where they come from, and the buttons. */
import { useLayoutEffect } from "preact/hooks";
import { duration, phoneNumber, spokenDuration } from "../core/format";
import { callerTitle, matchWord, PHASE_WORDS, readable } from "../core/words";
import type { DeskCall } from "../gen/wire";
import { answer, confirmPerson, hangUp, offerShown } from "../store/actions";
import { isLive, me } from "../store/desk";
import { Icon } from "./icons";
import { Fact, Since, Text, Until } from "./parts";

/** Says that the call is on the screen, when it is: also in a tab behind others, and again after
 * a lost connection. */
function useAcknowledgement(call: DeskCall): void {
  const isConnected = isLive.value;
  const isRinging = call.phase === "ringing";
  useLayoutEffect(() => {
    if (isConnected && isRinging && call.offer_id !== "") void offerShown(call.id, call.offer_id);
  }, [isConnected, isRinging, call.id, call.offer_id]);
}

export function Pop({ call }: { call: DeskCall }) {
  useAcknowledgement(call);
  return (
    <section class={`panel pop tone-${call.phase}`} aria-labelledby="caller">
      <div class="pop-strip">
        <Icon name={call.phase === "waiting" || call.phase === "ivr" ? "waiting" : call.phase} />
        <span class="pop-phase">{PHASE_WORDS[call.phase]}</span>
        <PhaseTime call={call} />
        <Buttons call={call} />
      </div>
      <div class="pop-who">
        <h2 id="caller" tabIndex={-1}>
          <Text lines={2}>{callerTitle(call.caller_name, phoneNumber(call.ani))}</Text>
        </h2>
        <p class="pop-line">
          <span class="number clip">
            {call.ani === "" ? readable(call.presentation) : phoneNumber(call.ani)}
          </span>
          <Tags call={call} />
        </p>
        {call.party_id === "" && matchWord(call.match_status) !== "" && (
          <p class="muted">{matchWord(call.match_status)}</p>
        )}
      </div>
      {call.party_id === "" && call.candidates.length > 0 && <Candidates call={call} />}
      <dl class="facts">
        <Fact term="Queue">
          <Text lines={2}>{call.queue_name}</Text>
        </Fact>
        <Fact term="Dialled">
          <Text>{call.service || phoneNumber(call.dnis)}</Text>
          {call.service !== "" && (
            <span class="muted small number clip">{phoneNumber(call.dnis)}</span>
          )}
        </Fact>
        <Fact term="Waited">
          <span class="timer">{duration(call.waited_ms)}</span>
          <span class="unseen"> ({spokenDuration(call.waited_ms)})</span>
        </Fact>
        <Fact term="Menu">
          <Text lines={2}>{call.menu_path.length === 0 ? "–" : call.menu_path.join(" › ")}</Text>
        </Fact>
      </dl>
    </section>
  );
}

function PhaseTime({ call }: { call: DeskCall }) {
  if (call.phase === "wrap_up" && call.wrap_up_until !== null) {
    return (
      <span>
        <Until at={call.wrap_up_until} /> left
      </span>
    );
  }
  const since =
    call.phase === "talking" ? call.answered_at : call.phase === "wrap_up" ? call.ended_at : null;
  return <Since at={since ?? call.offered_at} />;
}

function Buttons({ call }: { call: DeskCall }) {
  if (call.phase === "ringing" && me.value?.answers_by_click !== true) {
    return <b class="pop-hint">Pick up your phone</b>;
  }
  if (call.phase === "ringing") {
    return (
      <button
        type="button"
        class="go"
        aria-disabled={!isLive.value}
        aria-keyshortcuts="a"
        onClick={() => {
          void answer(call.id);
        }}
      >
        <Icon name="phone" />
        Answer
      </button>
    );
  }
  if (call.phase === "connecting") return <b class="pop-hint">Listen: the caller follows</b>;
  if (call.phase !== "talking") return null;
  return (
    <button
      type="button"
      class="stop"
      aria-disabled={!isLive.value}
      aria-keyshortcuts="Shift+H"
      onClick={() => {
        void hangUp(call.id);
      }}
    >
      Hang up
    </button>
  );
}

function Tags({ call }: { call: DeskCall }) {
  const card = call.card;
  if (card === null) return null;
  return (
    <>
      {card.tier !== "" && card.tier !== "ordinary" && (
        <Tag kind={`tier-${tierKind(card.tier)}`} text={readable(card.tier)} />
      )}
      {card.company !== "" && <Tag kind="plain" text={card.company} />}
      {card.language !== "" && <Tag kind="plain" text={card.language} />}
      {card.do_not_call && <Tag kind="warn" text="Do not call" />}
    </>
  );
}

function tierKind(tier: string): string {
  return tier === "gold" ? "gold" : "other";
}

function Tag({ kind, text }: { kind: string; text: string }) {
  return (
    <span class={`tag tag-${kind}`}>
      <Text>{text}</Text>
    </span>
  );
}

function Candidates({ call }: { call: DeskCall }) {
  return (
    <fieldset class="candidates">
      <legend>Who is it? Ask, then choose.</legend>
      <ul>
        {call.candidates.map((person) => (
          <li key={person.party_id}>
            <button
              type="button"
              aria-disabled={!isLive.value}
              onClick={() => {
                void confirmPerson(call.id, person.party_id);
              }}
            >
              <span class="candidate-name">
                <Text>{person.name}</Text>
              </span>
              <span class="muted">
                <Text>{[readable(person.tier), person.reason].filter(Boolean).join(" · ")}</Text>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
