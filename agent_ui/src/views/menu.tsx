/** A button that opens a short list of choices. Arrow keys move, Escape closes. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "./icons";

interface Choice {
  readonly value: string;
  readonly label: string;
}

interface Props {
  readonly label: string;
  readonly icon: IconName;
  readonly shortcut: string;
  readonly isDisabled: boolean;
  readonly isPressed: boolean;
  readonly choices: readonly Choice[];
  readonly onChoose: (value: string) => void;
}

export function Menu(props: Props) {
  const isOpen = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen.value) return;
    itemsOf(root.current)[0]?.focus();
    const close = (event: Event) => {
      if (!(event.target instanceof Node && root.current?.contains(event.target)))
        isOpen.value = false;
    };
    document.addEventListener("pointerdown", close);
    document.addEventListener("focusin", close);
    return () => {
      document.removeEventListener("pointerdown", close);
      document.removeEventListener("focusin", close);
    };
  }, [isOpen.value, isOpen]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && isOpen.value) {
      isOpen.value = false;
      button.current?.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(itemsOf(root.current), event.key === "ArrowDown" ? 1 : -1);
    }
  };
  return (
    <div class="menu" ref={root} onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        class={props.isPressed ? "is-on" : ""}
        aria-haspopup="menu"
        aria-expanded={isOpen.value}
        aria-disabled={props.isDisabled}
        aria-keyshortcuts={props.shortcut}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <Icon name={props.icon} />
        {props.label}
        <Icon name="down" />
      </button>
      {isOpen.value && (
        <div class="menu-list" role="menu" aria-label={props.label}>
          {props.choices.map((choice) => (
            <button
              type="button"
              role="menuitem"
              key={choice.value}
              onClick={() => {
                isOpen.value = false;
                button.current?.focus();
                props.onChoose(choice.value);
              }}
            >
              <span dir="auto">{choice.label}</span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function itemsOf(root: HTMLElement | null): HTMLElement[] {
  return [...(root?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
}

function move(items: readonly HTMLElement[], step: 1 | -1): void {
  const at = items.findIndex((item) => item === document.activeElement);
  items[(at + step + items.length) % items.length]?.focus();
}
