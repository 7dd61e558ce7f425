/** How an image may be encoded: a coding at a quality. */

export const subsamplings = ['4:2:0', '4:4:4'] as const;
export type Subsampling = (typeof subsamplings)[number];

/** JPEG by its chroma subsampling, and lossy WebP. */
export const codings = [...subsamplings, 'webp'] as const;
export type Coding = (typeof codings)[number];
/** What is offered: the usual coding, which all but plans by sensitivities know alone, and others. */
export type Codings = readonly [Coding, ...Coding[]];

export interface Encoding {
  readonly coding: Coding;
  /** 1..100, on the coding's own scale. */
  readonly quality: number;
}

/** JPEG with one chroma subsampling or both, and WebP, as far as the user allows them. */
export function allowedCodings(subsampling: Subsampling | 'both', webp: boolean): Codings {
  const [usual, ...others] = subsampling === 'both' ? subsamplings : ([subsampling] as const);
  return [usual, ...others, ...(webp ? (['webp'] as const) : [])];
}

/** All encodings that are offered, E: every quality of the usual coding, ascending, then those of the next. */
export const encodingsOf = (offered: readonly Coding[], qualities: Iterable<number>): Encoding[] =>
  offered.flatMap((coding) => Array.from(qualities, (quality) => ({ coding, quality })));

/** Qualities of the usual coding, ascending: Q; the other codings have the same. */
export const qualitiesOf = (encodings: readonly Encoding[]): Uint8Array =>
  Uint8Array.from(
    encodings.filter(({ coding }) => coding === encodings[0]?.coding),
    ({ quality }) => quality,
  );

/** The same settings with the usual coding alone. */
export const withUsualCoding = <T extends { readonly codings: Codings }>(settings: T): T => ({
  ...settings,
  codings: [settings.codings[0]],
});

/** Whether the usual coding is not the only one. */
export const hasSeveral = (encodings: readonly Encoding[]): boolean =>
  encodings[0]?.coding !== encodings.at(-1)?.coding;

/** For people: "q 50"; where several codings are offered "q 50 4:4:4" and "WebP q 50". */
export function encodingName({ coding, quality }: Encoding, several: boolean): string {
  if (coding === 'webp') return `WebP q ${quality}`;
  return several ? `q ${quality} ${coding}` : `q ${quality}`;
}
