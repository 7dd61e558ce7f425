/**
 * Orthonormal DCT-II, n × n, row-major: D[k][j] = s_k cos(π (2j + 1) k / 2n) with s_0 = √(1/n) and s_k = √(2/n); its
 * transpose is its inverse.
 */
export const cosineBasis = (n: number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, at) => {
    const [k, j] = [Math.floor(at / n), at % n];
    return Math.sqrt((k === 0 ? 1 : 2) / n) * Math.cos(((2 * j + 1) * k * Math.PI) / (2 * n));
  });
