/** Wrap-ups whose time ran out before they were filed: the text is never lost. */
import { useSignal } from "@preact/signals";
import { fault } from "../core/draft";
import { clipped } from "../core/format";
import { file } from "../store/actions";
import { isDeskKnown } from "../store/desk";
import { discard, keep, type KeptDraft, leftOver } from "../store/drafts";
import { info } from "../store/session";

export function LeftOver() {
  if (!isDeskKnown.value || leftOver.value.length === 0) return null;
  return (
    <section class="panel left-over" aria-labelledby="left-over-title">
      <h2 id="left-over-title">Notes that were not filed</h2>
      <ul>
        {leftOver.value.map((kept) => (
          <Kept key={kept.callId} kept={kept} />
        ))}
      </ul>
    </section>
  );
}

function Kept({ kept }: { kept: KeptDraft }) {
  const { callId } = kept;
  // A request without a subject was begun and given up: it must not hold the note back.
  const isRequest = kept.draft.wantsRequest && kept.draft.subject.trim() !== "";
  const draft = { ...kept.draft, wantsRequest: isRequest };
  const complaint = useSignal("");
  const choices = info.value?.dispositions ?? [];
  const fileNow = () => {
    complaint.value = fault(draft, choices) ?? "";
    if (complaint.value === "") void file(callId, draft);
  };
  return (
    <li>
      <p dir="auto">
        {clipped([draft.note, draft.subject, draft.description].filter(Boolean).join(" · "), 400)}
      </p>
      <p class="left-over-buttons">
        <select
          aria-label="How did the call end?"
          value={draft.disposition}
          onChange={(event) => {
            keep(callId, { disposition: event.currentTarget.value });
          }}
        >
          <option value="">How did it end?</option>
          {choices.map((choice) => (
            <option key={choice.code} value={choice.code}>
              {choice.label}
            </option>
          ))}
        </select>
        <button type="button" onClick={fileNow}>
          File it now
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            discard(callId);
          }}
        >
          Discard
        </button>
        <span class="complaint" role="alert">
          {complaint.value}
        </span>
      </p>
    </li>
  );
}
