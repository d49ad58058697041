/** @file Buttons and rows of them. */
import type { ComponentChildren } from "preact";

export interface ButtonProps {
  children: ComponentChildren;
  onClick: () => void;
  /** "primary" is the one thing to do; "quiet" has no border. */
  kind?: "primary" | "plain" | "quiet";
  isDisabled?: boolean;
  /** For buttons that are on or off. */
  isPressed?: boolean;
  /** What a screen reader says, where the text does not tell. */
  label?: string;
  /** What the pointer is told. */
  title?: string;
  isSmall?: boolean;
}

export function Button({ children, onClick, kind = "plain", isDisabled = false, isPressed, label, title, isSmall = false }: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${kind}${isSmall ? " small" : ""}`}
      disabled={isDisabled}
      aria-pressed={isPressed}
      aria-label={label}
      title={title}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

/** Controls in a row that wraps. */
export function Toolbar({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <fieldset class="toolbar" aria-label={label}>
      {children}
    </fieldset>
  );
}
