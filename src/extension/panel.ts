/** The panel of one dataset: its webview, answered by its session. */
import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import { countedAs } from '../protocol/byte-model.ts';
import { formatBytes, formatShare, plural } from '../protocol/format.ts';
import * as view from '../protocol/panel.ts';
import { policyTitles, usualPolicy, type PolicyName } from '../protocol/policy.ts';
import { GetFrontier, GetOrder, GetPrediction, GetRows, type CopySummary } from '../protocol/worker.ts';
import { createSession } from './session.ts';
import { readSettings } from './settings.ts';
import { createStatus } from './status.ts';
import { connectToWebview } from './webview-connection.ts';

export const panelType = 'bitbudget.panel';

export interface PanelContext {
  readonly extensionUri: vscode.Uri;
  /** Where the plans of copies are kept. */
  readonly planFolder: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
}

export interface PlanPanel {
  reveal(): void;
  onDidDispose(listener: () => void): void;
  dispose(): void;
}

/** Opens the panel of a dataset, or fills one that VS Code restored, and starts the analysis. */
export function openPanel(
  folder: vscode.Uri,
  { extensionUri, planFolder, log }: PanelContext,
  restored: vscode.WebviewPanel | undefined,
  startAtOnce: boolean,
): PlanPanel {
  const bundles = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const name = path.basename(folder.fsPath);
  const panel =
    restored ??
    vscode.window.createWebviewPanel(panelType, `${name}: compression`, vscode.ViewColumn.Active, {
      // A copy may be under way while another tab is in front: its progress and outcome must find their panel.
      retainContextWhenHidden: true,
    });
  panel.webview.options = { enableScripts: true, localResourceRoots: [bundles] };
  panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.svg');
  const connection = connectToWebview(panel.webview);
  const status = createStatus(name);
  const session = createSession({
    folder: folder.fsPath,
    workerPath: vscode.Uri.joinPath(extensionUri, 'dist', 'worker.cjs').fsPath,
    log,
    settings: () => readSettings(folder),
    onState: (state) => {
      status.show(state);
      void connection.sendNotification(view.StateChanged, state);
    },
    onProgress: (progress) => {
      status.count(progress);
      void connection.sendNotification(view.ProgressChanged, progress);
    },
    onSlowSharp: sayWhySlow,
  });

  const planFile = async (plan: string): Promise<string> => {
    await vscode.workspace.fs.createDirectory(planFolder);
    const place = createHash('sha256').update(folder.fsPath).digest('hex').slice(0, 8);
    return vscode.Uri.joinPath(planFolder, `${plan}-${place}.plan.jsonl`).fsPath;
  };

  const write = async ({ budgetBytes, policy }: view.WriteWish): Promise<view.WriteOutcome> => {
    if (session.state.kind !== 'ready') throw new Error('The analysis has not finished');
    const parent = await askForTarget(folder);
    if (parent === undefined) return {};
    const share = formatShare(budgetBytes / session.state.summary.originalBytes).replaceAll(/[^\d.]/g, '');
    const copyName = `${name}-${share}pct${policy === usualPolicy.name ? '' : `-${policy}`}`;
    const plan = await planFile(copyName);
    try {
      const copy = await session.writeCopy({ budgetBytes, policy }, plan, path.join(parent.fsPath, copyName));
      return { message: describeCopy(copy, policy) };
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError')
        return { message: `Cancelled. Write into the same folder again to go on; what is written stays.` };
      log.error(error as Error);
      throw error;
    } finally {
      status.show(session.state);
    }
  };

  connection.onRequest(view.ViewReady, () => session.state);
  connection.onRequest(view.ViewFrontier, () => session.request(GetFrontier, undefined));
  connection.onRequest(view.ViewRows, (params) => session.request(GetRows, params));
  connection.onRequest(view.ViewOrder, (params) => session.request(GetOrder, params));
  connection.onRequest(view.ViewWriteCopy, write);
  connection.onNotification(view.ViewOpenSample, ({ path: sample }) => {
    void vscode.commands.executeCommand('vscode.open', vscode.Uri.joinPath(folder, sample), vscode.ViewColumn.Beside);
  });
  connection.onRequest(view.ViewStudy, () => session.study());
  connection.onRequest(view.ViewSweep, () => session.sweep());
  connection.onRequest(view.ViewFitTable, async ({ budgetBytes }) => {
    const file = await askForTable(folder);
    return file ? { file: path.basename(file.fsPath), fit: await session.fitLaw(file.fsPath, budgetBytes) } : null;
  });
  connection.onRequest(view.ViewEvaluate, async (wish) => session.evaluate(wish, await planFile(`${name}-evaluated`)));
  connection.onRequest(view.ViewPrediction, () => session.request(GetPrediction, undefined));
  connection.onRequest(view.ViewPredict, () => session.predict());
  connection.onRequest(view.ViewAttribution, ({ path: image }) => session.drawAttribution(image));
  connection.onNotification(view.ViewCancel, () => {
    session.cancel();
  });
  connection.onNotification(view.ViewRestart, () => void session.run());
  connection.listen();

  const gone = new vscode.EventEmitter<void>();
  panel.onDidDispose(() => {
    session.dispose();
    connection.dispose();
    status.dispose();
    gone.fire();
  });
  panel.webview.html = pageOf(panel.webview, bundles);
  if (startAtOnce) void session.run();
  return {
    reveal: () => {
      panel.reveal();
    },
    onDidDispose: (listener) => void gone.event(listener),
    dispose: () => {
      panel.dispose();
    },
  };
}

async function askForTarget(dataset: vscode.Uri): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Folder that will hold the copy',
    openLabel: 'Write copy here',
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: vscode.Uri.joinPath(dataset, '..'),
  });
  return chosen?.[0];
}

async function askForTable(dataset: vscode.Uri): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Table of trainings with the columns n, bytes and error',
    openLabel: 'Fit the law',
    filters: { 'CSV files': ['csv'] },
    defaultUri: vscode.Uri.joinPath(dataset, '..'),
  });
  return chosen?.[0];
}

function describeCopy(
  { out, written, reused, dropped, byteModel, countedBytes, budgetBytes, skipped }: CopySummary,
  policy: PolicyName,
): string {
  const parts = [
    `Wrote ${plural(written + reused, 'file')}, ${formatBytes(countedBytes)}${countedAs(byteModel)} of a budget of ${formatBytes(budgetBytes)}, to ${out}.`,
    ...(policy === usualPolicy.name ? [] : [`Policy ${policy}: ${policyTitles[policy]}.`]),
    ...(reused > 0 ? [`${plural(reused, 'file')} of them were there already.`] : []),
    ...(dropped > 0 ? [`${plural(dropped, 'file')} dropped by the plan.`] : []),
    ...(skipped.length > 0 ? [`${plural(skipped.length, 'file')} skipped: the copy's manifest lists them.`] : []),
  ];
  return parts.join(' ');
}

function sayWhySlow(): void {
  void vscode.window.showInformationMessage(
    'Images are encoded about seven times slower than they could be: inside VS Code on Linux the native encoder is not safe. Install Node.js 22.15 or newer, or name one in the setting bitbudget.nodePath.',
  );
}

function pageOf(webview: vscode.Webview, bundles: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(bundles, 'main.js')).toString();
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src data:">
    <title>Bitbudget</title>
    <script nonce="${nonce}" type="module" src="${script}"></script>
  </head>
  <body><bitbudget-panel></bitbudget-panel></body>
</html>`;
}
