/** How an image may be encoded: a coding at a quality. */

/** JPEG by its chroma subsampling. */
export const codings = ['4:2:0', '4:4:4'] as const;
export type Coding = (typeof codings)[number];
/** What is offered: the usual coding, which all but plans by sensitivities know alone, and others. */
export type Codings = readonly [Coding, ...Coding[]];

export interface Encoding {
  readonly coding: Coding;
  /** 1..100, on the coding's own scale. */
  readonly quality: number;
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
