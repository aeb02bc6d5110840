/** Shown when the service speaks another protocol than this page: once it reloads by itself. */
import { useEffect } from "preact/hooks";
import { reloadOnce } from "../store/reload";

export function Outdated() {
  useEffect(() => {
    reloadOnce();
  }, []);
  return (
    <main class="gate">
      <section class="panel gate-card">
        <h1>This page is older than the service</h1>
        <p>The service was updated. Load the page again to go on; your unfiled notes are kept.</p>
        <button
          type="button"
          class="primary"
          onClick={() => {
            location.reload();
          }}
        >
          Load again
        </button>
      </section>
    </main>
  );
}
