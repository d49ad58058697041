/** @file Draws the network: connections by weight, neurons as maps of what they give over the plane, and one sample's signals on it. */
import { type ColorName, color } from "../../theme.js";
import { type Feature, FORMULAS } from "./features.js";
import { type Curve, connectionsOf, curveOf, type Layout, pointAt } from "./layout.js";
import { MAP_SIDE, type Network } from "./network.js";
import { colorOfGradient, colorOfSign, entryOf, palette } from "./palette.js";
import { type Connection, indexOf, knownAt, largest, type Neuron, type Pass, product, type Stage } from "./pass.js";
import { REACH } from "./points.js";

/** What is told of the sample, and how far the signals of the stage have come, from 0 to 1. */
export interface Telling {
  readonly pass: Pass;
  readonly stage: Stage;
  readonly progress: number;
}

export interface GraphScene {
  readonly layout: Layout;
  readonly network: Network;
  readonly kernels: readonly Float32Array[];
  readonly telling: Telling | null;
  /** What the pointer or the focus is on. */
  readonly marked: Neuron | Connection | null;
}

export const isConnection = (marked: Neuron | Connection): marked is Connection => "from" in marked;

/** Sigmoids and hyperbolic tangents stay within 1; others are shown relative to the most that they give. */
export class GraphPainter {
  private readonly atlas = document.createElement("canvas");
  private readonly atlasContext = this.atlas.getContext("2d") as CanvasRenderingContext2D;
  private image: ImageData | null = null;
  private pixels = new Uint32Array(0);

  /** Paints all maps side by side. */
  paintMaps(network: Network): void {
    const values = network.maps();
    const { sizes } = network;
    const count = sizes.reduce((sum, size) => sum + size, 0);
    const width = count * MAP_SIDE;
    if (this.image?.width !== width) {
      [this.atlas.width, this.atlas.height] = [width, MAP_SIDE];
      this.image = new ImageData(width, MAP_SIDE);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    const { map } = palette();
    const cells = MAP_SIDE * MAP_SIDE;
    for (let neuron = 0; neuron < count; neuron++) {
      const isOutput = neuron === count - 1;
      let most = neuron < (sizes[0] as number) ? REACH : 1;
      if (neuron >= (sizes[0] as number)) for (let cell = 0; cell < cells; cell++) most = Math.max(most, Math.abs(values[cell * count + neuron] as number));
      for (let cell = 0; cell < cells; cell++) {
        const value = values[cell * count + neuron] as number;
        const at = Math.floor(cell / MAP_SIDE) * width + neuron * MAP_SIDE + (cell % MAP_SIDE);
        this.pixels[at] = map[entryOf(isOutput ? 2 * value - 1 : value / most)] as number;
      }
    }
    this.atlasContext.putImageData(this.image, 0, 0);
  }

  draw(context: CanvasRenderingContext2D, scene: GraphScene): void {
    const { layout, telling } = scene;
    context.clearRect(0, 0, layout.width, layout.height);
    this.drawConnections(context, scene);
    if (telling) drawSignals(context, scene, telling);
    this.drawNeurons(context, scene);
  }

  private drawConnections(context: CanvasRenderingContext2D, { layout, network, kernels, telling, marked }: GraphScene): void {
    const active = telling ? activeLayer(telling.stage) : null;
    context.lineCap = "butt";
    for (const connection of connectionsOf(network.sizes)) {
      const kernel = kernels[connection.layer - 1] as Float32Array;
      const weight = kernel[connection.from * (network.sizes[connection.layer] as number) + connection.to] as number;
      const shown = telling ? amountAt(telling, connection) : null;
      const value = shown ? shown.value : weight;
      const size = shown ? shown.share : Math.min(1, Math.abs(weight) / 2.5);
      context.strokeStyle = color(shown?.isGradient ? colorOfGradient(value) : colorOfSign(value));
      context.lineWidth = 0.6 + 4.4 * size;
      const isQuiet = telling !== null && active !== connection.layer;
      context.globalAlpha = (0.22 + 0.68 * Math.sqrt(size)) * (isQuiet ? 0.35 : 1);
      if (marked !== null && !touches(marked, connection)) context.globalAlpha *= 0.3;
      else if (marked !== null) context.globalAlpha = Math.max(context.globalAlpha, 0.8);
      stroke(context, curveOf(layout, connection));
    }
    context.globalAlpha = 1;
  }

  private drawNeurons(context: CanvasRenderingContext2D, { layout, network, telling, marked }: GraphScene): void {
    const { side, places } = layout;
    let index = 0;
    for (const { layer, unit, x, y } of places.flat()) {
      const known = telling ? knownAt(telling.stage, layer, telling.progress >= 1) : "nothing";
      const isActive = telling !== null && isActiveLayer(telling.stage, layer, network.sizes.length - 1);
      const isMarked = marked !== null && !isConnection(marked) && marked.layer === layer && marked.unit === unit;
      context.save();
      context.beginPath();
      context.roundRect(x - side / 2, y - side / 2, side, side, 5);
      context.fillStyle = color("panel");
      context.fill();
      context.clip();
      context.globalAlpha = telling !== null && known === "nothing" ? 0.25 : 1;
      context.drawImage(this.atlas, index * MAP_SIDE, 0, MAP_SIDE, MAP_SIDE, x - side / 2, y - side / 2, side, side);
      context.restore();
      context.beginPath();
      context.roundRect(x - side / 2, y - side / 2, side, side, 5);
      context.lineWidth = isMarked || isActive ? 2.5 : 1;
      context.strokeStyle = color(isMarked ? "accent" : isActive ? "ink" : "soft");
      context.stroke();
      if (layer === 0) nameInput(context, layout, FORMULAS[network.shape.features[unit] as Feature], x, y);
      if (layer === network.sizes.length - 1) nameOutput(context, layout, telling, x, y);
      if (telling && known !== "nothing") this.label(context, layout, telling, known === "gradient", { layer, unit }, x, y + side / 2);
      index++;
    }
  }

  /** The neuron's number below it: its value, or once that is known its gradient. */
  private label(
    context: CanvasRenderingContext2D,
    layout: Layout,
    { pass }: Telling,
    isGradient: boolean,
    { layer, unit }: Neuron,
    x: number,
    y: number,
  ): void {
    const isOutput = layer === pass.values.length - 1;
    const values = !isGradient ? pass.values[layer] : isOutput ? pass.sumGradients[layer - 1] : pass.valueGradients[layer];
    const value = (values as Float32Array)[unit] as number;
    const text = short(value, layout.side < 34 ? 1 : 2);
    context.font = `${layout.side < 34 ? 10 : 11}px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace`;
    context.textAlign = "center";
    context.textBaseline = "top";
    const width = context.measureText(text).width + 4;
    context.fillStyle = color("panel");
    context.globalAlpha = 0.85;
    context.fillRect(x - width / 2, y + 2, width, 12);
    context.globalAlpha = 1;
    context.fillStyle = color(isGradient ? colorOfGradient(value) : "ink");
    context.fillText(text, x, y + 3);
  }
}

/** The name of an input, beside it or above. */
function nameInput(context: CanvasRenderingContext2D, { side, isUpright }: Layout, name: string, x: number, y: number): void {
  context.font = `italic ${isUpright ? 11 : 13}px Georgia, "Times New Roman", serif`;
  context.fillStyle = color("soft");
  context.textAlign = isUpright ? "center" : "right";
  context.textBaseline = isUpright ? "bottom" : "middle";
  if (isUpright) context.fillText(name, x, y - side / 2 - 2);
  else context.fillText(name, x - side / 2 - 6, y);
}

/** What the output is, and once that is known the loss, to the right of it. */
function nameOutput(context: CanvasRenderingContext2D, { side }: Layout, telling: Telling | null, x: number, y: number): void {
  context.textAlign = "left";
  context.textBaseline = "middle";
  const left = x + side / 2 + 7;
  const hasLoss = telling !== null && ["loss", "backward", "update"].includes(telling.stage.kind);
  context.font = 'italic 13px Georgia, "Times New Roman", serif';
  context.fillStyle = color(hasLoss ? "ink" : "soft");
  context.fillText(hasLoss ? "L =" : "p", left, hasLoss ? y - 8 : y);
  if (!hasLoss) return;
  context.font = '11px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';
  context.fillText(short(telling.pass.loss), left, y + 8);
}

/** A number in as few characters as tell it. */
export function short(value: number, digits = 2): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 100) return `${value < 0 ? "−" : ""}${size.toFixed(0)}`;
  if (size > 0 && size < 0.5 * 10 ** -digits) return value.toExponential(0).replaceAll("-", "−");
  return `${value < 0 ? "−" : ""}${size.toFixed(size >= 10 ? 1 : digits)}`;
}

/** The layer whose connections carry something in a stage. */
const activeLayer = ({ kind, layer }: Stage): number | null => (kind === "forward" || kind === "backward" ? layer : null);

const isActiveLayer = ({ kind, layer }: Stage, own: number, last: number): boolean =>
  kind === "inputs"
    ? own === 0
    : kind === "loss"
      ? own === last
      : kind === "forward"
        ? own === layer
        : kind === "backward"
          ? own === layer - 1 || own === layer
          : false;

const touches = (marked: Neuron | Connection, { layer, from, to }: Connection): boolean =>
  isConnection(marked)
    ? marked.layer === layer && marked.from === from && marked.to === to
    : (marked.layer === layer && marked.unit === to) || (marked.layer === layer - 1 && marked.unit === from);

/** What a connection shows in a stage, and how large it is beside the others of its layer; null while only its weight is known. */
function amountAt({ pass, stage }: Telling, connection: Connection): { value: number; share: number; isGradient: boolean } | null {
  const { layer } = connection;
  const hasGradient = (stage.kind === "backward" && layer >= stage.layer) || stage.kind === "update";
  if (hasGradient) {
    const gradients = pass.kernelGradients[layer - 1] as Float32Array;
    const value = gradients[indexOf(pass, connection)] as number;
    return { value, share: Math.abs(value) / largest(gradients), isGradient: true };
  }
  if (stage.kind !== "forward" || layer !== stage.layer) return null;
  const value = product(pass, connection);
  return { value, share: Math.min(1, Math.abs(value) / largestProduct(pass, layer)), isGradient: false };
}

function largestProduct(pass: Pass, layer: number): number {
  const [values, kernel] = [pass.values[layer - 1] as Float32Array, pass.kernels[layer - 1] as Float32Array];
  const units = kernel.length / values.length;
  return largest(kernel.map((weight, i) => weight * (values[Math.floor(i / units)] as number)));
}

/** Dots that run along the connections of the stage's layer, forward or back, larger where more flows. */
function drawSignals(context: CanvasRenderingContext2D, { layout, network }: GraphScene, telling: Telling): void {
  const { stage, progress, pass } = telling;
  // Many signals are smaller, so that they can be told apart.
  const crowd = (pass.kernels[stage.layer - 1]?.length ?? 0) > 24 ? 0.7 : 1;
  const layer = activeLayer(stage);
  if (layer === null || progress >= 1) return;
  for (const connection of connectionsOf(network.sizes)) {
    if (connection.layer !== layer) continue;
    const { value, share, isGradient } = amountAt(telling, connection) as NonNullable<ReturnType<typeof amountAt>>;
    const curve = curveOf(layout, connection);
    const name: ColorName = isGradient ? colorOfGradient(value) : colorOfSign(value);
    // Three dots, one after another.
    for (const delay of [0, 0.12, 0.24]) {
      const t = (progress - delay) / 0.76;
      if (t <= 0 || t >= 1) continue;
      const [x, y] = pointAt(curve, stage.kind === "forward" ? t : 1 - t);
      context.beginPath();
      context.arc(x, y, 1.2 + 3.6 * crowd * Math.sqrt(share), 0, 2 * Math.PI);
      context.fillStyle = color(name);
      context.fill();
      context.lineWidth = 1;
      context.strokeStyle = color("panel");
      context.stroke();
    }
  }
}

function stroke(context: CanvasRenderingContext2D, curve: Curve): void {
  context.beginPath();
  context.moveTo(curve[0], curve[1]);
  context.bezierCurveTo(curve[2], curve[3], curve[4], curve[5], curve[6], curve[7]);
  context.stroke();
}
