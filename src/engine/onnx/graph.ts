import { elementType, encodeModel, type Attribute, type ElementType, type NodeSpec, type TensorSpec } from './proto.ts';

/** A tensor in a graph under construction. */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Stands where an operator's optional input is left out. */
export const absent: Value = { name: '', shape: [] };

type Attributes = Readonly<Record<string, Attribute>>;

/** Builds an ONNX graph, operator by operator; shapes are given, not inferred. */
export class Graph {
  readonly #nodes: NodeSpec[] = [];
  readonly #constants = new Map<string, TensorSpec & { data: Uint8Array }>();
  readonly #inputs: TensorSpec[] = [];
  /** Names under which values can be fetched, by the values' own. */
  readonly #outputs = new Map<string, TensorSpec>();
  readonly #transposed = new Map<string, { readonly source: Value; readonly order: readonly number[] }>();
  #count = 0;

  input(name: string, shape: readonly number[], type: ElementType = 'float32'): Value {
    this.#inputs.push({ name, shape, type });
    return { name, shape };
  }

  /** Gives what an operator makes a name under which it can be fetched. */
  output(name: string, value: Value): void {
    this.#outputs.set(value.name, { name, shape: value.shape, type: 'float32' });
  }

  apply(operator: string, inputs: readonly Value[], shape: readonly number[], attributes: Attributes = {}): Value {
    const [value] = this.applyMany(operator, inputs, [shape], attributes);
    return value as Value;
  }

  applyMany(
    operator: string,
    inputs: readonly Value[],
    shapes: readonly (readonly number[])[],
    attributes: Attributes,
  ): Value[] {
    const values = shapes.map((shape) => ({ name: `v${this.#count++}`, shape }));
    this.#nodes.push({
      operator,
      inputs: inputs.map(({ name }) => name),
      outputs: values.map(({ name }) => name),
      attributes,
    });
    return values;
  }

  /** A tensor that the graph carries. */
  tensor(name: string, shape: readonly number[], values: Float32Array): Value {
    this.#constants.set(name, { name, type: 'float32', shape, data: new Uint8Array(values.slice().buffer) });
    return { name, shape };
  }

  floats(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return this.#constant('float32', shape, values, new Uint8Array(Float32Array.from(values).buffer));
  }

  integers(
    values: readonly number[],
    type: 'int32' | 'int64' = 'int64',
    shape: readonly number[] = [values.length],
  ): Value {
    const array = type === 'int64' ? BigInt64Array.from(values, BigInt) : Int32Array.from(values);
    return this.#constant(type, shape, values, new Uint8Array(array.buffer));
  }

  cast(value: Value, type: ElementType): Value {
    return this.apply('Cast', [value], value.shape, { to: elementType[type] });
  }

  reshape(value: Value, shape: readonly number[]): Value {
    return this.apply('Reshape', [value, this.integers(shape)], shape);
  }

  slice(value: Value, axes: readonly number[], starts: readonly number[], ends: readonly number[]): Value {
    const range = [starts, ends, axes].map((numbers) => this.integers(numbers));
    const shape = value.shape.map((length, axis) => {
      const at = axes.indexOf(axis);
      return at < 0 ? length : (ends[at] ?? 0) - (starts[at] ?? 0);
    });
    return this.apply('Slice', [value, ...range], shape);
  }

  /** A transpose that undoes another is what was there before. */
  transpose(value: Value, order: readonly number[]): Value {
    const before = this.#transposed.get(value.name);
    if (before && order.every((axis, k) => before.order[axis] === k)) return before.source;
    const shape = order.map((axis) => value.shape[axis] ?? 0);
    const result = this.apply('Transpose', [value], shape, { perm: order });
    this.#transposed.set(result.name, { source: value, order });
    return result;
  }

  /** From channels first (batch × channels × height × width) to channels last. */
  channelsLast(images: Value): Value {
    return this.transpose(images, [0, 2, 3, 1]);
  }

  /** From channels last to channels first. */
  channelsFirst(images: Value): Value {
    return this.transpose(images, [0, 3, 1, 2]);
  }

  encode(): Uint8Array {
    const known = (name: string) => this.#outputs.get(name)?.name ?? name;
    const nodes = this.#usedNodes().map((node) => ({
      ...node,
      inputs: node.inputs.map(known),
      outputs: node.outputs.map(known),
    }));
    const used = new Set(nodes.flatMap(({ inputs }) => inputs));
    return encodeModel({
      nodes,
      constants: [...this.#constants.values()].filter(({ name }) => used.has(name)),
      inputs: this.#inputs,
      outputs: [...this.#outputs.values()],
    });
  }

  /** Without what no output needs; operators that do more when more is asked of them are asked for what is used. */
  #usedNodes(): NodeSpec[] {
    const used = new Set(this.#outputs.keys());
    const nodes: NodeSpec[] = [];
    for (const node of this.#nodes.toReversed()) {
      const last = node.outputs.findLastIndex((name) => used.has(name));
      if (last < 0) continue;
      nodes.push({ ...node, outputs: node.outputs.slice(0, last + 1) });
      for (const name of node.inputs) used.add(name);
    }
    return nodes.reverse();
  }

  #constant(type: ElementType, shape: readonly number[], values: readonly number[], data: Uint8Array): Value {
    const name = `${type}[${shape.join(',')}]:${values.join(',')}`;
    this.#constants.set(name, { name, type, shape, data });
    return { name, shape };
  }
}
