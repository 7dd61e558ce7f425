/** Sensitivities measured with the user's own network: nothing is trained. */
import { createHash } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { qualitiesOf } from '../protocol/encoding.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import type { Dataset } from './dataset/index.ts';
import { InputError } from './errors.ts';
import type { JobContext } from './job.ts';
import { encodeKey } from './jpeg/index.ts';
import type { Ports } from './ports.ts';
import { buildViews, fitNetwork, readNetworkSettings, type FoldLosses, type SensitivityTable } from './probe/index.ts';
import type { RateTable } from './rate/index.ts';
import { keyOf } from './store/index.ts';

/** Views of so many bytes lie in the scratch folder at a time. */
const chunkBytes = 2 ** 28;

/** Exponent of the loss over the number of images that is assumed where none is measured; Food101's (Mentzer & Montanari 2024). */
const assumedExponent = 0.33;

/** @throws InputError when the model does not fit the dataset */
export async function scoreByOwnNetwork(
  { dataset, rates, sample }: { dataset: Dataset; rates: RateTable; sample: Uint32Array },
  model: string,
  settings: AnalysisSettings,
  ports: Ports,
  job: JobContext,
): Promise<{ table: SensitivityTable; side: number }> {
  if (dataset.task !== 'classification')
    throw new InputError(
      `${model}: an own network must be a classifier, but ${dataset.root} is a dataset for ${dataset.task}; leave out --model`,
    );
  const told = await readNetworkSettings(model);
  const hash = createHash('sha256');
  await pipeline(createReadStream(model), hash).catch((error: unknown) => {
    throw new InputError(`${model}: the model can't be read (${(error as Error).message})`);
  });
  const trainer = await ports.openTrainer(job.signal);
  const context = { signal: job.signal, onStep: () => undefined };
  const found = await trainer.run('inspect', { file: model }, context, 1).catch((error: unknown) => {
    job.signal.throwIfAborted();
    throw new InputError(`${model}: is no ONNX model that can be run (${(error as Error).message})`);
  });
  const { network, outputs } = fitNetwork(model, found, told, dataset.classes);
  const { side } = network;
  const { encodings } = rates;
  const key = keyOf(
    'own-network-1',
    hash.digest('hex'),
    { ...network, outputs: [...outputs] },
    [...qualitiesOf(encodings)],
    {
      ...encodeKey(settings),
    },
  );
  const size = Math.max(16, Math.floor(chunkBytes / (side * side * 3 * (encodings.length + 1))));
  const results: FoldLosses[] = [];
  for (let start = 0; start < sample.length; start += size) {
    const own = sample.subarray(start, start + size);
    const content = own.reduce((all, i) => all.update(rates.hash.subarray(i * 32, (i + 1) * 32)), createHash('sha256'));
    const labels = Int32Array.from(own, (i) => outputs[dataset.label[i] as number] as number);
    const stored = keyOf('own-network-part-2', key, content.digest('hex'), [...labels]);
    let result = ports.store.getTable(stored) as FoldLosses | undefined;
    if (result === undefined) {
      const file = ports.store.scratchPath(`${stored.replace(':', '-')}.u8`);
      const views = await buildViews(file, dataset, encodings, own, side, ports, {
        signal: job.signal,
        onProgress: (progress) => {
          job.onProgress({ ...progress, done: start + progress.done, total: sample.length });
        },
      });
      result = await trainer.run('ownNetwork', { views, network, labels }, context, 1);
      ports.store.putTable(stored, result);
      rmSync(file);
    }
    results.push(result);
    job.onProgress({ stage: 'probe', done: start + own.length, total: sample.length, unit: 'images' });
  }
  return { table: tableOf(sample, results, encodings.length, `${trainer.name}, your own network`), side };
}

/** One network is one seed: its errors are unknown. */
function tableOf(
  sample: Uint32Array,
  results: readonly FoldLosses[],
  encodings: number,
  engine: string,
): SensitivityTable {
  const views = encodings + 1;
  const losses = results.flatMap((result) => [...result.losses]);
  const right = results.flatMap((result) => [...result.right]);
  const original = (row: number) => losses[row * views + encodings] as number;
  return {
    sample,
    loss: Float32Array.from(sample, (_, row) => original(row)),
    difference: Float32Array.from({ length: sample.length * encodings }, (_, at) => {
      const row = Math.floor(at / encodings);
      return (losses[row * views + (at % encodings)] as number) - original(row);
    }),
    error: new Float32Array(sample.length * encodings).fill(NaN),
    meanError: new Float32Array(sample.length).fill(NaN),
    scored: new Uint8Array(sample.length).fill(1),
    accuracy: right.reduce((sum, own, at) => sum + (at % views === encodings ? own : 0), 0) / sample.length,
    dataExponent: assumedExponent,
    engine,
  };
}
