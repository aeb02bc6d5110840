/** The bar at the top: pages, own state, settings, the person. */
import type { SessionInfo } from "../gen/wire";
import { deskCall } from "../store/desk";
import { addressOf, pages, route, type Page } from "../store/route";
import { nextTheme, theme } from "../store/settings";
import { finishLeaving, logOut } from "../store/actions";
import { isHelpOpen } from "./help-sheet";
import { Icon } from "./icons";
import { Logo } from "./logo";
import { Text } from "./parts";
import { StatusBar } from "./status-bar";

const PAGE_NAMES: Readonly<Record<Page, string>> = { desk: "Desk", floor: "Floor", calls: "Calls" };
const THEME_ICONS = { auto: "auto", light: "sun", dark: "moon" } as const;

export function Header({ user }: { user: SessionInfo }) {
  return (
    <header class="header">
      <Logo />
      <nav aria-label="Pages">
        {pages.value.map((page) => (
          <a
            key={page}
            href={addressOf(page)}
            aria-current={route.value.page === page ? "page" : undefined}
          >
            {PAGE_NAMES[page]}
            {page === "desk" &&
              deskCall.value?.phase === "ringing" &&
              route.value.page !== "desk" && <span class="nav-badge">ringing</span>}
          </a>
        ))}
      </nav>
      {user.takes_calls && <StatusBar user={user} />}
      <div class="header-end">
        <button
          type="button"
          class="icon-button"
          aria-label={`Colours: ${theme.value}. Change`}
          title={`Colours: ${theme.value}`}
          onClick={nextTheme}
        >
          <Icon name={THEME_ICONS[theme.value]} />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Keyboard shortcuts"
          title="Keyboard shortcuts (?)"
          onClick={() => {
            isHelpOpen.value = true;
          }}
        >
          <span aria-hidden="true">?</span>
        </button>
        <span class="who">
          <Text>{user.name}</Text>
        </span>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            void (user.takes_calls ? logOut() : finishLeaving());
          }}
        >
          Log out
        </button>
      </div>
    </header>
  );
}
