/** How the call ended, a note, and a service request if one is due. Kept until it is filed. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Draft, fault, NOTE_LIMIT } from "../core/draft";
import { duration, spokenDuration } from "../core/format";
import type { DeskCall, DispositionItem } from "../gen/wire";
import { chooseDisposition, extendWrapUp, file } from "../store/actions";
import { isLive, me } from "../store/desk";
import { draftOf, keep } from "../store/drafts";
import { now } from "../store/now";
import { info } from "../store/session";
import { CallBack } from "./call-back";
import { Text, Until } from "./parts";
import { RequestFields } from "./request-fields";

const SHORT_MS = 15_000;

export function WrapUp({ call }: { call: DeskCall }) {
  const choices = info.value?.dispositions ?? [];
  const draft = draftOf(call.id);
  const complaint = useSignal("");
  const isBusy = useSignal(false);
  const isOver = call.phase === "wrap_up";
  useChosenOutcome(call.id, draft.disposition, isOver);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy.value) return;
    // As it is now, which may be newer than what was drawn last.
    const typed = draftOf(call.id);
    const missing = isOver ? fault(typed, choices) : "You can file it when the call has ended.";
    complaint.value = missing ?? "";
    if (missing !== null) return;
    isBusy.value = true;
    await file(call.id, typed);
    isBusy.value = false;
  };
  const change = (part: Partial<Draft>) => {
    complaint.value = "";
    keep(call.id, part);
  };
  return (
    <form
      class="panel wrap-up"
      data-wrap-up
      aria-labelledby="wrap-up-title"
      onSubmit={(event) => {
        void submit(event);
      }}
    >
      <div class="wrap-up-head">
        <h2 id="wrap-up-title">{isOver ? "Wrap-up" : "Notes and outcome"}</h2>
        {isOver && call.wrap_up_until !== null && (
          <span class="wrap-up-time">
            <Countdown until={call.wrap_up_until} />
            <MoreTime call={call} />
          </span>
        )}
      </div>
      <Dispositions choices={choices} draft={draft} onChange={change} />
      <NoteField draft={draft} onChange={change} />
      <RequestFields draft={draft} kinds={info.value?.request_kinds ?? []} onChange={change} />
      <CallBack key={call.id} call={call} />
      <div class="wrap-up-end">
        <p class="complaint" role="alert">
          {complaint.value}
        </p>
        <button
          type="submit"
          class="primary"
          aria-disabled={!isOver || isBusy.value || !isLive.value}
        >
          {isBusy.value ? "Filing…" : "File and finish"}
        </button>
        <span class="muted small">{after(isOver)}</span>
      </div>
    </form>
  );
}

function after(isOver: boolean): string {
  if (!isOver) return "When the call has ended";
  return `then ${me.value?.next_status || "ready"}`;
}

function MoreTime({ call }: { call: DeskCall }) {
  if (call.extensions_left === 0) return null;
  return (
    <button
      type="button"
      class="small"
      aria-disabled={!isLive.value}
      aria-keyshortcuts="e"
      title={`${call.extensions_left} times more`}
      onClick={() => {
        void extendWrapUp(call.id);
      }}
    >
      + {duration(call.extension_ms)} <kbd aria-hidden="true">E</kbd>
      <span class="unseen"> {spokenDuration(call.extension_ms)} more for the wrap-up</span>
    </button>
  );
}

/** Tells the service the outcome that is chosen, as soon as the wrap-up runs. */
function useChosenOutcome(callId: string, disposition: string, isOver: boolean): void {
  const isConnected = isLive.value;
  useEffect(() => {
    if (isConnected && isOver && disposition !== "") void chooseDisposition(callId, disposition);
  }, [isConnected, isOver, callId, disposition]);
}

function Countdown({ until }: { until: number }) {
  const isShort = until - now.value <= SHORT_MS;
  return (
    <span class={isShort ? "countdown is-short" : "countdown"}>
      <Until at={until} /> left
    </span>
  );
}

interface FieldProps {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
}

function Dispositions({
  choices,
  draft,
  onChange,
}: FieldProps & { choices: readonly DispositionItem[] }) {
  return (
    <fieldset class="dispositions">
      <legend>How did it end?</legend>
      {choices.map((choice, index) => (
        <label key={choice.code} class="choice">
          <input
            type="radio"
            name="disposition"
            value={choice.code}
            data-number={index < 9 ? index + 1 : undefined}
            checked={draft.disposition === choice.code}
            onChange={() => {
              onChange({ disposition: choice.code });
            }}
          />
          <Text>{choice.label}</Text>
          {choice.requires_note && <span class="muted small">needs a note</span>}
          {index < 9 && <kbd aria-hidden="true">{index + 1}</kbd>}
        </label>
      ))}
    </fieldset>
  );
}

function NoteField({ draft, onChange }: FieldProps) {
  return (
    <label class="field">
      <span>
        Note <kbd aria-hidden="true">N</kbd>
      </span>
      <textarea
        id="note"
        rows={5}
        dir="auto"
        maxLength={NOTE_LIMIT}
        value={draft.note}
        onInput={(event) => {
          onChange({ note: event.currentTarget.value });
        }}
      />
    </label>
  );
}
