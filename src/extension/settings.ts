import path from 'node:path';
import * as vscode from 'vscode';
import { defaultStoreFolder } from '../host/store-folder.ts';
import type { Task } from '../protocol/analysis.ts';
import { allowedCodings, subsamplings, type Subsampling } from '../protocol/encoding.ts';
import type { Guards, QualityFloor } from '../protocol/guards.ts';
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
    optimizeHuffman,
    duplicates,
    folds,
    seeds,
    epochs,
    engine,
    probes,
    probeShare,
    proxies,
    byteModel,
    secondWorth,
  } = defaultSettings;
  const nodePath = settings.get('nodePath', '').trim();
  const model = settings.get('model', '').trim();
  const task = settings.get<Task | 'auto'>('task', 'auto');
  const range = checkedRange(settings.get<readonly number[]>('budgetRange', []));
  return {
    analysis: {
      qualities: checkedQualities(settings.get<readonly number[]>('qualities', defaultSettings.qualities)),
      codings: allowedCodings(
        settings.get<Subsampling | 'both'>('chromaSubsampling', subsamplings[0]),
        settings.get('webp', false),
      ),
      optimizeHuffman: settings.get('optimizeHuffman', optimizeHuffman),
      duplicates: settings.get('duplicates', duplicates),
      folds: settings.get('folds', folds),
      seeds: settings.get('seeds', seeds),
      epochs: settings.get('epochs', epochs),
      probes: settings.get('probes', probes),
      probeShare: settings.get('probeShare', 100 * probeShare) / 100,
      proxies: settings.get('proxies', proxies),
      engine: settings.get('engine', engine),
      byteModel: settings.get('byteModel', byteModel),
      secondWorth: settings.get('secondWorth', secondWorth),
      guards: readGuards(settings),
      ...(task === 'auto' ? {} : { task }),
      ...(model === '' ? {} : { model: path.resolve(workspaceFolder(folder), model) }),
      ...(range === undefined ? {} : { budgetRange: range }),
    },
    storeFolder: settings.get('storeFolder', '').trim() || defaultStoreFolder(),
    ...(nodePath === '' ? {} : { nodePath }),
  };
}

function readGuards(settings: vscode.WorkspaceConfiguration): Guards {
  const { protect, mostDropped, heldOut } = defaultSettings.guards;
  return {
    protect: settings.get('protect', protect),
    floors: checkedFloors(settings.get<Readonly<Record<string, number>>>('floors', {})),
    mostDropped: settings.get('mostDropped', 100 * mostDropped) / 100,
    heldOut: settings.get<number | null>('heldOut', null) ?? heldOut,
  };
}

function checkedFloors(floors: Readonly<Record<string, number>>): QualityFloor[] {
  return Object.entries(floors).map(([glob, quality]) => {
    if (!Number.isInteger(quality) || quality < 1 || quality > 100)
      throw new Error(
        `The setting bitbudget.floors must give every pattern a whole number from 1 to 100, but gives ${glob} ${quality}.`,
      );
    return { glob, quality };
  });
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
