import * as vscode from 'vscode';
import { defaultStoreFolder } from '../host/store-folder.ts';
import { defaultSettings, type AnalysisSettings } from '../protocol/worker.ts';

export interface Settings {
  readonly analysis: AnalysisSettings;
  readonly storeFolder: string;
  readonly nodePath?: string;
}

/** The user's settings for a folder. */
export function readSettings(folder: vscode.Uri): Settings {
  const settings = vscode.workspace.getConfiguration('bitbudget', folder);
  const { subsampling, optimizeHuffman, folds, seeds, epochs, engine, probes, probeShare, proxies } = defaultSettings;
  const nodePath = settings.get('nodePath', '').trim();
  return {
    analysis: {
      qualities: checkedQualities(settings.get<readonly number[]>('qualities', defaultSettings.qualities)),
      subsampling: settings.get('chromaSubsampling', subsampling),
      optimizeHuffman: settings.get('optimizeHuffman', optimizeHuffman),
      folds: settings.get('folds', folds),
      seeds: settings.get('seeds', seeds),
      epochs: settings.get('epochs', epochs),
      probes: settings.get('probes', probes),
      probeShare: settings.get('probeShare', 100 * probeShare) / 100,
      proxies: settings.get('proxies', proxies),
      engine: settings.get('engine', engine),
    },
    storeFolder: settings.get('storeFolder', '').trim() || defaultStoreFolder(),
    ...(nodePath === '' ? {} : { nodePath }),
  };
}

function checkedQualities(qualities: readonly number[]): number[] {
  const wrong = qualities.find((quality) => !Number.isInteger(quality) || quality < 1 || quality > 100);
  if (wrong !== undefined || qualities.length === 0)
    throw new Error(
      `The setting bitbudget.qualities must list whole numbers from 1 to 100${wrong === undefined ? '' : `, but holds ${wrong}`}.`,
    );
  return [...new Set(qualities)].sort((a, b) => a - b);
}
