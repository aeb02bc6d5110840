/** The sheet that says why: a headline, and passages of sentences, fresh while it is open. */
import { timeOfDay } from "../core/format";
import type { Explanation, Passage, Sentence } from "../gen/wire";
import { asked, closeWhy, explanation, whyFault } from "../store/why";
import { Sheet } from "./sheet";

export function WhySheet() {
  const question = asked.value;
  const isOpen = question !== null;
  return (
    <Sheet id="why" title={question?.title ?? ""} isOpen={isOpen} onClose={closeWhy}>
      {isOpen && <Body />}
    </Sheet>
  );
}

function Body() {
  if (whyFault.value !== "") return <p class="complaint">{whyFault.value}</p>;
  if (explanation.value === null) return <p class="muted">Asking…</p>;
  return <Told explanation={explanation.value} />;
}

function Told({ explanation: told }: { explanation: Explanation }) {
  return (
    // A long explanation is scrolled by keys, so it must take the focus.
    <div class="why-body" role="group" aria-label="Explanation" tabIndex={0}>
      <p class="why-headline" dir="auto">
        {told.headline}
      </p>
      {told.passages.map((passage) => (
        <Below key={passage.title} passage={passage} />
      ))}
      <p class="muted small">As of {timeOfDay(told.at)}.</p>
    </div>
  );
}

function Below({ passage }: { passage: Passage }) {
  const isCourse = passage.sentences.some((each) => each.at !== null);
  return (
    <section>
      <h3>{passage.title}</h3>
      <ul class={isCourse ? "why-course" : "why-list"}>
        {passage.sentences.map((sentence, index) => (
          <Said key={index} sentence={sentence} />
        ))}
      </ul>
    </section>
  );
}

function Said({ sentence }: { sentence: Sentence }) {
  return (
    <li>
      {sentence.at !== null && <time class="timer muted">{timeOfDay(sentence.at)}</time>}
      <div dir="auto">
        {sentence.text}
        {sentence.more.length > 0 && (
          <ul class="why-more muted small">
            {sentence.more.map((more, index) => (
              <li key={index}>{more}</li>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}
