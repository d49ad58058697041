/**
 * @file What each engine runs in the bench of engines, a page as well as Node: it asks the bench for orders, carries them out and tells
 * what they gave. engram is imported by the orders that need it, so that a start can be timed.
 */
import type { Order, Result } from "./protocol.js";

const isPage = typeof document === "object";
const [server, name] = isPage ? [location.origin, location.search.slice(1)] : process.argv.slice(2);

/** From before the import of the package until the first prediction of a small dense network is read. */
async function start(address: string): Promise<number> {
  const begun = performance.now();
  const { layers, sequential, zeros } = await import(address);
  const model = sequential({
    layers: [layers.dense({ units: 32, activation: "relu", inputShape: [784] }), layers.dense({ units: 10, activation: "softmax" })],
  });
  if (model.predict(zeros([1, 784])).dataSync().length !== 10) throw new Error("no prediction");
  return performance.now() - begun;
}

async function carryOut(order: Exclude<Order, { kind: "again" }>): Promise<Result> {
  if (order.kind === "start") return { times: [await start(new URL(order.path, import.meta.url).href)] };
  if (order.kind === "digits") return (await import("./digits.js")).digits(order);
  const tasks = await import("./tasks.js");
  if (order.kind === "list") return { names: tasks.names(order.group) };
  return tasks.measure(order);
}

let asks = "new";
for (;;) {
  const order = (await (await fetch(`${server}/${asks}?${name}`)).json()) as Order;
  asks = "next";
  if (order.kind === "again") {
    if (!isPage) process.exit(0);
    location.reload();
    break;
  }
  const result = await carryOut(order).catch((error): Result => ({ error: `${error?.stack ?? error}` }));
  await fetch(`${server}/done?${name}`, { method: "POST", body: JSON.stringify(result) });
}
