import { cosineBasis } from '../cosine-basis.ts';

const size = 8;
const basis = cosineBasis(size);

/** Coefficients of an 8 × 8 block, row-major, as JPEG defines them (ITU-T T.81, A.3.3): the first is 8 times the mean. */
export function blockDct(block: Float64Array): Float64Array {
  return transposedRows(transposedRows(block));
}

/** The transform of every row, each as a column. */
function transposedRows(block: Float64Array): Float64Array {
  const out = new Float64Array(size * size);
  for (let row = 0; row < size; row++)
    for (let u = 0; u < size; u++) {
      let sum = 0;
      for (let x = 0; x < size; x++) sum += (basis[u * size + x] as number) * (block[row * size + x] as number);
      out[u * size + row] = sum;
    }
  return out;
}

/** Row-major places of the coefficients in the order in which JPEG's tables list them (T.81, figure A.6). */
export const zigZag = Uint8Array.from(
  [...Array(size * size).keys()].sort((a, b) => {
    const [p, q] = [placeOf(a), placeOf(b)];
    // Along anti-diagonals, upwards on even ones.
    return p.sum - q.sum || (p.sum % 2 === 0 ? q.row - p.row : p.row - q.row);
  }),
);

function placeOf(at: number) {
  const [row, column] = [Math.floor(at / size), at % size];
  return { row, sum: row + column };
}
