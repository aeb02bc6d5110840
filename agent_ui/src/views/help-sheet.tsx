/** The sheet of keyboard shortcuts, and the switch that turns them off. */
import { signal } from "@preact/signals";
import { type Page, pages } from "../store/route";
import { hasShortcuts } from "../store/settings";
import { Sheet } from "./sheet";

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

function close(): void {
  isHelpOpen.value = false;
}

export function HelpSheet() {
  return (
    <Sheet id="help" title="Keyboard shortcuts" isOpen={isHelpOpen.value} onClose={close}>
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
    </Sheet>
  );
}
