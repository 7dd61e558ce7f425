/**
 * Training and inference of small networks behind one interface; a backend a folder.
 * Everything outside this folder imports from here alone.
 */

/** One layer, as data. Tensors are images (channels × height × width) until `flatten`. */
export type Layer =
  /** 3×3-like convolution, stride 1, zero padding that keeps the size; `size` is odd. */
  | { readonly kind: 'conv'; readonly filters: number; readonly size: number }
  | { readonly kind: 'relu' }
  /** 2×2 maximum, stride 2; an odd last row or column is left out. */
  | { readonly kind: 'maxPool' }
  | { readonly kind: 'globalAveragePool' }
  | { readonly kind: 'flatten' }
  | { readonly kind: 'dense'; readonly units: number }
  /** Adds its input to what its layers make of it (He et al. 2016); they keep the shape. */
  | { readonly kind: 'residual'; readonly layers: readonly Layer[] };

/** A classifier: uint8 pixels in, one logit a class out. The last layer must be dense with `classes` units. */
export interface NetworkDescription {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Pixel normalisation inside the graph, a value a channel, in units of 0..255. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  readonly layers: readonly Layer[];
  readonly classes: number;
}

export type Optimizer =
  | { readonly kind: 'sgd'; readonly momentum: number; readonly weightDecay?: number }
  | {
      readonly kind: 'adam';
      readonly beta1?: number;
      readonly beta2?: number;
      readonly epsilon?: number;
      /** Decoupled (AdamW): Loshchilov & Hutter 2019. */
      readonly weightDecay?: number;
    };

export interface Batch {
  /** Images, count × height × width × channels, row-major; `count` may be below the model's batch size. */
  readonly pixels: Uint8Array;
  /** Class of every image, 0..classes-1. */
  readonly labels: Int32Array;
}

export interface ModelOptions {
  readonly network: NetworkDescription;
  readonly optimizer: Optimizer;
  /** Largest number of images in a batch. */
  readonly batchSize: number;
  /** Seeds the He-normal initialisation; the same seed gives the same weights on every backend. */
  readonly seed: number;
}

/** Trained tensors by name, such as "3.weight"; inside a residual layer "3.0.weight". */
export type Weights = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;

/** A network with weights and optimiser state. Calls must not overlap; `dispose` frees native memory. */
export interface Model {
  /** One optimiser step on the batch's mean cross-entropy (nats), which it returns (as it was before the step). */
  trainStep(batch: Batch, learningRate: number): Promise<number>;
  /** Cross-entropy (nats) of every image of the batch. */
  losses(batch: Batch): Promise<Float32Array>;
  /** Logits, count × classes, row-major. */
  logits(pixels: Uint8Array): Promise<Float32Array>;
  /** What enters the last layer, count × features, row-major. */
  features(pixels: Uint8Array): Promise<Float32Array>;
  /** Gradient of each image's loss by its pixels, count × height × width × channels, nats a grey level. */
  inputGradient(batch: Batch): Promise<Float32Array>;
  /** A copy of the trained tensors. */
  weights(): Weights;
  /** Takes over saved weights; the optimiser's memory stays. @throws RangeError when a tensor is missing or misshapen */
  load(weights: Weights): Promise<void>;
  dispose(): Promise<void>;
}

/** A backend that can make models. */
export interface Engine {
  /** For people: "CPU (onnxruntime 1.30.0)". */
  readonly name: string;
  create(options: ModelOptions): Promise<Model>;
}
