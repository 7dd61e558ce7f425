import type { Layer, NetworkDescription } from '../../engine/index.ts';
import type { AdaptInput } from '../../protocol/adapt.ts';
import { keptPerSide } from './masks.ts';

/** The largest mask of the paper, and so the square of coefficients that its network takes. */
const largestMask = 16;
/** Coefficients a side that the network can see. */
export const seenPerSide = (side: number) => keptPerSide(largestMask, side);

const relu = { kind: 'relu' } as const;
const pool = { kind: 'maxPool' } as const;
const conv = (filters: number) => ({ kind: 'conv', filters, size: 3 }) as const;
const dense = (units: number) => ({ kind: 'dense', units }) as const;

/**
 * Two convolutions by 3 with pooling, 16 and 32 filters, and a hidden layer of 128. On 16 × 16 coefficients as a signal of
 * 256 it is the network of the published code: Conv1d(1, 16, 3), Conv1d(16, 32, 3), FC(2048, 128), FC(128, 10).
 */
export function adaptNetwork(input: AdaptInput, side: number, channels: number, classes: number): NetworkDescription {
  const [height, width] = input === 'image' ? [side, side] : [1, seenPerSide(side) ** 2];
  const layers: Layer[] = [
    ...[conv(16), relu, pool, conv(32), relu, pool],
    ...[{ kind: 'flatten' } as const, dense(128), relu, dense(classes)],
  ];
  // What comes in is normalised before it is compressed (sight.ts).
  const normalised = { mean: Array<number>(channels).fill(0), deviation: Array<number>(channels).fill(1) };
  return { ...{ height, width, channels, classes, layers, input: 'float32' }, ...normalised };
}
