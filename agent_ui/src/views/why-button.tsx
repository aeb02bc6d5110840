/** Asks why: of a call or an agent. Its name for screen readers is the whole question. */
import { type Asked, askWhy } from "../store/why";

export function WhyButton(question: Asked) {
  return (
    <button
      type="button"
      class="link"
      aria-haspopup="dialog"
      aria-label={question.title}
      title={question.title}
      onClick={() => {
        askWhy(question);
      }}
    >
      Why?
    </button>
  );
}
