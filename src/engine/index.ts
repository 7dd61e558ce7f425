/**
 * Training and inference of small networks behind one interface; a backend a folder.
 * Everything outside this folder imports from here alone.
 */

export { augment, mirror, type Augmentation } from './augment.ts';
export { learningRateAt, type Schedule } from './schedule.ts';

/**
 * One layer, as data. Tensors are images (channels × height × width) until `flatten`. A signal is an image of height 1:
 * there, kernels and windows extend along the width alone.
 */
export type Layer =
  /** Convolution by size × size kernels, stride 1, zero padding that keeps the image's size; `size` is odd. */
  | { readonly kind: 'conv'; readonly filters: number; readonly size: number }
  | { readonly kind: 'relu' }
  /** 2×2 maximum, stride 2; an odd last row or column is left out. */
  | { readonly kind: 'maxPool' }
  /** Every pixel becomes 2×2 equal ones. */
  | { readonly kind: 'upsample' }
  | { readonly kind: 'globalAveragePool' }
  | { readonly kind: 'flatten' }
  | { readonly kind: 'dense'; readonly units: number }
  /** Adds its input to what its layers make of it (He et al. 2016); they keep the shape. */
  | { readonly kind: 'residual'; readonly layers: readonly Layer[] };

/**
 * A classifier, of whole images when its last layer is dense with `classes` units, of every pixel (fully convolutional,
 * Long et al. 2015) when it is a convolution with `classes` filters: that has a label and a row of logits at each of the
 * `positions` that it puts out.
 */
export interface NetworkDescription {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Numbers that come in; bytes unless said otherwise. */
  readonly input?: 'uint8' | 'float32';
  /** Normalisation inside the graph, a value a channel, in units of the input (0..255 for bytes). */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  readonly layers: readonly Layer[];
  readonly classes: number;
  /**
   * The numbers of the last layer as several questions, each with a label of its own: how many classes each has, in order,
   * `classes` together. One question when absent.
   */
  readonly heads?: readonly number[];
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
  readonly pixels: Uint8Array | Float32Array;
  /**
   * Class of every image (or of each of its positions, row-major), 0..classes-1; a position without a label has -1. With
   * several heads an image has the labels of all its positions for the first head, then for the second, and so on.
   */
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

/**
 * A network with weights and optimiser state. Calls must not overlap; `dispose` frees native memory. The loss of an image
 * is its cross-entropy in nats, or the mean over its labelled positions (0 where it has none); heads add up.
 */
export interface Model {
  /**
   * One optimiser step on the batch's mean loss, which it returns (as it was before the step). `losses` is filled with the
   * loss of every image, of the same weights.
   */
  trainStep(batch: Batch, learningRate: number, losses?: Float32Array): Promise<number>;
  /** Loss of every image of the batch. */
  losses(batch: Batch): Promise<Float32Array>;
  /** Logits, count × positions × classes, row-major. */
  logits(pixels: Batch['pixels']): Promise<Float32Array>;
  /** What enters the last layer, count × positions × features, row-major. */
  features(pixels: Batch['pixels']): Promise<Float32Array>;
  /** Gradient of each image's loss by its pixels, count × height × width × channels, nats a grey level. */
  inputGradient(batch: Batch): Promise<Float32Array>;
  /** A copy of the trained tensors. */
  weights(): Weights;
  /** Takes over saved weights; the optimiser's memory stays. @throws RangeError when a tensor is missing or misshapen */
  load(weights: Weights): Promise<void>;
  dispose(): Promise<void>;
}

/** What answers questions of fixed weights. */
export interface Scorer {
  /** Logits, count × classes, row-major, of images count × side × side × 3. */
  logits(pixels: Uint8Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** A tensor that an ONNX file takes or gives; a size that it leaves open is null. */
export interface TensorShape {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | null)[];
}

export interface NetworkFile {
  readonly inputs: readonly TensorShape[];
  readonly outputs: readonly TensorShape[];
}

/** A classifier that was trained elsewhere: an ONNX file with one input, a batch of square RGB images, and logits. */
export interface TrainedNetwork {
  readonly file: string;
  readonly input: string;
  readonly output: string;
  readonly side: number;
  readonly layout: 'NCHW' | 'NHWC';
  /** What enters is (byte / scale − mean) / deviation, a value a channel. */
  readonly scale: number;
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** Where the file fixes the number of images. */
  readonly batch?: number;
}

/** A backend that can make models. */
export interface Engine {
  /** For people: "CPU (onnxruntime 1.30.0)". */
  readonly name: string;
  create(options: ModelOptions): Promise<Model>;
  /** What an ONNX file takes and gives. @throws Error when it is none, or the backend can't read it */
  inspect(file: string): Promise<NetworkFile>;
  /** A network that was trained elsewhere. @throws Error when the backend can't, or the file does not fit */
  open(network: TrainedNetwork): Promise<Scorer>;
}
