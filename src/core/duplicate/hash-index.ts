import { hashWords } from './fingerprint.ts';

const wordValues = 0x10000;
const bitsOf = new Uint8Array(wordValues);
for (let word = 1; word < wordValues; word++) bitsOf[word] = (bitsOf[word >> 1] as number) + (word & 1);

export interface HashIndex {
  /**
   * Items whose hash is within the distance of this item's, itself among them, written to `found`; when that is full the
   * search ends. Of items with a word of the hash in common the earlier come first.
   * @returns how many
   */
  near(item: number, found: Uint32Array): number;
}

/**
 * Finds hashes of 64 bits within a Hamming distance. Where two differ in at most d bits, they differ in at most ⌊d / 4⌋
 * bits of one of their four words: every word is looked up in a table with so many bits changed (Norouzi et al. 2012).
 * @param hash  items × 4 words
 * @param distance  bits, at most 11: beyond, a word has too many neighbours
 */
export function indexHashes(hash: Uint16Array, distance: number): HashIndex {
  const items = hash.length / hashWords;
  const changes = Math.floor(distance / hashWords);
  const masks = Uint16Array.from(
    [...bitsOf.keys()]
      .filter((word) => (bitsOf[word] as number) <= changes)
      .sort((a, b) => (bitsOf[a] as number) - (bitsOf[b] as number)),
  );
  const tables = Array.from({ length: hashWords }, (_, word) => tableOf(hash, word, items));
  const apart = (a: number, b: number, word: number) =>
    bitsOf[(hash[a * hashWords + word] as number) ^ (hash[b * hashWords + word] as number)] as number;

  /** Whether a pair is near, and an earlier word has not brought it already. */
  const isNew = (a: number, b: number, word: number): boolean => {
    let sum = 0;
    for (let other = 0; other < hashWords; other++) {
      const bits = apart(a, b, other);
      if (other < word && bits <= changes) return false;
      sum += bits;
    }
    return sum <= distance;
  };
  return {
    near(item, found) {
      let count = 0;
      for (let word = 0; word < hashWords; word++) {
        const { start, members } = tables[word] as Table;
        const own = hash[item * hashWords + word] as number;
        for (const mask of masks) {
          const end = start[(own ^ mask) + 1] as number;
          for (let at = start[own ^ mask] as number; at < end; at++) {
            const other = members[at] as number;
            if (!isNew(item, other, word)) continue;
            if (count === found.length) return count;
            found[count++] = other;
          }
        }
      }
      return count;
    },
  };
}

/** Items by the value of one word: those of value v are `members` from `start[v]` to `start[v + 1]`, ascending. */
interface Table {
  readonly start: Uint32Array;
  readonly members: Uint32Array;
}

function tableOf(hash: Uint16Array, word: number, items: number): Table {
  const start = new Uint32Array(wordValues + 1);
  const valueOf = (item: number) => hash[item * hashWords + word] as number;
  for (let item = 0; item < items; item++) start[valueOf(item) + 1] = (start[valueOf(item) + 1] as number) + 1;
  for (let value = 0; value < wordValues; value++)
    start[value + 1] = (start[value + 1] as number) + (start[value] as number);
  const next = start.slice();
  const members = new Uint32Array(items);
  for (let item = 0; item < items; item++) {
    const at = next[valueOf(item)] as number;
    members[at] = item;
    next[valueOf(item)] = at + 1;
  }
  return { start, members };
}
