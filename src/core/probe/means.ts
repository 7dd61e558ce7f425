import { meanOf } from './ranking.ts';

/** Mean of every row of a table, row-major. */
export const rowMeans = (values: Float32Array, width: number) =>
  Float64Array.from({ length: values.length / width }, (_, row) =>
    meanOf(values.subarray(row * width, (row + 1) * width)),
  );

/** Mean of every column of a table, row-major. */
export function columnMeans(values: Float32Array, width: number): Float32Array {
  const rows = values.length / width;
  const means = new Float64Array(width);
  values.forEach((value, at) => {
    means[at % width] = (means[at % width] as number) + value / rows;
  });
  return Float32Array.from(means);
}
