/** The panel itself: follows the host's state, and holds the budget that everything below it shows. */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { AnalysisSummary, StageProgress } from '../src/protocol/analysis.ts';
import { allocate, checkpointsOf, type Allocation, type Checkpoints, type Frontier } from '../src/protocol/frontier.ts';
import {
  type PanelState,
  ProgressChanged,
  StateChanged,
  ViewAttribution,
  ViewCancel,
  ViewFrontier,
  ViewOpenSample,
  ViewOrder,
  ViewPredict,
  ViewPrediction,
  ViewReady,
  ViewRestart,
  ViewRows,
  ViewStudy,
  ViewEvaluate,
  ViewFitTable,
  ViewSweep,
  ViewWriteCopy,
} from '../src/protocol/panel.ts';
import { usualPolicy } from '../src/protocol/policy.ts';
import type { Prediction } from '../src/protocol/prediction.ts';
import type { SweepReport } from '../src/protocol/sweep.ts';
import type { BudgetEvent } from './budget.ts';
import { connectToHost } from './connection.ts';
import type { FileSource, SelectEvent, SortEvent } from './files.ts';
import { agrees, budgetRange, clampBudget, clusterEnds, clusterOfSamples } from './plan.ts';
import type { FileSort } from './rows.ts';
import type { PredictEvent, PredictionSource } from './prediction.ts';
import { readSaved } from './saved.ts';
import { withProgress } from './stages.ts';
import type { StudySource } from './study.ts';
import type { EvaluationSource } from './evaluation.ts';
import type { SweepEvent, SweepSource } from './sweep.ts';
import type { FitTable } from './table-law.ts';
import { panelStyles, theme } from './theme.ts';
import type { WriteEvent } from './write.ts';

interface Plan {
  readonly frontier: Frontier;
  readonly checkpoints: Checkpoints;
  readonly budgetBytes: number;
  readonly allocation: Allocation;
}

export class BitbudgetPanel extends LitElement {
  static override properties = {
    shown: { state: true },
    plan: { state: true },
    membership: { state: true },
    sort: { state: true },
    writing: { state: true },
    writeProgress: { state: true },
    outcome: { state: true },
    failure: { state: true },
    selected: { state: true },
    studyProgress: { state: true },
    sweepProgress: { state: true },
    evaluateProgress: { state: true },
    predictProgress: { state: true },
    swept: { state: true },
    predicted: { state: true },
  };
  static override styles = [theme, panelStyles];

  declare shown: PanelState | undefined;
  declare plan: Plan | undefined;
  declare membership: Uint8Array | undefined;
  declare sort: FileSort;
  declare writing: boolean;
  declare writeProgress: StageProgress | undefined;
  declare outcome: { readonly message: string; readonly failed: boolean };
  /** Why the plan can't be shown, if it can't. */
  declare failure: string | undefined;

  /** Path of the file that is selected in the table. */
  declare selected: string | undefined;
  declare studyProgress: StageProgress | undefined;
  declare sweepProgress: StageProgress | undefined;
  declare evaluateProgress: StageProgress | undefined;
  declare predictProgress: StageProgress | undefined;
  declare swept: SweepReport | undefined;
  declare predicted: Prediction | undefined;

  readonly #host = connectToHost();
  readonly #source: FileSource = {
    rows: (samples) => this.#host.connection.sendRequest(ViewRows, { samples }),
    order: (by) => this.#host.connection.sendRequest(ViewOrder, { by }),
    open: (path) => void this.#host.connection.sendNotification(ViewOpenSample, { path }),
  };
  readonly #studySource: StudySource = {
    study: () => this.#host.connection.sendRequest(ViewStudy, undefined),
    attribution: (path) => this.#host.connection.sendRequest(ViewAttribution, { path }),
    cancel: () => void this.#host.connection.sendNotification(ViewCancel),
  };
  readonly #evaluationSource: EvaluationSource = {
    evaluate: (budgetBytes) =>
      this.#host.connection.sendRequest(ViewEvaluate, { budgetBytes, policy: usualPolicy.name }),
    cancel: () => void this.#host.connection.sendNotification(ViewCancel),
  };
  readonly #predictionSource: PredictionSource = {
    predict: () => this.#host.connection.sendRequest(ViewPredict, undefined),
    cancel: () => void this.#host.connection.sendNotification(ViewCancel),
  };
  readonly #fitTable: FitTable = (budgetBytes) => this.#host.connection.sendRequest(ViewFitTable, { budgetBytes });
  readonly #sweepSource: SweepSource = {
    sweep: () => this.#host.connection.sendRequest(ViewSweep, undefined),
    cancel: () => void this.#host.connection.sendNotification(ViewCancel),
  };
  #share: number;
  #frame = 0;
  #wantedBytes = 0;

  constructor() {
    super();
    const { share, sort } = readSaved(this.#host.savedState());
    this.#share = share;
    this.sort = sort;
    this.writing = false;
    this.outcome = { message: '', failed: false };
    const { connection } = this.#host;
    connection.onNotification(StateChanged, (state) => {
      this.#show(state);
    });
    connection.onNotification(ProgressChanged, (progress) => {
      this.#count(progress);
    });
    connection.listen();
    void this.#ask(async () => {
      this.#show(await connection.sendRequest(ViewReady, undefined));
    });
  }

  override render(): TemplateResult {
    if (!this.shown) return html`<p class="quiet">${this.failure ?? 'Loading…'}</p>`;
    const summary = this.shown.kind === 'ready' ? this.shown.summary : undefined;
    return html`<bitbudget-heading .folder=${this.shown.folder} .summary=${summary}></bitbudget-heading>
      ${this.#content(this.shown)}`;
  }

  #content(state: PanelState): TemplateResult {
    switch (state.kind) {
      case 'running':
        return html`<section class="stages">
          <bitbudget-stages .progress=${state.progress}></bitbudget-stages>
          <vscode-button appearance="secondary" data-testid="cancel" @click=${this.#cancel}>Cancel</vscode-button>
        </section>`;
      case 'failed':
        return this.#stopped(html`<p class="error" role="alert">${state.message}</p>`);
      case 'cancelled':
        return this.#stopped(html`<p role="status">Cancelled. Finished stages are kept.</p>`);
      case 'ready':
        if (this.failure !== undefined) return html`<p class="error" role="alert">${this.failure}</p>`;
        return this.plan
          ? this.#ready(state.summary, this.plan)
          : html`<p class="quiet" role="status">Loading the plan…</p>`;
    }
  }

  #stopped(message: TemplateResult): TemplateResult {
    return html`<section class="stopped">
      ${message}
      <vscode-button data-testid="run-again" @click=${this.#restart}>Run again</vscode-button>
    </section>`;
  }

  #ready(summary: AnalysisSummary, { frontier, budgetBytes, allocation }: Plan): TemplateResult {
    const { encodings } = frontier;
    const timeBytes = allocation.weight - allocation.bytes;
    const trainBytes = budgetBytes - timeBytes - summary.fixedBytes;
    return html`<div class="overview">
        <section>
          <bitbudget-budget
            .frontier=${frontier}
            .allocation=${allocation}
            .originalBytes=${summary.originalBytes}
            .unit=${summary.prices.unit}
            .byteModel=${summary.byteModel}
            .budgetBytes=${budgetBytes}
            @budget=${this.#budget}
          ></bitbudget-budget>
          ${this.#outlook(summary, allocation, trainBytes)}
          <bitbudget-write
            .writing=${this.writing}
            .progress=${this.writeProgress}
            .outcome=${this.outcome.message}
            .failed=${this.outcome.failed}
            @write=${this.#write}
            @cancel=${this.#cancel}
          ></bitbudget-write>
        </section>
        <section>
          <bitbudget-mix .allocation=${allocation} .encodings=${encodings}></bitbudget-mix>
          ${
            summary.clusters.length > 0
              ? html`<bitbudget-clusters
                  .clusters=${summary.clusters}
                  .encodings=${encodings}
                  .allocation=${allocation}
                  .membership=${this.membership}
                ></bitbudget-clusters>`
              : nothing
          }
        </section>
      </div>
      <bitbudget-evidence
        .task=${summary.dataset.task}
        .probe=${summary.probe}
        .proxies=${summary.proxies}
        .qualities=${summary.qualities}
      ></bitbudget-evidence>
      <bitbudget-study
        .source=${this.#studySource}
        .selected=${this.selected}
        .progress=${this.studyProgress}
      ></bitbudget-study>
      <bitbudget-sweep
        .source=${this.#sweepSource}
        .progress=${this.sweepProgress}
        .report=${this.swept}
        .trainBytes=${trainBytes}
        @sweep=${this.#sweep}
      ></bitbudget-sweep>
      <bitbudget-prediction
        .source=${this.#predictionSource}
        .progress=${this.predictProgress}
        .prediction=${this.predicted}
        .frontier=${frontier}
        .allocation=${allocation}
        @predict=${this.#predict}
      ></bitbudget-prediction>
      <bitbudget-evaluation
        .source=${this.#evaluationSource}
        .progress=${this.evaluateProgress}
        .budgetBytes=${budgetBytes}
      ></bitbudget-evaluation>
      <bitbudget-table-law .fit=${this.#fitTable} .trainBytes=${trainBytes}></bitbudget-table-law>
      <bitbudget-files
        .source=${this.#source}
        .allocation=${allocation}
        .encodings=${encodings}
        .clusters=${summary.clusters}
        .sort=${this.sort}
        @sort=${this.#resort}
        @select=${this.#select}
      ></bitbudget-files>`;
  }

  /** What networks trained on the copy would miss: by trainings on such copies, else by the sweep's of one quality for all. */
  #outlook(summary: AnalysisSummary, allocation: Allocation, trainBytes: number): TemplateResult | typeof nothing {
    if (this.predicted)
      return html`<bitbudget-predicted-error
        .prediction=${this.predicted}
        .allocation=${allocation}
      ></bitbudget-predicted-error>`;
    // The law is one of plain bytes.
    if (this.swept && summary.byteModel === 'plain')
      return html`<bitbudget-expected-error
        .task=${this.swept.task}
        .optima=${this.swept.optima}
        .trainBytes=${trainBytes}
        .fixedBytes=${summary.fixedBytes}
      ></bitbudget-expected-error>`;
    return nothing;
  }

  #show(state: PanelState): void {
    this.shown = state;
    this.plan = undefined;
    this.membership = undefined;
    this.swept = undefined;
    this.predicted = undefined;
    this.failure = undefined;
    if (state.kind === 'ready') void this.#ask(() => this.#load(state));
    this.#save();
  }

  async #load(state: PanelState & { readonly kind: 'ready' }): Promise<void> {
    const { connection } = this.#host;
    const { originalBytes, clusters } = state.summary;
    const frontier = await connection.sendRequest(ViewFrontier, undefined);
    if (this.shown !== state) return;
    const budgetBytes = clampBudget(this.#share * originalBytes, budgetRange(frontier, originalBytes));
    this.#plan({ frontier, checkpoints: checkpointsOf(frontier), budgetBytes });
    const known = await connection.sendRequest(ViewPrediction, undefined);
    if (this.shown !== state) return;
    this.predicted = known ?? undefined;
    if (clusters.length === 0) return;
    const byCluster = await connection.sendRequest(ViewOrder, { by: 'cluster' });
    const membership = clusterOfSamples(byCluster, clusters);
    const ends = clusterEnds(byCluster, clusters);
    const rows = await connection.sendRequest(ViewRows, { samples: ends });
    if (this.shown === state && agrees(membership, ends, rows)) this.membership = membership;
  }

  #plan({ frontier, checkpoints, budgetBytes }: Omit<Plan, 'allocation'>): void {
    this.plan = { frontier, checkpoints, budgetBytes, allocation: allocate(frontier, budgetBytes, checkpoints) };
  }

  #count(progress: StageProgress): void {
    if (this.writing && ['rate', 'write', 'verify'].includes(progress.stage)) this.writeProgress = progress;
    else if (this.shown?.kind === 'running')
      this.shown = { ...this.shown, progress: withProgress(this.shown.progress, progress) };
    else if (progress.stage === 'sweep') this.sweepProgress = progress;
    else if (progress.stage === 'evaluate') this.evaluateProgress = progress;
    else if (progress.stage === 'predict') this.predictProgress = progress;
    else if (progress.stage === 'views' || progress.stage === 'probe') this.studyProgress = progress;
  }

  /** At most one allocation a frame, however fast the slider moves. */
  readonly #budget = (event: BudgetEvent): void => {
    this.#wantedBytes = event.budgetBytes;
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.shown?.kind !== 'ready' || !this.plan) return;
      this.#share = this.#wantedBytes / this.shown.summary.originalBytes;
      this.#plan({ ...this.plan, budgetBytes: this.#wantedBytes });
      this.#save();
    });
  };

  readonly #select = (event: SelectEvent): void => {
    this.selected = event.path;
  };

  readonly #sweep = (event: SweepEvent): void => {
    this.swept = event.report;
    void this.#ask(async () => {
      const state = await this.#host.connection.sendRequest(ViewReady, undefined);
      this.shown = state;
      if (state.kind === 'ready') await this.#load(state);
    });
  };

  readonly #predict = (event: PredictEvent): void => {
    this.predicted = event.prediction;
  };

  readonly #resort = (event: SortEvent): void => {
    this.sort = event.sort;
    this.#save();
  };

  readonly #write = async ({ policy }: WriteEvent): Promise<void> => {
    if (!this.plan || this.writing) return;
    this.writing = true;
    this.writeProgress = undefined;
    this.outcome = { message: '', failed: false };
    try {
      const { budgetBytes } = this.plan;
      const { message } = await this.#host.connection.sendRequest(ViewWriteCopy, { budgetBytes, policy });
      this.outcome = { message: message ?? '', failed: false };
    } catch (error) {
      this.outcome = { message: `The copy could not be written: ${reason(error)}`, failed: true };
    } finally {
      this.writing = false;
    }
  };

  readonly #cancel = (): void => {
    void this.#host.connection.sendNotification(ViewCancel);
  };

  readonly #restart = (): void => {
    void this.#host.connection.sendNotification(ViewRestart);
  };

  async #ask(question: () => Promise<void>): Promise<void> {
    try {
      await question();
    } catch (error) {
      this.failure = `The plan could not be loaded: ${reason(error)}`;
    }
  }

  #save(): void {
    const { folder, kind } = this.shown ?? {};
    this.#host.saveState({ folder, ready: kind === 'ready', share: this.#share, sort: this.sort });
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
