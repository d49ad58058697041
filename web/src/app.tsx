/** @file The frame around the tabs: header, navigation, the tab that is shown, facts about the engine. */
import { type ComponentType, Fragment } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { engineFacts } from "./engineFacts.js";
import { type Language, language, speak } from "./i18n/index.js";
import { route, type Tab, tabs } from "./route.js";
import { chooseTheme, type Theme, theme } from "./theme.js";
import { Button } from "./ui/button.js";
import { Segmented } from "./ui/choices.js";
import { words } from "./words.js";

/** A tab is fetched when it is first shown. It begins when it is mounted, and when it is left its effects' cleanups end what it started. */
const loaders: Record<Tab, () => Promise<{ default: ComponentType }>> = {
  digits: () => import("./tabs/digits/index.js"),
  playground: () => import("./tabs/playground/index.js"),
  activations: () => import("./tabs/activations/index.js"),
  benchmark: () => import("./tabs/benchmark/index.js"),
};

export function App() {
  const w = words();
  const { tab } = route.value;
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${w[tab]} – engram`;
    // Who comes by keyboard or screen reader goes on in the new tab.
    if (!isFirst.current) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [tab, w]);
  return (
    <Fragment>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {w.skip}
      </button>
      <Header />
      <nav class="tabs" aria-label={w.parts}>
        {tabs.map((name) => (
          <a key={name} href={`#/${name}`} aria-current={name === tab ? "page" : undefined}>
            {w[name]}
          </a>
        ))}
      </nav>
      <main id="main" ref={main} tabIndex={-1} aria-label={w[tab]}>
        <Lazy key={tab} load={loaders[tab]} />
      </main>
      <Footer />
    </Fragment>
  );
}

function Lazy({ load }: { load: () => Promise<{ default: ComponentType }> }) {
  const w = words();
  const [state, setState] = useState<{ Component?: ComponentType; failed?: boolean }>({});
  const attempt = (): void => {
    setState({});
    load().then(
      ({ default: Component }) => setState({ Component }),
      (reason: unknown) => {
        console.error(reason);
        setState({ failed: true });
      },
    );
  };
  useEffect(attempt, [load]);
  if (state.Component) return <state.Component />;
  if (!state.failed) return <p class="note">{w.loading}</p>;
  return (
    <p class="note" role="alert">
      {w.failed} <Button onClick={attempt}>{w.retry}</Button>
    </p>
  );
}

function Header() {
  const w = words();
  return (
    <header class="head">
      <div class="head-name">
        <strong>engram</strong>
        <span>{w.tagline}</span>
      </div>
      <div class="head-settings">
        <Segmented<Theme>
          label={w.theme}
          isLabelHidden
          isSmall
          value={theme.value}
          onChange={chooseTheme}
          options={[
            { value: "light", label: w.light },
            { value: "dark", label: w.dark },
            { value: "system", label: w.system },
          ]}
        />
        <Segmented<Language>
          label={w.language}
          isLabelHidden
          isSmall
          value={language.value}
          onChange={speak}
          options={[
            { value: "en", label: "English" },
            { value: "zh", label: "简体中文" },
          ]}
        />
      </div>
    </header>
  );
}

function Footer() {
  const w = words();
  const { threads, hasRelaxed, isIsolated } = engineFacts;
  const facts = [
    [threads > 1 ? `${threads} ${w.threads}` : w.oneThread, w.threadsMean],
    [hasRelaxed ? w.relaxed : w.strict, w.relaxedMeans],
    [isIsolated ? w.isolated : w.notIsolated, w.isolatedMeans],
  ] as const;
  return (
    <footer class="foot">
      <span>{w.engine}</span>
      <ul>
        {facts.map(([fact, meaning]) => (
          <li key={meaning} title={meaning}>
            {fact}
          </li>
        ))}
      </ul>
    </footer>
  );
}
