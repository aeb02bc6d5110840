/** The log-in. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { enter, loginNotice } from "../store/session";
import { Logo } from "./logo";

export function Login() {
  const login = useSignal("");
  const password = useSignal("");
  const isBusy = useSignal(false);
  const first = useRef<HTMLInputElement>(null);
  const secret = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = "Log in · callcenter";
    first.current?.focus();
  }, []);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy.value) return;
    isBusy.value = true;
    await enter(login.value.trim(), password.value);
    isBusy.value = false;
    password.value = "";
    secret.current?.focus();
  };
  return (
    <main class="gate">
      <form
        class="panel gate-card"
        onSubmit={(event) => {
          void submit(event);
        }}
      >
        <Logo />
        <h1>Log in</h1>
        <label>
          Login
          <input
            ref={first}
            name="username"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            maxLength={200}
            required
            value={login.value}
            onInput={(event) => {
              login.value = event.currentTarget.value;
            }}
          />
        </label>
        <label>
          Password
          <input
            ref={secret}
            type="password"
            name="password"
            autocomplete="current-password"
            maxLength={1000}
            required
            aria-describedby="login-notice"
            value={password.value}
            onInput={(event) => {
              password.value = event.currentTarget.value;
            }}
          />
        </label>
        <p id="login-notice" class="gate-notice" role="alert">
          {loginNotice.value}
        </p>
        <button type="submit" class="primary" aria-disabled={isBusy.value}>
          {isBusy.value ? "Checking…" : "Log in"}
        </button>
      </form>
    </main>
  );
}
