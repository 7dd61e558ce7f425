/** Names of classes that files beside the annotations give. */
import { parse } from 'yaml';
import type { Dataset } from '../dataset/index.ts';
import { textOf } from '../dataset/index.ts';

export interface ClassNames {
  readonly byNumber: ReadonlyMap<number, string>;
  /** By 0xRRGGBB. */
  readonly byColour: ReadonlyMap<number, string>;
}

/** `128 64 128 road`, `road,128,64,128`: a name and three numbers in any order. */
const colourLine =
  /^(?:(?<before>[^\d,;\t][^,;\t]*?)[\s,;:]+)?(?<r>\d{1,3})[\s,;]+(?<g>\d{1,3})[\s,;]+(?<b>\d{1,3})(?:[\s,;:]+(?<after>\S.*)?)?$/;
/** Longer lines name nothing. */
const longestLine = 200;

/** Numbers and colours each of the first file that names any. */
export async function classNames({ root, annotation }: Dataset): Promise<ClassNames> {
  let found: ClassNames = { byNumber: new Map(), byColour: new Map() };
  for (const file of annotation?.naming ?? []) {
    // Names are a kindness: without them classes go by their numbers.
    const text = await textOf(root, file).catch(() => '');
    const { byNumber, byColour } = /\.ya?ml$/i.test(file) ? fromYaml(text) : fromLines(text);
    found = {
      byNumber: found.byNumber.size > 0 ? found.byNumber : byNumber,
      byColour: found.byColour.size > 0 ? found.byColour : byColour,
    };
  }
  return found;
}

/** `names: [cat, dog]` or `names: {0: cat, 1: dog}` of YOLO's data.yaml. */
function fromYaml(text: string): ClassNames {
  const byColour = new Map<number, string>();
  try {
    const { names } = (parse(text) ?? {}) as { names?: unknown };
    const entries = typeof names === 'object' && names !== null ? Object.entries(names) : [];
    const numbered = entries
      .filter(([id]) => /^\d+$/.test(id))
      .map(([id, name]) => [Number(id), String(name)] as const);
    return { byNumber: new Map(numbered), byColour };
  } catch {
    return { byNumber: new Map(), byColour };
  }
}

/** A name a line, or a name with its colour. */
function fromLines(text: string): ClassNames {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && line.length <= longestLine);
  const byColour = new Map<number, string>();
  for (const line of lines) {
    const { before, r, g, b, after } = colourLine.exec(line.trim())?.groups ?? {};
    const name = before ?? after;
    if (name !== undefined) byColour.set((Number(r) << 16) | (Number(g) << 8) | Number(b), name.trim());
  }
  if (byColour.size > 0) return { byNumber: new Map(), byColour };
  return { byNumber: new Map(lines.map((line, at) => [at, line.trim()])), byColour };
}
