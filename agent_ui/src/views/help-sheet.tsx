/** The sheet of keyboard shortcuts, and the switch that turns them off. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Page, pages } from "../store/route";
import { hasShortcuts } from "../store/settings";
import { Icon } from "./icons";

export const isHelpOpen = signal(false);

type Keys = readonly (readonly [string, string])[];

const WORK: readonly (readonly [string, Keys])[] = [
  [
    "Your state",
    [
      ["R", "Take calls"],
      ["P", "Choose a pause"],
      ["W", "Ask why no calls come, while you wait for one"],
    ],
  ],
  [
    "The call",
    [
      ["A", "Answer, where the phone allows it"],
      ["Shift H", "Hang up"],
      ["1 – 9", "Choose how the call ended"],
      ["N", "Write the note"],
      ["E", "Take more time for the wrap-up"],
      ["Ctrl Enter", "File the wrap-up"],
    ],
  ],
];

const PAGES: Readonly<Record<Page, Keys>> = {
  desk: [["D", "Desk"]],
  floor: [["F", "Floor"]],
  calls: [
    ["C", "Calls"],
    ["/", "Search calls"],
  ],
};

/** The keys that do something for this person. */
function groups(): readonly (readonly [string, Keys])[] {
  const mine = pages.value.flatMap((page) => PAGES[page]);
  return [...WORK, ["Pages", [...mine, ["?", "This sheet"]]]];
}

export function HelpSheet() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = isHelpOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby="help-title"
      onClose={() => {
        isHelpOpen.value = false;
      }}
    >
      <div class="sheet-head">
        <h2 id="help-title">Keyboard shortcuts</h2>
        <button
          type="button"
          class="icon-button"
          aria-label="Close"
          onClick={() => {
            isHelpOpen.value = false;
          }}
        >
          <Icon name="close" />
        </button>
      </div>
      {groups().map(([title, keys]) => (
        <section key={title}>
          <h3>{title}</h3>
          <dl class="keys">
            {keys.map(([keyName, effect]) => (
              <div key={keyName}>
                <dt>
                  <kbd>{keyName}</kbd>
                </dt>
                <dd>{effect}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <label class="check">
        <input
          type="checkbox"
          checked={hasShortcuts.value}
          onChange={(event) => {
            hasShortcuts.value = event.currentTarget.checked;
          }}
        />
        Single keys are shortcuts
      </label>
      <p class="muted">They never act while you type in a field.</p>
    </dialog>
  );
}
