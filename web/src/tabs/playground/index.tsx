/** @file The tab "Playground": a small network learns to tell two kinds of points apart, and one may look into it. */
import { useEffect, useState } from "preact/hooks";
import { route } from "../../route.js";
import { DataPanel, MethodPanel } from "./controls.js";
import { Curves } from "./curves.js";
import { NetworkPanel } from "./networkPanel.js";
import { PlanePanel } from "./planePanel.js";
import { Player } from "./player.js";
import "./playground.css";
import { RunBar } from "./runBar.js";
import { SamplePanel } from "./samplePanel.js";
import { decode, encode, type Settings } from "./settings.js";

/** Who comes back to the tab finds it as it was left. */
let left: Settings | null = null;

const asked = (): Settings => (left !== null && route.peek().settings.size === 0 ? left : decode(route.peek().settings));

export default function Playground() {
  const [player, setPlayer] = useState<Player | null>(null);
  useEffect(() => {
    const made = new Player(asked());
    setPlayer(made);
    return () => made.dispose();
  }, []);
  return player && <Parts player={player} />;
}

function Parts({ player }: { player: Player }) {
  const settings = player.settings.value;
  // The address says what is shown, a little later, since browsers count how often it changes.
  useEffect(() => {
    left = settings;
    const timer = setTimeout(() => {
      const query = encode(settings);
      const address = query === "" ? "#/playground" : `#/playground?${query}`;
      if (location.hash.startsWith("#/playground") && location.hash !== address) history.replaceState(history.state, "", address);
    }, 250);
    return () => clearTimeout(timer);
  }, [settings]);
  // A link to other settings of this tab.
  const given = route.value;
  useEffect(() => {
    if (given.tab === "playground" && given.settings.size > 0 && encode(decode(given.settings)) !== encode(player.settings.peek()))
      player.set(decode(given.settings));
  }, [given, player]);
  return (
    <div class="pg">
      <RunBar player={player} />
      <div class="pg-right">
        <PlanePanel player={player} />
        <Curves player={player} />
      </div>
      <div class="pg-middle">
        <NetworkPanel player={player} />
        <SamplePanel player={player} />
      </div>
      <div class="pg-left">
        <DataPanel player={player} />
        <MethodPanel player={player} />
      </div>
    </div>
  );
}
