/** @file The tab "Digits": a network learns to read handwritten digits while the visitor looks, and draws some. */
import { useEffect, useState } from "preact/hooks";
import { route } from "../../route.js";
import { Button } from "../../ui/button.js";
import { Panel } from "../../ui/panel.js";
import { Answer } from "./answer.js";
import { Choices, Controls, News } from "./controls.js";
import "./digits.css";
import { Mistakes } from "./mistakes.js";
import { Pad, Samples } from "./pad.js";
import { Charts, Epoch, Numbers } from "./progress.js";
import { Session } from "./session.js";
import { Units } from "./units.js";
import { words } from "./words.js";

export default function Digits() {
  const w = words();
  const [session] = useState(() => new Session());
  useEffect(() => {
    void session.load().then(() => {
      // A link may begin at once: #/digits?train
      if (route.peek().settings.has("train") && session.phase.peek() === "ready") void session.start();
    });
    return () => session.leave();
  }, [session]);
  return (
    <div class="digits">
      <p class="intro note">{w.intro}</p>
      <Panel title={w.network} area="network">
        <Choices session={session} />
      </Panel>
      <Panel title={w.training} actions={<Controls session={session} />} area="training">
        <News session={session} />
        <Problem session={session} />
        <Numbers session={session} />
        <Epoch session={session} />
        <Charts session={session} />
      </Panel>
      <Panel title={w.tryIt} area="try">
        <div class="try">
          <Pad session={session} />
          <Answer session={session} />
        </div>
        <Samples session={session} />
      </Panel>
      <Units session={session} />
      <Mistakes session={session} />
    </div>
  );
}

function Problem({ session }: { session: Session }) {
  const w = words();
  const text = session.error.value;
  if (text === null) return null;
  return (
    <p class="problem" role="alert">
      {session.phase.value === "failed" ? w.failed : w.problem(text)}{" "}
      {session.phase.value === "failed" ? (
        <Button isSmall onClick={() => void session.load()}>
          {w.retry}
        </Button>
      ) : null}
    </p>
  );
}
