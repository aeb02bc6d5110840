import { render } from "preact";
import "./styles/tokens.css";
import "./styles/controls.css";
import "./styles/shell.css";
import "./styles/desk.css";
import "./styles/floor.css";
import "./styles/calls.css";
import "./styles/why.css";
import { effect } from "@preact/signals";
import { isLive, watchNetwork } from "./store/desk";
import { startClock } from "./store/now";
import { reloadSettled } from "./store/reload";
import { followAddress } from "./store/route";
import { findSession } from "./store/session";
import { applySettings } from "./store/settings";
import { App } from "./views/app";

const root = document.getElementById("page");
if (root === null) throw new Error('index.html has no element with the id "page"');
applySettings(document.documentElement);
followAddress(window);
watchNetwork(window);
startClock();
document.addEventListener("visibilitychange", startClock);
effect(() => {
  if (isLive.value) reloadSettled();
});
void findSession();
render(<App />, root);
