/** Loads the page again when the service has a newer one, but never in a circle. */
import { PROTOCOL } from "../gen/wire";

const NAME = "reloaded-from-protocol";

/** Reloads unless this page has done so already for the same reason; says whether it does. */
export function reloadOnce(reload: () => void = reloadPage): boolean {
  try {
    if (sessionStorage.getItem(NAME) === String(PROTOCOL)) return false;
    sessionStorage.setItem(NAME, String(PROTOCOL));
  } catch {
    return false;
  }
  reload();
  return true;
}

/** The page and the service agree: the next difference may reload again. */
export function reloadSettled(): void {
  try {
    sessionStorage.removeItem(NAME);
  } catch {
    return;
  }
}

function reloadPage(): void {
  location.reload();
}
