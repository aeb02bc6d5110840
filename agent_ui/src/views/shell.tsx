/** What is around every page: header, state of the connection, messages, shortcuts. */
import { useEffect, useRef } from "preact/hooks";
import type { SessionInfo } from "../gen/wire";
import { isFaultShown } from "../store/banner";
import { route } from "../store/route";
import { useAttention } from "./attention";
import { Calls } from "./calls";
import { ConnectionBanner } from "./connection-banner";
import { Desk } from "./desk";
import { Floor } from "./floor";
import { Header } from "./header";
import { HelpSheet } from "./help-sheet";
import { Notices } from "./notices";
import { useShortcuts } from "./shortcuts";
import { WhySheet } from "./why-sheet";

export function Shell({ user }: { user: SessionInfo }) {
  const { page, callId } = route.value;
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useAttention();
  useShortcuts();
  useEffect(() => {
    if (!isFirst.current) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [page]);
  return (
    <div class="shell">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the page
      </a>
      <Header user={user} />
      {isFaultShown.value && <ConnectionBanner />}
      <main ref={main} id="main" tabIndex={-1} class={`page page-${page}`}>
        {page === "desk" && <Desk />}
        {page === "floor" && <Floor />}
        {page === "calls" && <Calls callId={callId} />}
      </main>
      <Notices />
      <HelpSheet />
      <WhySheet />
    </div>
  );
}
