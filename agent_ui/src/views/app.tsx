/** The page as a whole: who is not logged in sees the log-in, everybody else the desk. */
import { useEffect } from "preact/hooks";
import { start } from "../store/desk";
import { info, isOutdated, session } from "../store/session";
import { status } from "../store/desk";
import { Login } from "./login";
import { Outdated } from "./outdated";
import { Shell } from "./shell";

export function App() {
  const user = info.value;
  const userId = user?.user_id;
  const isOld =
    isOutdated.value || (status.value.name === "ended" && status.value.reason === "protocol");
  useEffect(() => {
    if (userId !== undefined && !isOutdated.value) start();
  }, [userId]);
  if (isOld) return <Outdated />;
  if (session.value === "unknown") return <p class="opening muted">Opening…</p>;
  return user === null ? <Login /> : <Shell user={user} />;
}
