/** Promises the customer of a call a call back, by the agent who talks with them. */
import { useSignal } from "@preact/signals";
import type { DeskCall } from "../gen/wire";
import { callBack } from "../store/actions";
import { isLive } from "../store/desk";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const TIMES: readonly (readonly [string, number])[] = [
  ["as soon as possible", 0],
  ["in 30 minutes", 30 * MINUTE_MS],
  ["in 1 hour", HOUR_MS],
  ["in 3 hours", 3 * HOUR_MS],
  ["tomorrow at this time", 24 * HOUR_MS],
];

export function CallBack({ call }: { call: DeskCall }) {
  const after = useSignal("0");
  const promised = useSignal("");
  const isBusy = useSignal(false);
  if (call.ani === "") return null;
  const promise = async () => {
    const choice = TIMES[Number(after.value)];
    if (choice === undefined || isBusy.value || !isLive.value) return;
    isBusy.value = true;
    if (await callBack(call.id, choice[1])) promised.value = choice[0];
    isBusy.value = false;
  };
  if (promised.value !== "")
    return (
      <p role="status" class="muted">
        The customer will be called back {promised.value}.
      </p>
    );
  return (
    <div class="field">
      <label>
        <span>Call back</span>{" "}
        <select
          value={after.value}
          onChange={(event) => {
            after.value = event.currentTarget.value;
          }}
        >
          {TIMES.map(([label], index) => (
            <option key={label} value={String(index)}>
              {label}
            </option>
          ))}
        </select>
      </label>{" "}
      <button
        type="button"
        class="small"
        aria-disabled={isBusy.value || !isLive.value}
        onClick={() => void promise()}
      >
        Promise a callback
      </button>
    </div>
  );
}
