/** Every file and what the plan gives it: a grid that holds only the rows in sight. */
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { createRef, ref, type Ref } from 'lit/directives/ref.js';
import type { Cluster, Rows, SortColumn } from '../src/protocol/analysis.ts';
import type { Allocation } from '../src/protocol/frontier.ts';
import { cells, cellTitle, columns, fileStyles, rowHeight } from './columns.ts';
import { formatCount } from '../src/protocol/format.ts';
import { orderByOption } from './plan.ts';
import { type FileSort, type FileSortColumn, RowCache } from './rows.ts';
import { styled } from './styled.ts';
import { theme } from './theme.ts';

/** What the table asks of the host. */
export interface FileSource {
  rows(samples: Uint32Array): Promise<Rows>;
  /** Samples by rising value of a column. */
  order(by: SortColumn): Promise<Uint32Array>;
  open(path: string): void;
}

/** The selected row is another one. */
export class SelectEvent extends Event {
  readonly path: string;

  constructor(path: string) {
    super('select');
    this.path = path;
  }
}

export class SortEvent extends Event {
  readonly sort: FileSort;

  constructor(sort: FileSort) {
    super('sort');
    this.sort = sort;
  }
}

export class FileTable extends LitElement {
  static override properties = {
    source: { attribute: false },
    allocation: { attribute: false },
    qualities: { attribute: false },
    clusters: { attribute: false },
    sort: { attribute: false },
    active: { state: true },
    orderError: { state: true },
  };
  static override styles = [theme, fileStyles];

  declare source: FileSource;
  declare allocation: Allocation;
  declare qualities: Uint8Array;
  declare clusters: readonly Cluster[];
  declare sort: FileSort;
  /** Place of the row that the keyboard moves. */
  declare active: number;
  declare orderError: string | undefined;

  readonly #grid: Ref<HTMLElement> = createRef();
  readonly #cache = new RowCache(
    (samples) => this.source.rows(samples),
    () => {
      this.requestUpdate();
    },
  );
  /** Samples by rising value of the sorted column. */
  #order: Uint32Array = new Uint32Array();
  #orderedBy: FileSortColumn | undefined;
  #virtualizer: Virtualizer<HTMLElement, HTMLElement> | undefined;
  #unmount: (() => void) | undefined;

  constructor() {
    super();
    this.active = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unmount?.();
    this.#virtualizer = undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const { by } = this.sort;
    if (by === 'quality') {
      if (changed.has('allocation') || this.#orderedBy !== by)
        this.#order = orderByOption(this.allocation.option, this.qualities.length + 2);
    } else if (this.#orderedBy !== by) void this.#askOrder(by);
    this.#orderedBy = by;
    this.#virtualizer?.setOptions({ ...this.#virtualizer.options, count: this.#order.length });
  }

  override updated(): void {
    if (!this.#virtualizer && this.#grid.value) this.#mount();
    this.#virtualizer?._willUpdate();
    const visible = this.#virtualizer?.getVirtualItems() ?? [];
    const [first, last] = [visible[0], visible.at(-1)];
    if (first && last) this.#cache.want(first.index, last.index, this.#order.length, (place) => this.#sampleAt(place));
    this.#tellSelected();
  }

  override render(): TemplateResult {
    const count = this.#order.length;
    const items = this.#virtualizer?.getVirtualItems() ?? [];
    const error = this.orderError ?? this.#cache.error;
    const activeInSight = items.some(({ index }) => index === this.active);
    return html`<h2 id="title">Files <span class="count">${formatCount(count)}</span></h2>
      ${error === undefined ? nothing : html`<p class="error" role="alert">The files could not be listed: ${error}</p>`}
      <div
        class="grid"
        role="grid"
        tabindex="0"
        data-testid="files"
        aria-labelledby="title"
        aria-rowcount=${count + 1}
        aria-colcount=${columns.length}
        aria-activedescendant=${activeInSight ? `row-${this.active}` : nothing}
        @keydown=${this.#key}
        ${ref(this.#grid)}
      >
        <div class="head" role="rowgroup">
          <div class="row" role="row" aria-rowindex="1">${columns.map((column) => this.#header(column))}</div>
        </div>
        <div class="body" role="rowgroup" ${styled({ height: `${count * rowHeight}px` })}>
          ${items.map(({ index, start }) => this.#row(index, start))}
        </div>
      </div>`;
  }

  #header({ title, sort, number, hint }: (typeof columns)[number]): TemplateResult {
    const { by, descending } = this.sort;
    const sorted = sort !== undefined && sort === by;
    return html`<div
      class="cell ${number ? 'number' : ''}"
      role="columnheader"
      title=${hint ?? title}
      aria-sort=${sorted ? (descending ? 'descending' : 'ascending') : nothing}
    >
      ${
        sort === undefined
          ? title
          : html`<button type="button" data-testid="sort-${sort}" @click=${this.#sortBy(sort)}>
              ${title}${sorted ? html`<span class="arrow" aria-hidden="true">${descending ? '↓' : '↑'}</span>` : nothing}
            </button>`
      }
    </div>`;
  }

  #row(place: number, top: number): TemplateResult {
    const sample = this.#sampleAt(place);
    const row = this.#cache.get(sample);
    const option = this.allocation.option[sample] ?? 0;
    const shown = row && cells(row, option, this.qualities, this.clusters);
    return html`<div
      class="row ${place === this.active ? 'active' : ''}"
      role="row"
      id="row-${place}"
      data-testid="row-${place}"
      aria-rowindex=${place + 2}
      aria-selected=${place === this.active ? 'true' : 'false'}
      ${styled({ transform: `translateY(${top}px)` })}
      @click=${() => {
        this.active = place;
      }}
      @dblclick=${() => {
        this.#open(place);
      }}
    >
      ${columns.map(
        ({ number }, index) =>
          html`<div
            class="cell ${number ? 'number' : ''}"
            role="gridcell"
            title=${row && shown ? cellTitle(row, shown, index) : nothing}
          >
            ${cellContent(shown, index)}
          </div>`,
      )}
    </div>`;
  }

  #mount(): void {
    this.#virtualizer = new Virtualizer<HTMLElement, HTMLElement>({
      count: this.#order.length,
      getScrollElement: () => this.#grid.value ?? null,
      estimateSize: () => rowHeight,
      overscan: 8,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => {
        this.requestUpdate();
      },
    });
    this.#unmount = this.#virtualizer._didMount();
  }

  async #askOrder(by: SortColumn): Promise<void> {
    try {
      const order = await this.source.order(by);
      if (this.sort.by !== by) return;
      this.#order = order;
      this.orderError = undefined;
      this.#cache.retry();
      this.requestUpdate();
    } catch (error) {
      this.orderError = error instanceof Error ? error.message : String(error);
    }
  }

  #sampleAt(place: number): number {
    return this.#order[this.sort.descending ? this.#order.length - 1 - place : place] ?? 0;
  }

  #sortBy(by: FileSortColumn): () => void {
    return () => {
      const descending = by === this.sort.by && !this.sort.descending;
      this.#moveTo(0);
      this.dispatchEvent(new SortEvent({ by, descending }));
    };
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((this.#grid.value?.clientHeight ?? 0) / rowHeight) - 2);
    const last = this.#order.length - 1;
    const places: Readonly<Record<string, number>> = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + page,
      PageUp: this.active - page,
      Home: 0,
      End: last,
    };
    const place = places[event.key];
    if (place !== undefined) this.#moveTo(Math.max(0, Math.min(last, place)));
    else if (event.key === 'Enter') this.#open(this.active);
    else return;
    event.preventDefault();
  };

  /** The head lies over the first row's height of the viewport. */
  #moveTo(place: number): void {
    this.active = place;
    const grid = this.#grid.value;
    if (!grid) return;
    const top = place * rowHeight;
    const lowest = top + 2 * rowHeight - grid.clientHeight;
    grid.scrollTop = Math.max(lowest, Math.min(top, grid.scrollTop));
  }

  #selected: string | undefined;

  #tellSelected(): void {
    const path = this.#cache.get(this.#sampleAt(this.active))?.path;
    if (path === undefined || path === this.#selected) return;
    this.#selected = path;
    this.dispatchEvent(new SelectEvent(path));
  }

  #open(place: number): void {
    const row = this.#cache.get(this.#sampleAt(place));
    if (row) this.source.open(row.path);
  }
}

function cellContent(texts: readonly string[] | undefined, index: number): unknown {
  const text = texts?.[index];
  if (text === undefined) return index === 0 ? '…' : nothing;
  if (index > 0) return text;
  const name = text.lastIndexOf('/') + 1;
  return html`<span class="folder">${text.slice(0, name)}</span><span class="name">${text.slice(name)}</span>`;
}
