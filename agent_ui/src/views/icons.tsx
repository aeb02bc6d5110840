/** Pictures, 16 by 16, in the colour of the text beside them. They never stand for a word alone. */
import type { JSX } from "preact";

const SHAPES = {
  ready: "M3 8.5l3.2 3.2L13 4.8",
  ringing:
    "M4 11V7a4 4 0 0 1 8 0v4l1 1.5H3zM6.8 14h2.4M1.5 5a7 7 0 0 1 1.6-2.8M14.5 5a7 7 0 0 0-1.6-2.8",
  talking: "M2.5 3h11v7.5H8L5 13.5v-3H2.5z",
  wrap_up: "M3 13l.6-3L10.5 3l2.5 2.5L6 12.4zM9 4.6L11.4 7",
  paused: "M5.5 3.5v9M10.5 3.5v9",
  resting: "M12.8 10A5.5 5.5 0 1 1 6 3.2 4.4 4.4 0 0 0 12.8 10z",
  lost: "M8 2.2L14.4 13.4H1.6zM8 6.5v3M8 11.6v.2",
  not_answering: "M4 11V7a4 4 0 0 1 8 0v4l1 1.5H3zM6.8 14h2.4M2 2l12 12",
  later: "M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13M8 4.5V8l2.5 2",
  connecting: "M2.5 8h8M7.5 4.5L11 8l-3.5 3.5M13.5 3.5v9",
  logged_out: "M8 2.5a5.5 5.5 0 1 0 .01 0z",
  waiting: "M4 2.5h8M4 13.5h8M5 2.5c0 3 6 4 6 5.5S5 10.5 5 13.5M11 2.5c0 3-6 4-6 5.5s6 2.5 6 5.5",
  ivr: "M3.5 3.5h.02M8 3.5h.02M12.5 3.5h.02M3.5 8h.02M8 8h.02M12.5 8h.02M8 12.5h.02",
  phone:
    "M3 2.5h2.6l1.1 3-1.6 1.3a8.5 8.5 0 0 0 4.1 4.1l1.3-1.6 3 1.1V13c0 .8-.7 1.5-1.5 1.5C7 14.2 1.8 9 1.5 4 1.5 3.2 2.2 2.5 3 2.5z",
  close: "M4 4l8 8M12 4l-8 8",
  down: "M4 6.5L8 10.5l4-4",
  back: "M10 3L5 8l5 5",
  search: "M7 2.5a4.5 4.5 0 1 0 .01 0zM10.3 10.3L14 14",
  sun: "M8 5.2a2.8 2.8 0 1 0 .01 0zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
  moon: "M13 9.8A5.6 5.6 0 0 1 6.2 3 5.6 5.6 0 1 0 13 9.8z",
  auto: "M8 2.5a5.5 5.5 0 1 0 .01 0zM8 2.5v11M10 4v8M12 5.5v5",
} as const;

export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { name: IconName }): JSX.Element {
  const weight = name === "ivr" ? 2.6 : name === "ready" || name === "paused" ? 2.2 : 1.5;
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      stroke-width={weight}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={SHAPES[name]} />
    </svg>
  );
}
