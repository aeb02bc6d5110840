/** The optional service request of a wrap-up. */
import type { Draft } from "../core/draft";
import { readable } from "../core/words";

interface Props {
  readonly draft: Draft;
  readonly kinds: readonly string[];
  readonly onChange: (part: Partial<Draft>) => void;
}

export function RequestFields({ draft, kinds, onChange }: Props) {
  if (kinds.length === 0) return null;
  return (
    <div class="request-fields">
      <label class="check">
        <input
          type="checkbox"
          checked={draft.wantsRequest}
          onChange={(event) => {
            onChange({ wantsRequest: event.currentTarget.checked });
          }}
        />
        Open a service request
      </label>
      {draft.wantsRequest && (
        <>
          <label class="field">
            <span>Kind</span>
            <select
              value={draft.requestKind || kinds[0]}
              onChange={(event) => {
                onChange({ requestKind: event.currentTarget.value });
              }}
            >
              {kinds.map((kind) => (
                <option key={kind} value={kind}>
                  {readable(kind)}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>Subject</span>
            <input
              dir="auto"
              maxLength={200}
              value={draft.subject}
              onInput={(event) => {
                onChange({ subject: event.currentTarget.value });
              }}
            />
          </label>
          <label class="field">
            <span>Description</span>
            <textarea
              rows={3}
              dir="auto"
              maxLength={4000}
              value={draft.description}
              onInput={(event) => {
                onChange({ description: event.currentTarget.value });
              }}
            />
          </label>
        </>
      )}
    </div>
  );
}
