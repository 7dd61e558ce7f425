/** The part of ONNX's file format (onnx.proto, IR version 8) that our graphs need. */
import protobuf from 'protobufjs/light.js';

const field = (id: number, type: string) => ({ id, type });
const list = (id: number, type: string) => ({ id, type, rule: 'repeated' });

const root = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: { ir_version: field(1, 'int64'), graph: field(7, 'Graph'), opset_import: list(8, 'OperatorSet') },
    },
    OperatorSet: { fields: { domain: field(1, 'string'), version: field(2, 'int64') } },
    Graph: {
      fields: {
        node: list(1, 'Node'),
        name: field(2, 'string'),
        initializer: list(5, 'Tensor'),
        input: list(11, 'ValueInfo'),
        output: list(12, 'ValueInfo'),
      },
    },
    Node: {
      fields: {
        input: list(1, 'string'),
        output: list(2, 'string'),
        op_type: field(4, 'string'),
        attribute: list(5, 'Attribute'),
      },
    },
    Attribute: {
      fields: {
        name: field(1, 'string'),
        f: field(2, 'float'),
        i: field(3, 'int64'),
        s: field(4, 'bytes'),
        ints: list(8, 'int64'),
        type: field(20, 'int32'),
      },
    },
    Tensor: {
      fields: {
        dims: list(1, 'int64'),
        data_type: field(2, 'int32'),
        name: field(8, 'string'),
        raw_data: field(9, 'bytes'),
      },
    },
    ValueInfo: { fields: { name: field(1, 'string'), type: field(2, 'Type') } },
    Type: { fields: { tensor_type: field(1, 'TensorType') } },
    TensorType: { fields: { elem_type: field(1, 'int32'), shape: field(2, 'Shape') } },
    Shape: { fields: { dim: list(1, 'Dimension') } },
    Dimension: { fields: { dim_value: field(1, 'int64') } },
  },
});

export const elementType = { float32: 1, uint8: 2, int32: 6, int64: 7 } as const;
export type ElementType = keyof typeof elementType;

/** An attribute of an operator: a whole number, a list of them, a fraction or a word. */
export type Attribute = number | readonly number[] | { readonly float: number } | string;

export interface NodeSpec {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface TensorSpec {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
}

export interface GraphSpec {
  readonly nodes: readonly NodeSpec[];
  readonly constants: readonly (TensorSpec & { readonly data: Uint8Array })[];
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

const opset = 17;

/** The bytes of an ONNX model. */
export function encodeModel({ nodes, constants, inputs, outputs }: GraphSpec): Uint8Array {
  const valueInfo = ({ name, type, shape }: TensorSpec) => ({
    name,
    type: { tensor_type: { elem_type: elementType[type], shape: { dim: shape.map((size) => ({ dim_value: size })) } } },
  });
  const message = {
    ir_version: 8,
    opset_import: [{ domain: '', version: opset }],
    graph: {
      name: 'bitbudget',
      node: nodes.map(({ operator, inputs: input, outputs: output, attributes }) => ({
        input,
        output,
        op_type: operator,
        attribute: Object.entries(attributes).map(encodeAttribute),
      })),
      initializer: constants.map(({ name, type, shape, data }) => ({
        name,
        dims: shape,
        data_type: elementType[type],
        raw_data: data,
      })),
      input: inputs.map(valueInfo),
      output: outputs.map(valueInfo),
    },
  };
  return root.lookupType('Model').encode(message).finish();
}

function encodeAttribute([name, value]: [string, Attribute]) {
  if (typeof value === 'number') return { name, type: 2, i: value };
  if (typeof value === 'string') return { name, type: 3, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: 1, f: value.float };
  return { name, type: 7, ints: value };
}
