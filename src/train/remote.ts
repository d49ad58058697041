/** @file fit and fitDataset in a worker, on the page's side: callbacks and progress here, steps there. Imported when a fit asks for it. */
import { chooseModule, told } from "../engine/init.js";
import { getRandomState } from "../engine/random.js";
import { absolute, type TrainerSource } from "../platformTrainer.js";
import { core } from "../wasm/core.js";
import { heap } from "../wasm/heap.js";
import { loaded } from "../wasm/kernels.js";
import type { DatasetSource } from "./datasetSource.js";
import { describeModel } from "./describeModel.js";
import type { FitArgs, FitDatasetArgs } from "./fit.js";
import { beginFit, endFit } from "./fitting.js";
import type { History } from "./history.js";
import type { Model } from "./model.js";
import { buffersOf, stateOf } from "./modelState.js";
import type { DatasetHead, Heads, Start } from "./protocol.js";
import { Outbox } from "./remoteData.js";
import { RemoteDatasets } from "./remoteDataset.js";
import { RemoteRun } from "./remoteRun.js";
import { isSource, type Prepared } from "./runFit.js";
import { giveBack, patience, type Trainer, takeTrainer } from "./trainers.js";
import type { Gate } from "./training.js";

/** Arguments that the worker's fit takes as they are. */
const PLAIN = [
  ...["epochs", "initialEpoch", "classWeight", "validationBatchSize", "batchSize", "shuffle", "validationSplit", "stepsPerEpoch", "batchesPerEpoch"],
] as const;

/** What the worker's engine begins with: the page's kernels, so that all bits are the same, and its number of threads. */
function settingsFor(trainer: Trainer): Start["settings"] {
  const { threads, workerUrl } = told;
  const core = loaded.get("core")?.module;
  const isNew = core !== trainer.core;
  trainer.core = core;
  return {
    ...(isNew && core ? { core } : {}),
    ...(threads === undefined ? {} : { threads }),
    ...(workerUrl === undefined ? {} : { workerUrl: absolute(workerUrl) }),
  };
}

/** Trains a model in a worker with the arguments of fit and fitDataset. */
export async function trainRemotely(model: Model, { data, held }: Prepared, args: FitArgs & FitDatasetArgs, gate: Gate): Promise<History> {
  const pageTrainer = model.compiled("fit");
  const description = describeModel(model);
  beginFit(pageTrainer);
  model.stopTraining = false;
  const outbox = new Outbox();
  const datasets = new RemoteDatasets();
  const headOf = (part: Prepared["data"]): Heads | DatasetHead => (isSource(part) ? datasets.add(part as DatasetSource) : outbox.heads(part));
  try {
    const [dataHead, heldHead] = [headOf(data), held === undefined ? null : headOf(held)];
    await chooseModule();
    void core.exports;
    const source = (args.worker === true ? (told.trainerUrl ?? true) : args.worker) as TrainerSource;
    const trainer = await takeTrainer(source, heap.memory.buffer);
    try {
      const run = new RemoteRun({ model, args, gate, datasets, outbox }, trainer);
      const state = stateOf(model);
      const memory = trainer.isShared ? heap.memory.buffer : null;
      const history = run.train();
      try {
        trainer.post(
          {
            kind: "start",
            settings: settingsFor(trainer),
            modules: [args.modules ?? []].flat().map((address) => absolute(address as string)),
            model: description,
            state,
            random: getRandomState(),
            args: { ...Object.fromEntries(PLAIN.flatMap((name) => (args[name] === undefined ? [] : [[name, args[name]]]))), verbose: args.verbose ?? 1 },
            wants: run.wants,
            paused: gate.isPaused,
            aborted: run.isAborted,
            memory,
            data: dataHead,
            held: heldHead,
          },
          buffersOf(state),
        );
        trainer.watch(patience.silence);
        if (memory === null) outbox.send(trainer, () => !run.isOver).catch((failure: unknown) => run.fail(failure));
      } catch (failure) {
        run.fail(failure);
      }
      const result = await history;
      // What is still read of datasets is not for the worker's next training.
      datasets.stop();
      giveBack(trainer, run.memory);
      return result;
    } catch (failure) {
      // Whatever state it is in.
      trainer.end();
      throw failure;
    }
  } finally {
    endFit(pageTrainer);
    outbox.close();
    await datasets.close();
  }
}
