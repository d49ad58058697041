/** @file The tab "Activations": each function with its slope, and what it does to networks. */
import { useState } from "preact/hooks";
import { route } from "../../route.js";
import { DepthPanel } from "./depthPanel.js";
import { type FunctionKey, functions, isFunctionKey } from "./functions.js";
import { Gallery } from "./gallery.js";
import { Graph } from "./graph.js";
import { Learning } from "./learning.js";
import "./activations.css";

const initial = (): FunctionKey => {
  const asked = route.value.settings.get("function");
  return isFunctionKey(asked) ? asked : "relu";
};

export default function Activations() {
  const [{ key, alpha }, choose] = useState(() => of(initial()));
  const shown = functions[key];
  return (
    <div class="activations">
      <Gallery
        chosen={key}
        onChoose={(chosen) => {
          choose(of(chosen));
          history.replaceState(null, "", `#/activations?function=${chosen}`);
        }}
      />
      <Graph shown={shown} alpha={alpha} onAlpha={(chosen) => choose({ key, alpha: chosen })} />
      <Learning shown={shown} alpha={alpha} />
      <DepthPanel shown={shown} alpha={alpha} />
    </div>
  );
}

/** A function with the parameter it begins with. */
const of = (key: FunctionKey): { key: FunctionKey; alpha: number } => ({ key, alpha: functions[key].alpha?.initial ?? 0 });
