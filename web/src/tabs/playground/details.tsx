/** @file The numbers of the neuron or connection that is marked, for the chosen sample. */
import type { ComponentChildren } from "preact";
import { isConnection } from "./graphPainter.js";
import { curveOf, type Layout, pointAt } from "./layout.js";
import { type Connection, indexOf, type Neuron, type Pass, product } from "./pass.js";
import type { Player } from "./player.js";
import type { Settings } from "./settings.js";
import { connectionName, neuronName, quantity, words } from "./words.js";

/** A card beside what it tells of; it covers what lies further on. */
export function Details({ player, layout }: { player: Player; layout: Layout }) {
  const [pass, marked, settings] = [player.pass.value, player.marked.value, player.settings.value];
  const fits = marked !== null && pass !== null && pass.sums.length === settings.layers.length + 1;
  return (
    <div class="pg-details" role="status" style={fits ? placeOf(layout, marked) : undefined}>
      {!fits ? null : isConnection(marked) ? (
        <ConnectionNumbers {...{ pass, settings }} connection={marked} />
      ) : (
        <NeuronNumbers {...{ pass, settings }} neuron={marked} />
      )}
    </div>
  );
}

/** To the right of a neuron or connection, or where there is no room, to the left; in upright graphs below. */
function placeOf(layout: Layout, marked: Neuron | Connection): string {
  const { places, side, isUpright, width } = layout;
  let [x, y] = [0, 0];
  if (isConnection(marked)) [x, y] = pointAt(curveOf(layout, marked), 0.5);
  else {
    const place = places[marked.layer]?.[marked.unit];
    if (place) [x, y] = [place.x, place.y];
  }
  if (isUpright) return `left: 0; right: 0; top: ${y + side / 2 + 18}px`;
  const away = side / 2 + 10;
  return x < width / 2 ? `left: ${x + away}px; top: ${y - side / 2}px` : `right: ${width - x + away}px; top: ${y - side / 2}px`;
}

const Quantity = ({ name, children }: { name: ComponentChildren; children: string }) => (
  <span class="pg-number">
    <span>{name}</span> <b>{children}</b>
  </span>
);

function NeuronNumbers({ pass, settings, neuron }: { pass: Pass; settings: Settings; neuron: Neuron }) {
  const w = words();
  const { layer, unit } = neuron;
  const isOutput = layer === pass.sums.length;
  const at = (values: readonly Float32Array[], index: number): string => quantity(values[index]?.[unit] ?? Number.NaN);
  const activation = isOutput ? "σ" : settings.layers[layer - 1]?.activation;
  return (
    <>
      <h3>{neuronName(neuron, settings)}</h3>
      {layer === 0 ? (
        <p>
          <Quantity name="a =">{at(pass.values, 0)}</Quantity>
          <Quantity name="∂L/∂a =">{at(pass.valueGradients, 0)}</Quantity>
        </p>
      ) : (
        <>
          <p>
            <Quantity name="z = Σ w·a + b =">{at(pass.sums, layer - 1)}</Quantity>
            <Quantity name={`a = ${activation}(z) =`}>{at(pass.values, layer)}</Quantity>
          </p>
          <p>
            {isOutput ? null : <Quantity name="∂L/∂a =">{at(pass.valueGradients, layer)}</Quantity>}
            <Quantity name="∂L/∂z =">{at(pass.sumGradients, layer - 1)}</Quantity>
          </p>
          <table>
            <thead>
              <tr>
                <th scope="col">{w.from}</th>
                <th scope="col">a</th>
                <th scope="col">w</th>
                <th scope="col">a·w</th>
                <th scope="col">∂L/∂w</th>
              </tr>
            </thead>
            <tbody>
              {Array.from(pass.values[layer - 1] as Float32Array, (value, from) => {
                const connection = { layer, from, to: unit };
                const index = indexOf(pass, connection);
                return (
                  <tr key={from}>
                    <th scope="row">{neuronName({ layer: layer - 1, unit: from }, settings)}</th>
                    <td>{quantity(value)}</td>
                    <td>{quantity(pass.kernels[layer - 1]?.[index] ?? Number.NaN)}</td>
                    <td>{quantity(product(pass, connection))}</td>
                    <td>{quantity(pass.kernelGradients[layer - 1]?.[index] ?? Number.NaN)}</td>
                  </tr>
                );
              })}
              <tr>
                <th scope="row">{w.bias}</th>
                <td />
                <td>{at(pass.biases, layer - 1)}</td>
                <td>{at(pass.biases, layer - 1)}</td>
                <td>{at(pass.sumGradients, layer - 1)}</td>
              </tr>
            </tbody>
          </table>
        </>
      )}
    </>
  );
}

function ConnectionNumbers({ pass, settings, connection }: { pass: Pass; settings: Settings; connection: Connection }) {
  const { layer, from } = connection;
  const index = indexOf(pass, connection);
  return (
    <>
      <h3>{connectionName(connection, settings)}</h3>
      <p>
        <Quantity name="w =">{quantity(pass.kernels[layer - 1]?.[index] ?? Number.NaN)}</Quantity>
        <Quantity name="a =">{quantity(pass.values[layer - 1]?.[from] ?? Number.NaN)}</Quantity>
        <Quantity name="a·w =">{quantity(product(pass, connection))}</Quantity>
        <Quantity name="∂L/∂w =">{quantity(pass.kernelGradients[layer - 1]?.[index] ?? Number.NaN)}</Quantity>
      </p>
    </>
  );
}
