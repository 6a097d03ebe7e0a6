/** A model in the shape of Whisper's files that knows three languages by one rule: what is low is German, what is high French. */

type Bytes = number[] | Uint8Array;

const FLOAT = 1;
const INT64 = 7;
const MEL_BANDS = 80;
const TOKENS = { '<|en|>': 1, '<|fr|>': 2, '<|de|>': 3 } as const;
const VOCABULARY = 4;
/** Most of the 30 s that it looks at are silent: what there is has to count. */
const SURE = 20;

// Protocol buffers, as far as ONNX needs them here: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
const field = (tag: number, value: number | string | Bytes): number[] => {
  if (typeof value === 'number') return [...varint(tag << 3), ...varint(value)];
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return [...varint((tag << 3) | 2), ...varint(bytes.length), ...bytes];
};

const valueInfo = (name: string, type: number, shape: readonly (number | string)[]): number[] => {
  const dims = shape.flatMap((size) => field(1, field(typeof size === 'number' ? 1 : 2, size)));
  return [...field(1, name), ...field(2, field(1, [...field(1, type), ...field(2, dims)]))];
};
const ints = (name: string, values: readonly number[]): number[] => [
  ...field(1, name),
  ...values.flatMap((value) => field(8, value)),
  ...field(20, 7),
];
const node = (type: string, inputs: readonly string[], output: string, attribute?: number[]): number[] => [
  ...inputs.flatMap((input) => field(1, input)),
  ...field(2, output),
  ...field(4, type),
  ...(attribute ? field(5, attribute) : []),
];
type Graph = { nodes: number[][]; inputs: number[][]; output: number[]; weights?: number[] };
const model = ({ nodes, inputs, output, weights }: Graph): Buffer => {
  const graph = [
    ...nodes.flatMap((one) => field(1, one)),
    ...field(2, 'graph'),
    ...(weights ? field(5, weights) : []),
    ...inputs.flatMap((one) => field(11, one)),
    ...field(12, output),
  ];
  return Buffer.from([...field(1, 8), ...field(7, graph), ...field(8, field(2, 13))]);
};

const encoder = (): Buffer =>
  model({
    nodes: [node('Transpose', ['input_features'], 'last_hidden_state', ints('perm', [0, 2, 1]))],
    inputs: [valueInfo('input_features', FLOAT, ['batch_size', MEL_BANDS, 'frames'])],
    output: valueInfo('last_hidden_state', FLOAT, ['batch_size', 'frames', MEL_BANDS]),
  });

function decoder(): Buffer {
  const values = new Float32Array(MEL_BANDS * VOCABULARY);
  for (let band = 0; band < MEL_BANDS; band += 1) {
    const low = band < MEL_BANDS / 2 ? SURE : -SURE;
    values[band * VOCABULARY + TOKENS['<|de|>']] = low;
    values[band * VOCABULARY + TOKENS['<|fr|>']] = -low;
  }
  const weights = [
    ...field(1, MEL_BANDS),
    ...field(1, VOCABULARY),
    ...field(2, FLOAT),
    ...field(8, 'weights'),
    ...field(9, new Uint8Array(values.buffer)),
  ];
  return model({
    nodes: [
      node('ReduceMean', ['encoder_hidden_states'], 'mean', ints('axes', [1])),
      node('MatMul', ['mean', 'weights'], 'logits'),
    ],
    inputs: [
      valueInfo('input_ids', INT64, ['batch_size', 'tokens']),
      valueInfo('encoder_hidden_states', FLOAT, ['batch_size', 'frames', MEL_BANDS]),
    ],
    output: valueInfo('logits', FLOAT, ['batch_size', 'tokens', VOCABULARY]),
    weights,
  });
}

/** Its files by their names in the model's folder. */
export function tinyWhisper(): Map<string, string | Buffer> {
  const config = {
    model_type: 'whisper',
    architectures: ['WhisperForConditionalGeneration'],
    is_encoder_decoder: true,
    decoder_start_token_id: 0,
    vocab_size: VOCABULARY,
    d_model: MEL_BANDS,
    encoder_layers: 1,
    decoder_layers: 1,
    encoder_attention_heads: 1,
    decoder_attention_heads: 1,
  };
  const preprocessor = {
    feature_extractor_type: 'WhisperFeatureExtractor',
    feature_size: MEL_BANDS,
    sampling_rate: 16_000,
    hop_length: 160,
    n_fft: 400,
    chunk_length: 30,
    n_samples: 480_000,
    nb_max_frames: 3_000,
    padding_value: 0,
    return_attention_mask: false,
  };
  return new Map<string, string | Buffer>([
    ['config.json', JSON.stringify(config)],
    ['generation_config.json', JSON.stringify({ decoder_start_token_id: 0, lang_to_id: TOKENS })],
    ['preprocessor_config.json', JSON.stringify(preprocessor)],
    ['onnx/encoder_model_quantized.onnx', encoder()],
    ['onnx/decoder_model_merged_quantized.onnx', decoder()],
  ]);
}
