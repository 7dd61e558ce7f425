import path from 'node:path';
import * as vscode from 'vscode';
import { defaultStoreFolder } from '../host/store-folder.ts';
import type { Task } from '../protocol/analysis.ts';
import { defaultSettings, type AnalysisSettings } from '../protocol/worker.ts';

export interface Settings {
  readonly analysis: AnalysisSettings;
  readonly storeFolder: string;
  readonly nodePath?: string;
}

/** The user's settings for a folder. */
export function readSettings(folder: vscode.Uri): Settings {
  const settings = vscode.workspace.getConfiguration('bitbudget', folder);
  const {
    subsampling,
    optimizeHuffman,
    duplicates,
    folds,
    seeds,
    epochs,
    engine,
    probes,
    probeShare,
    proxies,
    secondWorth,
  } = defaultSettings;
  const nodePath = settings.get('nodePath', '').trim();
  const model = settings.get('model', '').trim();
  const task = settings.get<Task | 'auto'>('task', 'auto');
  const range = checkedRange(settings.get<readonly number[]>('budgetRange', []));
  return {
    analysis: {
      qualities: checkedQualities(settings.get<readonly number[]>('qualities', defaultSettings.qualities)),
      subsampling: settings.get('chromaSubsampling', subsampling),
      optimizeHuffman: settings.get('optimizeHuffman', optimizeHuffman),
      duplicates: settings.get('duplicates', duplicates),
      folds: settings.get('folds', folds),
      seeds: settings.get('seeds', seeds),
      epochs: settings.get('epochs', epochs),
      probes: settings.get('probes', probes),
      probeShare: settings.get('probeShare', 100 * probeShare) / 100,
      proxies: settings.get('proxies', proxies),
      engine: settings.get('engine', engine),
      secondWorth: settings.get('secondWorth', secondWorth),
      ...(task === 'auto' ? {} : { task }),
      ...(model === '' ? {} : { model: path.resolve(workspaceFolder(folder), model) }),
      ...(range === undefined ? {} : { budgetRange: range }),
    },
    storeFolder: settings.get('storeFolder', '').trim() || defaultStoreFolder(),
    ...(nodePath === '' ? {} : { nodePath }),
  };
}

/** Relative paths of settings start there. */
const workspaceFolder = (folder: vscode.Uri) =>
  vscode.workspace.getWorkspaceFolder(folder)?.uri.fsPath ?? folder.fsPath;

function checkedRange(percents: readonly number[]): [number, number] | undefined {
  if (percents.length === 0) return undefined;
  const [low = NaN, high = NaN, ...more] = percents;
  if (!(low > 0 && low < high && high <= 100) || more.length > 0)
    throw new Error(
      'The setting bitbudget.budgetRange must list two growing percentages, such as [30, 50], or nothing.',
    );
  return [low / 100, high / 100];
}

function checkedQualities(qualities: readonly number[]): number[] {
  const wrong = qualities.find((quality) => !Number.isInteger(quality) || quality < 1 || quality > 100);
  if (wrong !== undefined || qualities.length === 0)
    throw new Error(
      `The setting bitbudget.qualities must list whole numbers from 1 to 100${wrong === undefined ? '' : `, but holds ${wrong}`}.`,
    );
  return [...new Set(qualities)].sort((a, b) => a - b);
}
