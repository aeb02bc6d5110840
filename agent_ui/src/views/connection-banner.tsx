/** Says that the page is cut off and what that means; floats, so that nothing moves. */
import { reconnect, status } from "../store/desk";
import { Icon } from "./icons";

export function ConnectionBanner() {
  const current = status.value;
  const isTakenOver = current.name === "ended" && current.reason === "taken_over";
  return (
    <div class="banner" role="alert">
      <Icon name="lost" />
      <p>
        {isTakenOver
          ? "Your desk is open in another window or on another machine. Only one can be in use."
          : "Connection lost. What you see may be old; a call that you are in goes on. Trying again…"}
      </p>
      <button type="button" onClick={reconnect}>
        {isTakenOver ? "Use it here" : "Try now"}
      </button>
    </div>
  );
}
