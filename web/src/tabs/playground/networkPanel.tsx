/** @file The network: its layers to change, and its graph. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../ui/button.js";
import { Live, Panel } from "../../ui/panel.js";
import { Details } from "./details.js";
import { GraphPainter } from "./graphPainter.js";
import { connectionAt, type Layout, layOut, neighbour, neuronAt } from "./layout.js";
import type { Neuron } from "./pass.js";
import type { Player } from "./player.js";
import { ACTIVATIONS, type ActivationName, type HiddenLayer, MOST_LAYERS, MOST_UNITS } from "./settings.js";
import { networkSummary, neuronName, words } from "./words.js";

export function NetworkPanel({ player }: { player: Player }) {
  const w = words();
  const settings = player.settings.value;
  const stage = player.stage.value;
  const legend = stage?.kind === "forward" ? w.legendProduct : stage?.kind === "backward" || stage?.kind === "update" ? w.legendGradient : w.legendWeight;
  return (
    <Panel title={w.network} actions={<ForAll player={player} />}>
      <Layers player={player} />
      {settings.layers.length === 0 ? <p class="note">{w.noLayers}</p> : null}
      <Graph player={player} />
      <p class="note">
        {legend} {w.detailsHint}
      </p>
      <Live>{networkSummary(settings)}</Live>
    </Panel>
  );
}

function ForAll({ player }: { player: Player }) {
  const w = words();
  const { layers } = player.settings.value;
  const names = new Set(layers.map(({ activation }) => activation));
  const name = names.size === 1 ? (layers[0] as HiddenLayer).activation : "";
  return (
    <div class="pg-all">
      {layers.length < 2 ? null : (
        <>
          <span aria-hidden="true">{w.allActivations}</span>
          <ActivationList
            label={w.allActivations}
            value={name}
            onChange={(activation) => player.set({ layers: layers.map(({ units }) => ({ units, activation })) })}
          />
        </>
      )}
      <Button
        isSmall
        isDisabled={layers.length === MOST_LAYERS}
        onClick={() => player.set({ layers: [...layers, layers.at(-1) ?? { units: 4, activation: "tanh" }] })}
      >
        + {w.add}
      </Button>
    </div>
  );
}

function ActivationList({ label, value, onChange }: { label: string; value: ActivationName | ""; onChange: (name: ActivationName) => void }) {
  return (
    <select class="pg-select" aria-label={label} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value as ActivationName)}>
      {value === "" ? (
        <option value="" disabled>
          {words().mixed}
        </option>
      ) : null}
      {ACTIVATIONS.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

function Layers({ player }: { player: Player }) {
  const w = words();
  const { layers } = player.settings.value;
  const replace = (index: number, ...by: HiddenLayer[]): void => player.set({ layers: layers.toSpliced(index, 1, ...by) });
  return (
    <ul class="pg-layers">
      {layers.map((layer, index) => {
        const n = index + 1;
        const { units, activation } = layer;
        return (
          <li key={index} aria-label={w.hidden(n)}>
            <span class="pg-layer-name">{w.layer(n)}</span>
            <span class="pg-units">
              <Button isSmall label={w.fewer(n)} isDisabled={units === 1} onClick={() => replace(index, { units: units - 1, activation })}>
                −
              </Button>
              <output aria-label={w.units(n)}>{units}</output>
              <Button isSmall label={w.more(n)} isDisabled={units === MOST_UNITS} onClick={() => replace(index, { units: units + 1, activation })}>
                +
              </Button>
            </span>
            <ActivationList label={w.activation(n)} value={activation} onChange={(name) => replace(index, { units, activation: name })} />
            <Button kind="quiet" isSmall label={w.remove(n)} title={w.remove(n)} onClick={() => replace(index)}>
              ✕
            </Button>
          </li>
        );
      })}
    </ul>
  );
}

function Graph({ player }: { player: Player }) {
  const w = words();
  const settings = player.settings.value;
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [focus, setFocus] = useState<Neuron>({ layer: 0, unit: 0 });
  const sizes = [settings.features.length, ...settings.layers.map(({ units }) => units), 1];
  const layout = layOut(sizes, width);
  const latest = useRef<Layout>(layout);
  latest.current = layout;
  // The canvas may have another size now.
  useEffect(() => player.draw());

  useEffect(() => {
    const element = place.current as HTMLDivElement;
    setWidth(element.clientWidth);
    let frame = 0;
    // In a frame of its own: the height follows from the width, and an observer must not be told of what it has caused.
    const observer = new ResizeObserver(() => {
      frame = requestAnimationFrame(() => setWidth(element.clientWidth));
    });
    observer.observe(element);
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
    };
  }, []);

  useEffect(() => {
    const element = canvas.current as HTMLCanvasElement;
    const context = element.getContext("2d") as CanvasRenderingContext2D;
    const painter = new GraphPainter();
    const paint = (): void => {
      const layout = latest.current;
      const { network } = player.session;
      // Until the component has followed the settings.
      if (layout.width === 0 || layout.places.map(({ length }) => length).join() !== network.sizes.join()) return;
      const [wide, high] = [layout.width, layout.height].map((length) => Math.round(length * devicePixelRatio)) as [number, number];
      if (element.width !== wide || element.height !== high) [element.width, element.height] = [wide, high];
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      painter.paintMaps(network);
      const [stage, pass] = [player.stage.peek(), player.pass.peek()];
      const telling = stage && pass && { stage, pass, progress: player.progress };
      painter.draw(context, { layout, network, kernels: network.weights().kernels, telling, marked: player.marked.peek() });
    };
    player.painters.add(paint);
    player.draw();
    return () => void player.painters.delete(paint);
  }, [player]);

  const point = (event: PointerEvent): void => {
    const { left, top } = (place.current as HTMLElement).getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const next = neuronAt(layout, x, y) ?? connectionAt(layout, x, y);
    if (JSON.stringify(next) !== JSON.stringify(player.marked.peek())) player.marked.value = next;
  };
  const key = (event: KeyboardEvent): void => {
    const next = neighbour(layout, focus, event.key);
    if (next === null) return;
    event.preventDefault();
    setFocus(next);
    place.current?.querySelectorAll("button")[layout.places.flat().findIndex(({ layer, unit }) => layer === next.layer && unit === next.unit)]?.focus();
  };
  const hasFocus = layout.places[focus.layer]?.[focus.unit] !== undefined;
  return (
    // biome-ignore lint/a11y/useSemanticElements: Chromium does not show canvases in a fieldset.
    <div
      ref={place}
      class="pg-graph"
      role="group"
      aria-label={`${w.graphLabel} ${networkSummary(settings)}`}
      style={{ height: `${layout.height}px` }}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={({ pointerType }) => {
        if (pointerType === "mouse") player.marked.value = null;
      }}
      onKeyDown={key}
    >
      <canvas ref={canvas} />
      {width === 0
        ? null
        : layout.places.flat().map(({ layer, unit, x, y }) => (
            <button
              key={`${layer} ${unit}`}
              type="button"
              tabIndex={layer === (hasFocus ? focus.layer : 0) && unit === (hasFocus ? focus.unit : 0) ? 0 : -1}
              aria-label={neuronName({ layer, unit }, settings)}
              style={{ left: `${x - layout.side / 2}px`, top: `${y - layout.side / 2}px`, width: `${layout.side}px`, height: `${layout.side}px` }}
              onFocus={() => {
                setFocus({ layer, unit });
                player.marked.value = { layer, unit };
              }}
              onBlur={() => {
                player.marked.value = null;
              }}
            />
          ))}
      <Details player={player} layout={layout} />
    </div>
  );
}
