/** @file fit and fitDataset in a worker, on the page's side: callbacks and progress here, steps there. Imported when a fit asks for it. */
import { absolute, type TrainerSource } from "../platformTrainer.js";
import type { DatasetSource } from "./datasetSource.js";
import { describeModel } from "./describeModel.js";
import type { FitArgs, FitDatasetArgs, Prepared, RemoteKit } from "./fit.js";
import type { History } from "./history.js";
import type { Model } from "./model.js";
import { buffersOf, stateOf } from "./modelState.js";
import type { DatasetHead, Heads, Start } from "./protocol.js";
import { Outbox } from "./remoteData.js";
import { RemoteDatasets } from "./remoteDataset.js";
import { RemoteRun } from "./remoteRun.js";
import { giveBack, patience, type Trainer, takeTrainer } from "./trainers.js";
import type { Gate } from "./training.js";

/** Arguments that the worker's fit takes as they are. */
const PLAIN = [
  ...["epochs", "initialEpoch", "classWeight", "validationBatchSize", "batchSize", "shuffle", "validationSplit", "stepsPerEpoch", "batchesPerEpoch"],
] as const;

/** What the worker's engine begins with: the page's kernels, so that all bits are the same, and its number of threads. */
function settingsFor(trainer: Trainer, { allowed, loaded }: RemoteKit): Start["settings"] {
  const { threads, workerUrl } = allowed;
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
export async function trainRemotely(kit: RemoteKit, model: Model, { data, held }: Prepared, args: FitArgs & FitDatasetArgs, gate: Gate): Promise<History> {
  const { heap, allowed } = kit;
  const pageTrainer = model.compiled("fit");
  const description = describeModel(model, kit.topologyOf);
  pageTrainer.begin();
  model.stopTraining = false;
  const outbox = new Outbox(kit);
  const datasets = new RemoteDatasets(kit);
  const headOf = (part: Prepared["data"]): Heads | DatasetHead => ("next" in part ? datasets.add(part as DatasetSource) : outbox.heads(part));
  try {
    const [dataHead, heldHead] = [headOf(data), held === undefined ? null : headOf(held)];
    await kit.chooseModule();
    void kit.core.exports;
    const source = (args.worker === true ? (allowed.trainerUrl ?? true) : args.worker) as TrainerSource;
    const trainer = await takeTrainer(source, heap.memory.buffer);
    try {
      const run = new RemoteRun(kit, { model, args, gate, datasets, outbox }, trainer);
      const state = stateOf(heap, model);
      const memory = trainer.isShared ? heap.memory.buffer : null;
      const history = run.train();
      try {
        trainer.post(
          {
            kind: "start",
            settings: settingsFor(trainer, kit),
            modules: [args.modules ?? []].flat().map((address) => absolute(address as string)),
            model: description,
            state,
            random: kit.getRandomState(),
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
    pageTrainer.end();
    outbox.close();
    await datasets.close();
  }
}
