/** Past calls: a list with a search, and beside it the story of the one that is opened. */
import { useEffect, useRef } from "preact/hooks";
import { found, find, findMore, isSearching, search, searchFault } from "../store/archive";
import { CallRow } from "./call-row";
import { Icon } from "./icons";
import { Empty } from "./parts";
import { Story } from "./story";

const TYPING_MS = 250;

export function Calls({ callId }: { callId: string }) {
  useEffect(() => {
    void find(search.peek());
  }, []);
  return (
    <div class={callId === "" ? "calls" : "calls has-story"}>
      <h1 class="unseen">Calls</h1>
      <section class="panel calls-list" aria-labelledby="past-title">
        <div class="panel-head">
          <h2 id="past-title">Past calls</h2>
          <SearchField />
        </div>
        <Results callId={callId} />
      </section>
      {callId !== "" && <Story callId={callId} />}
    </div>
  );
}

function SearchField() {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  return (
    <form
      role="search"
      class="search"
      onSubmit={(event) => {
        event.preventDefault();
        clearTimeout(timer.current);
        void find(search.value);
      }}
    >
      <Icon name="search" />
      <input
        id="search"
        type="search"
        aria-label="Search calls by name, number, queue, agent or outcome"
        placeholder="Name, number, queue, agent, outcome"
        maxLength={200}
        dir="auto"
        value={search.value}
        onInput={(event) => {
          const text = event.currentTarget.value;
          search.value = text;
          clearTimeout(timer.current);
          timer.current = setTimeout(() => {
            void find(text);
          }, TYPING_MS);
        }}
      />
    </form>
  );
}

function Results({ callId }: { callId: string }) {
  const present = found.value;
  if (searchFault.value !== "")
    return <Empty title="The calls cannot be shown">{searchFault.value}</Empty>;
  if (present === null) return <p class="muted">Searching…</p>;
  if (present.lines.length === 0) {
    return (
      <Empty title={present.text === "" ? "No calls yet" : "No call matches"}>
        {present.text === ""
          ? "Calls appear here when they have ended."
          : "Try fewer words, or part of a number."}
      </Empty>
    );
  }
  return (
    <>
      <div class="scroll" role="group" aria-labelledby="past-title" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Arrived</th>
              <th scope="col">Caller</th>
              <th scope="col">Queue</th>
              <th scope="col">Agent</th>
              <th scope="col">Outcome</th>
              <th scope="col" class="count">
                Wait
              </th>
              <th scope="col" class="count">
                Talk
              </th>
            </tr>
          </thead>
          <tbody>
            {present.lines.map((line) => (
              <CallRow key={line.call_id} line={line} isOpen={line.call_id === callId} />
            ))}
          </tbody>
        </table>
      </div>
      <p class="calls-more" role="status">
        {present.nextCursor === null ? (
          <span class="muted small">{`${present.lines.length} calls, no more`}</span>
        ) : (
          <button
            type="button"
            aria-disabled={isSearching.value}
            onClick={() => {
              void findMore();
            }}
          >
            Show older calls
          </button>
        )}
      </p>
    </>
  );
}
