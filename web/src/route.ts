/** @file Which tab is shown: the address after "#", such as `#/digits?hidden=64`. */
import { signal } from "@preact/signals";

export const tabs = ["digits", "playground", "activations", "benchmark"] as const;
export type Tab = (typeof tabs)[number];

export interface Route {
  tab: Tab;
  /** What follows "?": settings that a link may give a tab. */
  settings: URLSearchParams;
}

function parse(): Route {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { tab: tabs.find((tab) => tab === path) ?? "digits", settings: new URLSearchParams(query ?? "") };
}

export const route = signal(parse());
addEventListener("hashchange", () => {
  route.value = parse();
});
