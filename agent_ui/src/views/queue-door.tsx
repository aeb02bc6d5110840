/** Whether a queue is open, until when, and the way to close it early or take that back. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { moment } from "../core/format";
import type { FloorQueue } from "../gen/wire";
import { closeQueue, reopenQueue } from "../store/actions";
import { isLive } from "../store/desk";
import { now } from "../store/now";
import { Text } from "./parts";

const REASON_LIMIT = 80;

export function QueueDoor({ queue }: { queue: FloorQueue }) {
  const isAsking = useSignal(false);
  if (queue.is_open && isAsking.value) {
    return (
      <ReasonForm
        queue={queue}
        onDone={() => {
          isAsking.value = false;
        }}
      />
    );
  }
  return (
    <div class={`door small ${queue.closed_by === "" ? "muted" : "is-closed-early"}`}>
      <Text lines={2}>{doorWords(queue, now.value)}</Text>
      {queue.is_open && (
        <DoorButton
          label="Close early"
          queue={queue}
          onClick={() => {
            isAsking.value = true;
          }}
        />
      )}
      {!queue.is_open && queue.closed_by !== "" && (
        <DoorButton
          label="Reopen"
          queue={queue}
          onClick={() => {
            void reopenQueue(queue.id);
          }}
        />
      )}
    </div>
  );
}

/** "Open until 17:00", "Closed until 4 May, 09:00 by Sue: fire drill". */
export function doorWords(queue: FloorQueue, at: number): string {
  const until = queue.changes_at === null ? "" : ` until ${moment(queue.changes_at, at)}`;
  if (queue.is_open) return `Open${until}`;
  const who = queue.closed_by === "" ? "" : ` by ${queue.closed_by}: ${queue.closed_reason}`;
  return `Closed${until}${who}`;
}

interface ButtonProps {
  readonly label: string;
  readonly queue: FloorQueue;
  readonly onClick: () => void;
}

function DoorButton({ label, queue, onClick }: ButtonProps) {
  return (
    <button
      type="button"
      class="link"
      aria-label={`${label}: ${queue.name}`}
      aria-disabled={!isLive.value}
      onClick={onClick}
    >
      {label}
    </button>
  );
}

function ReasonForm({ queue, onDone }: { queue: FloorQueue; onDone: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
  }, []);
  const send = async () => {
    const reason = field.current?.value.trim() ?? "";
    if (reason === "") field.current?.focus();
    else if (await closeQueue(queue.id, reason)) onDone();
  };
  return (
    <form
      class="door door-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onDone();
      }}
    >
      <input
        ref={field}
        aria-label={`Why ${queue.name} is closed`}
        placeholder="Why is it closed?"
        maxLength={REASON_LIMIT}
        required
      />
      <button type="submit" class="stop">
        Close
      </button>
      <button type="button" class="quiet" onClick={onDone}>
        Cancel
      </button>
    </form>
  );
}
