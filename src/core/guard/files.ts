import picomatch from 'picomatch/posix.js';
import type { Problem } from '../../protocol/analysis.ts';
import type { Guards } from '../../protocol/guards.ts';

/** What globs say of N samples. */
export interface FileGuards {
  /** Lowest quality that a sample may have, 0 where any; more than 100 where it is kept unchanged; N. */
  readonly floor: Uint8Array;
  /** Which of `globs` says so, N; without meaning where the floor is 0. */
  readonly by: Uint16Array;
  readonly globs: readonly string[];
  /** Globs that match no sample. */
  readonly problems: readonly Problem[];
}

/** Above every quality. */
const unchanged = 255;

interface Rule {
  readonly glob: string;
  readonly floor: number;
  readonly matches: (path: string) => boolean;
}

/** @param paths  of the samples, relative to the root, with forward slashes */
export function guardFiles(
  paths: { readonly length: number; at(i: number): string },
  { protect, floors }: Pick<Guards, 'protect' | 'floors'>,
): FileGuards {
  const rules = [
    ...protect.map((glob) => ruleOf(glob, unchanged)),
    ...floors.map(({ glob, quality }) => ruleOf(glob, quality)),
  ];
  const floor = new Uint8Array(paths.length);
  const by = new Uint16Array(paths.length);
  const matched = new Uint8Array(rules.length);
  if (rules.length > 0)
    for (let i = 0; i < paths.length; i++) {
      const path = paths.at(i);
      rules.forEach((rule, number) => {
        if (!rule.matches(path)) return;
        matched[number] = 1;
        if (rule.floor <= (floor[i] as number)) return;
        floor[i] = rule.floor;
        by[i] = number;
      });
    }
  const problems = rules
    .filter((_, number) => matched[number] === 0)
    .map(({ glob }): Problem => {
      const hint =
        'check its spelling; paths begin at the dataset\'s folder, and all that lies in a folder is "folder/**"';
      return { path: glob, code: 'unmatched', reason: `this glob guards no image: ${hint}` };
    });
  return { floor, by, globs: rules.map(({ glob }) => glob), problems };
}

/** As in .gitignore, a pattern without a slash is of the name alone. */
const ruleOf = (glob: string, floor: number): Rule => ({
  glob,
  floor,
  matches: picomatch(glob, { basename: !glob.includes('/'), dot: true }),
});

/** What guards a sample, in words; undefined where nothing does. */
export function guardReason({ floor, by, globs }: FileGuards, i: number): string | undefined {
  const [least, glob] = [floor[i] as number, globs[by[i] as number] ?? ''];
  if (least === 0) return undefined;
  return least === unchanged
    ? `protected by ${glob}: kept unchanged`
    : `at least quality ${least} by the floor of ${glob}`;
}

/** Whether a sample may have a quality, or be dropped; the original it always may have. */
export const mayHave = ({ floor }: Pick<FileGuards, 'floor'>, i: number, quality: number | 'drop'): boolean =>
  quality === 'drop' ? floor[i] !== unchanged : quality >= (floor[i] as number);
