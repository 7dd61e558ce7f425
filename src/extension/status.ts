import * as vscode from 'vscode';
import type { StageProgress } from '../protocol/analysis.ts';
import { capital, formatShare, formatTimeLeft } from '../protocol/format.ts';
import type { PanelState } from '../protocol/panel.ts';

/** The status bar's word on a running job. */
export function createStatus(name: string) {
  const item = vscode.window.createStatusBarItem('bitbudget.status', vscode.StatusBarAlignment.Left);
  item.name = 'Bitbudget';
  return {
    show({ kind }: PanelState): void {
      if (kind === 'running') item.show();
      else item.hide();
      item.text = `$(sync~spin) Bitbudget: ${name}`;
    },
    count({ stage, done, total, secondsLeft }: StageProgress): void {
      const share = total > 0 ? ` ${formatShare(done / total, 0)}` : '';
      item.text = `$(sync~spin) Bitbudget: ${stage}${share}`;
      item.tooltip = secondsLeft === undefined ? undefined : capital(formatTimeLeft(secondsLeft));
      if (stage === 'write') {
        if (done < total) item.show();
        else item.hide();
      }
    },
    dispose: () => {
      item.dispose();
    },
  };
}
