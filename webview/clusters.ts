/** Groups of files that suffer alike, and what the plan gives to each. */
import { css, html, LitElement, svg, type TemplateResult } from 'lit';
import type { Cluster } from '../src/protocol/analysis.ts';
import { qualitiesOf, type Encoding } from '../src/protocol/encoding.ts';
import type { Allocation } from '../src/protocol/frontier.ts';
import { formatCount, formatNats, formatShare, missing } from '../src/protocol/format.ts';
import { clusterMeans, type ClusterMean } from './plan.ts';
import { tables, theme } from './theme.ts';

const width = 72;
const height = 18;
const margin = 2;

export class ClusterTable extends LitElement {
  static override properties = {
    clusters: { attribute: false },
    encodings: { attribute: false },
    allocation: { attribute: false },
    membership: { attribute: false },
  };
  static override styles = [
    theme,
    tables,
    css`
      .scroll {
        margin-top: 4px;
      }
      table {
        width: 100%;
      }
      th:last-child,
      td:last-child {
        padding-right: 0;
      }
      svg {
        display: block;
        width: ${width}px;
        height: ${height}px;
        color: var(--vscode-charts-blue, currentColor);
      }
    `,
  ];

  declare clusters: readonly Cluster[];
  declare encodings: readonly Encoding[];
  declare allocation: Allocation;
  /** Cluster of every sample; undefined until it is known. */
  declare membership: Uint8Array | undefined;

  override render(): TemplateResult {
    const { clusters, encodings, membership } = this;
    const qualities = qualitiesOf(encodings);
    const means = membership && clusterMeans(this.allocation.option, membership, clusters.length, encodings);
    const values = clusters
      .flatMap(({ meanSensitivity }) => [...meanSensitivity])
      .filter((value) => Number.isFinite(value));
    const low = Math.min(0, ...values);
    const high = Math.max(...values, low + 1e-9);
    return html`<h2>Clusters</h2>
      <div class="scroll" tabindex="0" role="region" aria-label="Clusters">
        <table data-testid="clusters">
          <thead>
            <tr>
              <th scope="col">Cluster</th>
              <th scope="col" class="number">Files</th>
              <th scope="col" class="number" title="Mean loss on originals, nats">Loss</th>
              <th scope="col" title="Mean loss difference by quality, lowest quality at the left">
                Sensitivity by quality
              </th>
              <th scope="col" class="number" title="Of the files that get a quality">Mean quality</th>
              <th scope="col" class="number">Kept original</th>
            </tr>
          </thead>
          <tbody>
            ${clusters.map(
              (cluster, index) =>
                html`<tr>
                  <td>${cluster.name}</td>
                  <td class="number">${formatCount(cluster.samples)}</td>
                  <td class="number">${formatNats(cluster.meanLoss, 2)}</td>
                  <td>${sparkline(cluster, qualities, low, high)}</td>
                  ${given(means?.[index])}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
  }
}

function given(mean: ClusterMean | undefined): TemplateResult {
  if (!mean)
    return html`<td class="number">${missing}</td>
      <td class="number">${missing}</td>`;
  const { quality, compressed, original, dropped } = mean;
  const counts = `${formatCount(compressed)} compressed, ${formatCount(original)} original, ${formatCount(dropped)} dropped`;
  return html`<td class="number" title=${counts}>${compressed > 0 ? `q ${quality.toFixed(0)}` : missing}</td>
    <td class="number" title=${counts}>${formatShare(original / (compressed + original + dropped))}</td>`;
}

/** One scale for all clusters, so that their curves compare. */
function sparkline({ meanSensitivity }: Cluster, qualities: Uint8Array, low: number, high: number): TemplateResult {
  const x = (q: number): number => margin + (q * (width - 2 * margin)) / Math.max(1, meanSensitivity.length - 1);
  const y = (value: number): number => height - margin - ((value - low) / (high - low)) * (height - 2 * margin);
  const points = [...meanSensitivity]
    .map((value, q) => [q, value] as const)
    .filter(([, value]) => Number.isFinite(value))
    .map(([q, value]) => `${x(q).toFixed(1)},${y(value).toFixed(1)}`);
  const words = [...meanSensitivity].map((value, q) => `q ${qualities[q] ?? missing}: ${formatNats(value)}`).join(', ');
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Sensitivity in nats, ${words}">
    ${svg`<title>${words}</title>
      <line x1="0" x2=${width} y1=${y(0)} y2=${y(0)} stroke="currentColor" stroke-opacity="0.3" />
      <polyline points=${points.join(' ')} fill="none" stroke="currentColor" stroke-width="1.5" />`}
  </svg>`;
}
