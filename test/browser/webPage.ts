/** @file Opens the built page of web/ in a frame and drives it as a visitor would: by labels, clicks and keys. */
import { afterEach } from "vitest";

export interface WebPage {
  window: Window & typeof globalThis;
  document: Document;
  /** The first element of this kind with a name: its label, its `aria-label`, or what it says. Waits for it. */
  find: <E extends HTMLElement = HTMLElement>(selector: string, name?: string | RegExp) => Promise<E>;
  /** Clicks the button, link, tab, radio or checkbox of a name. */
  click: (name: string | RegExp) => Promise<void>;
  /** Moves a slider, or chooses of a list (by the option's text). */
  set: (name: string | RegExp, value: number | string) => Promise<void>;
  /** Waits until something is true, and returns it. */
  until: <T>(what: string, ask: () => T | null | undefined | false, milliseconds?: number) => Promise<T>;
  /** Errors that the page did not catch, and those that it told the console. */
  errors: string[];
}

const frames = new Set<HTMLIFrameElement>();
afterEach(() => {
  for (const frame of frames) frame.remove();
  frames.clear();
});

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const clickable = "button, a[href], summary, input[type=radio], input[type=checkbox]";

/**
 * The page in a frame of its own, which is removed after the test.
 * @param address what follows the page's address, such as "#/digits" or "?lang=zh#/playground"
 */
export async function openPage(address = "?lang=en&theme=light#/digits", size = { width: 1200, height: 900 }): Promise<WebPage> {
  const frame = document.createElement("iframe");
  Object.assign(frame.style, { border: "0", width: `${size.width}px`, height: `${size.height}px` });
  // A new address each time: a mere change of what follows "#" would not load the page anew.
  frame.src = `/web/index.html${address.startsWith("?") ? address : `?${address}`}`;
  frames.add(frame);
  document.body.append(frame);
  await new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  const window = frame.contentWindow as WebPage["window"];
  const errors: string[] = [];
  window.addEventListener("error", ({ message }) => void errors.push(message));
  window.addEventListener("unhandledrejection", ({ reason }) => void errors.push(String(reason)));
  window.console.error = (...said: unknown[]) => void errors.push(said.map(String).join(" "));
  const page = drive(window, errors);
  await page.find("main");
  return page;
}

function drive(window: WebPage["window"], errors: string[]): WebPage {
  const { document } = window;
  const until: WebPage["until"] = async (what, ask, milliseconds = 20_000) => {
    const end = performance.now() + milliseconds;
    while (performance.now() < end) {
      const answer = ask();
      if (answer !== null && answer !== undefined && answer !== false) return answer;
      await pause(15);
    }
    throw new Error(`until: expected ${what} within ${milliseconds} ms. Got a page that says: ${document.body.innerText.slice(0, 1500)} ${errors.join("; ")}`);
  };
  const find: WebPage["find"] = <E extends HTMLElement>(selector: string, name?: string | RegExp) => {
    const fits = (element: HTMLElement): boolean => {
      const said = nameOf(element);
      return name === undefined || (typeof name === "string" ? said === name : name.test(said));
    };
    return until(`${selector} ${name ?? ""}`, () => [...document.querySelectorAll<E>(selector)].find(fits));
  };
  const click = async (name: string | RegExp): Promise<void> => (await find(clickable, name)).click();
  const set = async (name: string | RegExp, value: number | string): Promise<void> => {
    const control = await find<HTMLInputElement | HTMLSelectElement>("input[type=range], select", name);
    if (control instanceof window.HTMLSelectElement) control.selectedIndex = [...control.options].findIndex(({ text }) => text === String(value));
    else control.value = String(value);
    for (const type of ["input", "change"]) control.dispatchEvent(new window.Event(type, { bubbles: true }));
  };
  return { window, document, find, click, set, until, errors };
}

/** What a screen reader would call it. */
function nameOf(element: HTMLElement): string {
  const label = element.getAttribute("aria-label");
  if (label !== null) return label;
  const named = element.getAttribute("aria-labelledby");
  if (named !== null) return element.ownerDocument.getElementById(named)?.textContent?.trim() ?? "";
  const labels = (element as HTMLInputElement).labels;
  return (labels && labels.length > 0 ? labels[0]?.textContent : element.textContent)?.trim() ?? "";
}
