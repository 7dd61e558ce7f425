import { cosineBasis } from '../cosine-basis.ts';

/** Side of the images that the masks are given for. */
const paperSide = 28;

/** Coefficients a side that a mask given for images of 28 × 28 keeps of side × side. */
export const keptPerSide = (mask: number, side: number) => Math.ceil((mask * side) / paperSide);

/** Compression of square planes, side × side, row-major: of their coefficients Y = D x Dᵀ a square of the lowest is kept. */
export interface Masking {
  /** The kept × kept lowest coefficients of a plane, into the corner of a square whose rows are `stride` long. */
  coefficients(plane: Float32Array, kept: number, target: Float32Array, stride: number): void;
  /** x̂ = Dᵀ (M ⊙ Y) D of kept × kept coefficients, whose rows are `stride` long. */
  plane(coefficients: Float32Array, kept: number, stride: number, target: Float32Array): void;
}

export function openMasking(side: number): Masking {
  const basis = Float32Array.from(cosineBasis(side));
  const half = new Float32Array(side * side);
  const at = (k: number, j: number) => basis[k * side + j] as number;
  return {
    coefficients(plane, kept, target, stride) {
      // half = D x, kept × side.
      for (let u = 0; u < kept; u++)
        for (let x = 0; x < side; x++) {
          let sum = 0;
          for (let y = 0; y < side; y++) sum += at(u, y) * (plane[y * side + x] as number);
          half[u * side + x] = sum;
        }
      for (let u = 0; u < kept; u++)
        for (let v = 0; v < kept; v++) {
          let sum = 0;
          for (let x = 0; x < side; x++) sum += (half[u * side + x] as number) * at(v, x);
          target[u * stride + v] = sum;
        }
    },
    plane(coefficients, kept, stride, target) {
      // half = (M ⊙ Y) D, kept × side.
      for (let u = 0; u < kept; u++)
        for (let x = 0; x < side; x++) {
          let sum = 0;
          for (let v = 0; v < kept; v++) sum += (coefficients[u * stride + v] as number) * at(v, x);
          half[u * side + x] = sum;
        }
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++) {
          let sum = 0;
          for (let u = 0; u < kept; u++) sum += at(u, y) * (half[u * side + x] as number);
          target[y * side + x] = sum;
        }
    },
  };
}
