/** @file The tab "Benchmark": engram against plain JavaScript in the visitor's own browser. */
import { init } from "engram";
import { useEffect, useRef, useState } from "preact/hooks";
import { engineFacts } from "../../engineFacts.js";
import { route } from "../../route.js";
import { Button, Toolbar } from "../../ui/button.js";
import { Switch } from "../../ui/choices.js";
import { Panel, Progress, Reading, Readings } from "../../ui/panel.js";
import { measure } from "./measure.js";
import { asText, MatMulChart, type Results, ResultTable, typicalFactor, worstDifference } from "./results.js";
import { type TaskKey, tasks } from "./tasks.js";
import { words } from "./words.js";
import "./benchmark.css";

interface Settings {
  hasThreads: boolean;
  isRelaxed: boolean;
}

const { isIsolated, hasRelaxed } = engineFacts;
/** One for each core that is one of its own: processors often tell of twice as many. */
const threads = isIsolated && navigator.hardwareConcurrency > 1 ? Math.max(2, Math.min(8, navigator.hardwareConcurrency >> 1)) : 1;

/** Milliseconds that each contender of a task is measured for, unless the address says otherwise: `#/benchmark?ms=1000`. */
const MEASURED = 220;

/** Measures task after task; tells which one runs, and its result. */
async function runAll({ hasThreads, isRelaxed }: Settings, signal: AbortSignal, tell: (running: TaskKey | null, results: Results) => void): Promise<void> {
  await init({ threads: hasThreads ? threads : 1, relaxed: isRelaxed });
  const milliseconds = Number(route.value.settings.get("ms")) || MEASURED;
  let results: Results = {};
  for (const { key, work, prepare } of tasks) {
    tell(key, results);
    const { plain, engram, difference, dispose } = prepare();
    try {
      const apart = await difference();
      const [plainTime, engramTime] = (await measure([plain, engram], milliseconds, signal)) as [number, number];
      results = { ...results, [key]: { plain: work / plainTime, engram: work / engramTime, difference: apart } };
    } finally {
      dispose();
    }
  }
  tell(null, results);
}

export default function Benchmark() {
  const w = words();
  const [settings, setSettings] = useState<Settings>({ hasThreads: threads > 1, isRelaxed: hasRelaxed });
  const [results, setResults] = useState<Results>({});
  const [running, setRunning] = useState<TaskKey | null>(null);
  const [news, setNews] = useState("");
  const stop = useRef<AbortController | null>(null);

  useEffect(
    () => () => {
      stop.current?.abort();
      // The rest of the page computes as it would have without this tab.
      void init({ threads: 1, relaxed: true });
    },
    [],
  );

  const run = async (): Promise<void> => {
    const controller = new AbortController();
    stop.current = controller;
    setNews("");
    try {
      await runAll(settings, controller.signal, (task, done) => {
        setRunning(task);
        setResults(done);
      });
    } catch (reason) {
      if (!controller.signal.aborted) setNews(w.failed(String(reason)));
    }
    setRunning(null);
  };
  const copy = async (): Promise<void> => {
    const used = `${settings.hasThreads ? w.threads(threads) : w.threads(1)}, ${settings.isRelaxed ? "relaxed SIMD" : "strict SIMD"}`;
    await navigator.clipboard.writeText(asText(results, used)).then(
      () => setNews(w.copied),
      () => setNews(w.notCopied),
    );
  };

  const done = Object.keys(results).length;
  return (
    <div class="benchmark">
      <Panel title={w.title}>
        <p class="benchmark-about">{w.about}</p>
        <div class="benchmark-row">
          <Toolbar label={w.title}>
            {running === null ? (
              <Button kind="primary" onClick={run}>
                {w.run}
              </Button>
            ) : (
              <Button onClick={() => stop.current?.abort()}>{w.stop}</Button>
            )}
            <Switch
              label={threads > 1 ? w.threads(threads) : w.threadsNot}
              isOn={settings.hasThreads}
              isDisabled={threads === 1 || running !== null}
              onChange={(hasThreads) => setSettings({ ...settings, hasThreads })}
            />
            <Switch
              label={hasRelaxed ? w.relaxed : w.relaxedNot}
              isOn={settings.isRelaxed}
              isDisabled={!hasRelaxed || running !== null}
              onChange={(isRelaxed) => setSettings({ ...settings, isRelaxed })}
            />
          </Toolbar>
          <Readings>
            <Reading label={w.typical} value={typicalFactor(results)} />
            <Reading label={w.agree} value={worstDifference(results)} />
          </Readings>
        </div>
        <Progress label={w.progress} value={done} max={tasks.length} />
        <div class="benchmark-row">
          <p class="note" role="status">
            {news || (done === 0 && running === null ? w.first : w.done(done, tasks.length))}
          </p>
          <Button kind="quiet" isDisabled={done === 0 || running !== null} onClick={copy}>
            {w.copy}
          </Button>
        </div>
      </Panel>
      <MatMulChart results={results} />
      <ResultTable results={results} running={running} />
    </div>
  );
}
