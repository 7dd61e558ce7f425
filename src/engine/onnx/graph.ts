import { encodeModel, type Attribute, type ElementType, type NodeSpec, type TensorSpec } from './proto.ts';

/** A tensor in a graph under construction. */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
}

type Attributes = Readonly<Record<string, Attribute>>;

/** Builds an ONNX graph, operator by operator; shapes are given, not inferred. */
export class Graph {
  readonly #nodes: NodeSpec[] = [];
  readonly #constants = new Map<string, TensorSpec & { data: Uint8Array }>();
  readonly #inputs: TensorSpec[] = [];
  readonly #outputs: TensorSpec[] = [];
  #count = 0;

  input(name: string, shape: readonly number[], type: ElementType = 'float32'): Value {
    this.#inputs.push({ name, shape, type });
    return { name, shape };
  }

  /** Gives a value a name under which it can be fetched. */
  output(name: string, value: Value): void {
    this.#nodes.push({ operator: 'Identity', inputs: [value.name], outputs: [name], attributes: {} });
    this.#outputs.push({ name, shape: value.shape, type: 'float32' });
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

  integers(values: readonly number[]): Value {
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.#constant('int64', [values.length], values, bytes);
  }

  reshape(value: Value, shape: readonly number[]): Value {
    return this.apply('Reshape', [value, this.integers(shape)], shape);
  }

  transpose(value: Value, order: readonly number[]): Value {
    return this.apply(
      'Transpose',
      [value],
      order.map((axis) => value.shape[axis] ?? 0),
      { perm: order },
    );
  }

  encode(): Uint8Array {
    return encodeModel({
      nodes: this.#usedNodes(),
      constants: [...this.#constants.values()],
      inputs: this.#inputs,
      outputs: this.#outputs,
    });
  }

  /** Without what no output needs; operators that do more when more is asked of them are asked for what is used. */
  #usedNodes(): NodeSpec[] {
    const used = new Set(this.#outputs.map(({ name }) => name));
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
