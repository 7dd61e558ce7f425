/** Wires the product into VS Code: commands, panels, their restoring, the log. */
import * as vscode from 'vscode';
import { openPanel, panelType, type PanelContext, type PlanPanel } from './panel.ts';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Bitbudget', { log: true });
  const panels = new Map<string, PlanPanel>();
  const shared: PanelContext = {
    extensionUri: context.extensionUri,
    planFolder: vscode.Uri.joinPath(context.globalStorageUri, 'plans'),
    log,
  };

  const show = (folder: vscode.Uri, view?: vscode.WebviewPanel, startAtOnce = true) => {
    const existing = panels.get(folder.fsPath);
    if (existing) {
      view?.dispose();
      existing.reveal();
      return;
    }
    const panel = openPanel(folder, shared, view, startAtOnce);
    panels.set(folder.fsPath, panel);
    panel.onDidDispose(() => panels.delete(folder.fsPath));
  };

  const commands: Readonly<Record<string, (folder?: vscode.Uri) => unknown>> = {
    'bitbudget.plan': async (chosen) => {
      const folder = chosen ?? (await askForDataset());
      if (folder === undefined) return;
      if (folder.scheme === 'file') show(folder);
      else
        void vscode.window.showErrorMessage(
          `Bitbudget reads files on disk, but ${folder.toString()} is a virtual folder: open a folder of this computer, or of the remote one that VS Code is connected to.`,
        );
    },
    'bitbudget.showLog': () => {
      log.show();
    },
  };
  for (const [id, run] of Object.entries(commands))
    context.subscriptions.push(vscode.commands.registerCommand(id, run));

  const serializer: vscode.WebviewPanelSerializer = {
    deserializeWebviewPanel: (view, state: unknown) => {
      const { folder, ready } = (state ?? {}) as { folder?: unknown; ready?: unknown };
      // A plan that was there comes back from the store in a moment; unfinished work does not start unasked.
      if (typeof folder === 'string') show(vscode.Uri.file(folder), view, ready === true);
      else view.dispose();
      return Promise.resolve();
    },
  };
  context.subscriptions.push(log, vscode.window.registerWebviewPanelSerializer(panelType, serializer), {
    dispose: () => {
      for (const panel of panels.values()) panel.dispose();
    },
  });
}

async function askForDataset(): Promise<vscode.Uri | undefined> {
  const workspace = vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showOpenDialog({
    title: 'Dataset folder',
    openLabel: 'Plan compression',
    canSelectFiles: false,
    canSelectFolders: true,
    ...(workspace === undefined ? {} : { defaultUri: workspace }),
  });
  return chosen?.[0];
}
