/** The study of training on compressed images, run when it is asked for. */
import { css, html, nothing, type TemplateResult } from 'lit';
import type { Cluster } from '../src/protocol/analysis.ts';
import { formatCount, formatNats, formatShare } from '../src/protocol/format.ts';
import type { AttributionPicture } from '../src/protocol/worker.ts';
import type { StudyQuality, StudyReport } from '../src/protocol/study.ts';
import { LongJob } from './long-job.ts';
import { qualityTitle, shortQuality, studyFigures } from './study-figures.ts';

/** What the study asks of the host. */
export interface StudySource {
  study(): Promise<StudyReport>;
  attribution(path: string): Promise<AttributionPicture>;
  cancel(): void;
}

export class StudyView extends LongJob {
  static override properties = {
    selected: { attribute: false },
    report: { state: true },
    picture: { state: true },
  };
  static override styles = [
    LongJob.styles,
    css`
      figure {
        margin: 0;
      }
      td.heat {
        min-width: 44px;
      }
      img {
        display: block;
        max-width: 100%;
        image-rendering: pixelated;
      }
    `,
  ];

  declare source: StudySource;
  /** Path of the file that is selected in the table. */
  declare selected: string | undefined;
  declare report: StudyReport | undefined;
  declare picture:
    { readonly path: string; readonly url: string; readonly trained: readonly StudyQuality[] } | undefined;

  override render(): TemplateResult {
    return html`<details data-testid="study">
      <summary><h2>Study: training on compressed images</h2></summary>
      <p>
        Trains networks at quality 5, at quality 50 and on originals, tests them at every quality, and shows which
        images and which pixels make the difference.
      </p>
      ${this.state('Study')} ${this.report ? this.#findings(this.report) : nothing}
      ${this.running || this.report ? nothing : this.startButton('Run the study', 'run-study', this.#start)}
    </details>`;
  }

  #findings(report: StudyReport): TemplateResult {
    const { qualities, clusters } = report;
    return html`<p class="quiet">
        ${formatCount(report.trainImages)} images to train on, ${formatCount(report.testImages)} to test on
        (${report.tested}); ${report.seeds} seeds of ${report.epochs} epochs. Bands are 95 % intervals.
      </p>
      <div class="figures">
        ${studyFigures(report).map((chart) => html`<bitbudget-figure .chart=${chart}></bitbudget-figure>`)}
      </div>
      ${heatmap('Loss by cluster and quality, nats', clusters, qualities, ({ meanLoss }, difference) => meanLoss + difference)}
      ${heatmap('Loss difference by cluster and quality, nats', clusters, qualities, (_, difference) => difference)}
      ${overlapTable(report)} ${this.#attribution()}`;
  }

  #attribution(): TemplateResult {
    const { picture, selected } = this;
    return html`<p>
        ${selected === undefined ? 'Select a file below to see which pixels the networks look at.' : `Selected: ${selected}`}
      </p>
      <vscode-button
        appearance="secondary"
        data-testid="show-attribution"
        ?disabled=${selected === undefined}
        @click=${this.#draw}
        >Show its pixels</vscode-button
      >
      ${
        picture
          ? html`<figure>
              <img
                src=${picture.url}
                alt="The image, then the pixels that each network's loss rests on"
                data-testid="attribution"
              />
              <figcaption class="quiet">
                ${picture.path}: the image, then networks trained at ${picture.trained.map(qualityTitle).join(', ')}.
                Bright pixels carry most of the loss.
              </figcaption>
            </figure>`
          : nothing
      }`;
  }

  readonly #start = () =>
    void this.run('study', async () => {
      this.report = await this.source.study();
    });

  readonly #draw = async (): Promise<void> => {
    const path = this.selected;
    if (path === undefined) return;
    try {
      const { png, trained } = await this.source.attribution(path);
      this.picture = {
        path,
        trained,
        url: `data:image/png;base64,${btoa(Array.from(png, (byte) => String.fromCharCode(byte)).join(''))}`,
      };
      this.failure = undefined;
    } catch (error) {
      this.failure = `The picture could not be drawn: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
}

/** Cells coloured from nothing to the largest value; what falls below zero has the other colour. */
function heatmap(
  name: string,
  clusters: readonly Cluster[],
  qualities: readonly StudyQuality[],
  valueOf: (cluster: Cluster, difference: number) => number,
): TemplateResult {
  const rows = clusters.map((cluster) => ({
    cluster,
    values: qualities.map((_, v) => valueOf(cluster, cluster.meanSensitivity[v] ?? 0)),
  }));
  const largest = Math.max(...rows.flatMap(({ values }) => values.map(Math.abs)), 1e-9);
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${name}>
    <table>
      <thead>
        <tr>
          <th scope="col">${name}</th>
          ${qualities.map((quality) => html`<th scope="col" class="number">${shortQuality(quality)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ cluster, values }) =>
            html`<tr>
              <th scope="row">${cluster.name} <span class="quiet">${formatCount(cluster.samples)}</span></th>
              ${values.map((value) => {
                const strength = Math.min(9, Math.round((10 * Math.abs(value)) / largest));
                return html`<td class="number heat ${value < 0 ? 'falling' : 'rising'}-${strength}">
                  ${formatNats(value, 2)}
                </td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function overlapTable({ attribution, topShare, seeds }: StudyReport): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Overlap of top pixels">
    <table>
      <thead>
        <tr>
          <th scope="col">Trained at</th>
          <th scope="col" class="number">
            Overlap (IoU) of the top ${formatShare(topShare)} of pixels with networks of originals, 95 % interval
          </th>
        </tr>
      </thead>
      <tbody>
        ${attribution.map(
          ({ trained, overlap, interval: [low, high] }) =>
            html`<tr>
              <th scope="row">
                ${qualityTitle(trained)}${trained === 'original' && seeds > 1 ? ' (other seeds: the control)' : ''}
              </th>
              <td class="number">${overlap.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
