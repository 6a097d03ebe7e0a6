/** A worker of the page: speech → scores of languages, by Whisper through Transformers.js. */
import { AutoFeatureExtractor, env, Tensor, WhisperForConditionalGeneration } from '@xenova/transformers';
import type { LanguageJudge } from '../../shared/lid/languageJudge.ts';
import type { WhisperAnswer, WhisperOrder } from './whisperMessages.ts';
import { type WhisperParts, whisperJudge } from './whisperModel.ts';

/** Whisper's parts as Transformers.js types them only in general. */
type Extractor = (pcm16k: Float32Array) => Promise<{ input_features: unknown }>;
type Model = ((inputs: object) => Promise<{ logits: { data: ArrayLike<number> } }>) & {
  config: { decoder_start_token_id: number };
  generation_config: { lang_to_id?: Record<string, number> };
};

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<WhisperOrder>) => void) | null;
  postMessage(message: WhisperAnswer, transfer?: Transferable[]): void;
};

/** `model`: address of its folder, with a slash at the end. */
async function load(model: string, wasm: string): Promise<LanguageJudge> {
  const { pathname } = new URL(model);
  const name = pathname.split('/').at(-2) ?? '';
  env.allowLocalModels = false;
  env.remoteHost = new URL('..', model).href;
  env.remotePathTemplate = '{model}';
  const { wasm: runtime } = env.backends.onnx;
  if (runtime) {
    runtime.wasmPaths = { wasm };
    // More would need a page that is isolated from other origins.
    runtime.numThreads = 1;
  }
  const extract = (await AutoFeatureExtractor.from_pretrained(name)) as unknown as Extractor;
  const loaded = await WhisperForConditionalGeneration.from_pretrained(name, { device: 'wasm', dtype: 'q8' });
  const whisper = loaded as unknown as Model;
  const start = new Tensor('int64', [BigInt(whisper.config.decoder_start_token_id)], [1, 1]);
  const parts: WhisperParts = {
    languages: whisper.generation_config.lang_to_id ?? {},
    features: async (pcm16k) => (await extract(pcm16k)).input_features,
    firstToken: async (input_features) =>
      (await whisper({ input_features, decoder_input_ids: start })).logits,
  };
  return whisperJudge(parts);
}

let judge: Promise<LanguageJudge> | null = null;

async function answer(order: WhisperOrder): Promise<void> {
  try {
    if ('model' in order) {
      judge = load(order.model, order.wasm);
      scope.postMessage({ labels: [...(await judge).labels] });
    } else {
      const scores = await (await judge)?.judge(order.pcm16k);
      if (scores) scope.postMessage({ scores }, [scores.buffer as ArrayBuffer]);
    }
  } catch (error) {
    scope.postMessage({ failed: String(error) });
  }
}

scope.onmessage = ({ data }) => void answer(data);
