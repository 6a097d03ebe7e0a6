import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import { modelDir, userCacheDir } from '../../shared/cache.ts';
import type { JsonObject } from '../../shared/json.ts';
import { LanguageEvidence } from '../../shared/lid/evidence.ts';
import { LABELS } from '../../shared/lid/lidLayers.ts';
import { LidNetwork } from '../../shared/lid/lidNetwork.ts';
import { packLid, unpackLid } from '../../shared/lid/packedLid.ts';
import { readTensorBundle } from '../../shared/lid/tensorBundle.ts';
import { Utterance } from '../../shared/lid/utterance.ts';
import { readOnnxWeights } from '../../shared/vad/onnxWeights.ts';
import { freshState, SileroNetwork, WINDOW } from '../../shared/vad/sileroNetwork.ts';
import { percentile } from '../call/percentiles.ts';
import { resample } from '../call/resample.ts';
import { readWav } from '../call/wav.ts';
import type { Measurement, Row } from './measurement.ts';

const DEFAULT_SET = resolve(import.meta.dirname, '../../../shared/speech');
const RIGHT_SHARE = 0.9;
const WRONG_SHARE = 0.02;
const SPEECH = { begins: 0.5, ends: 0.35 };

type Heard = { language: string; announced: string[]; costsMs: number[] };

/** The spoken language, as the device recognises it, over a folder of recordings for each language. */
export const language: Measurement = {
  name: 'language',
  title: 'The spoken language, within one utterance',
  async run({ set, quick, progress }) {
    const folder = set ?? DEFAULT_SET;
    if (!existsSync(folder)) throw new Error('there are no recordings: --set DIR with a folder a language');
    const ear = openEar();
    const heard: Heard[] = [];
    for (const [language, files] of recordingsIn(folder)) {
      for (const file of quick ? files.slice(0, 5) : files) {
        const { rateHz, samples } = readWav(readFileSync(file));
        const result = { language, ...ear(resample(samples, rateHz, SPEECH_RATE_HZ)) };
        heard.push(result);
        const wrong = result.announced.filter((one) => one !== language);
        if (wrong.length > 0) progress(`wrong: ${file} → ${result.announced.join(', ')}`);
      }
    }
    if (heard.length === 0) throw new Error(`${folder} has no folder of WAV files for a language`);
    return describe(heard);
  },
};

function recordingsIn(folder: string): [language: string, files: string[]][] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^[a-z]{2,3}$/.test(entry.name))
    .map(({ name }) => {
      const files = readdirSync(join(folder, name)).filter((file) => file.endsWith('.wav'));
      return [name, files.sort().map((file) => join(folder, name, file))];
    });
}

/** What a device would announce of one recording: its weights, its voice detector, its windows. */
function openEar(): (pcm16k: Float32Array) => Omit<Heard, 'language'> {
  const model = modelDir(userCacheDir(), 'zkm-lid');
  if (!existsSync(join(model, 'variables.data'))) {
    throw new Error('the language model is not installed: npm start fetches it');
  }
  const read = (file: string) => readFileSync(join(model, file));
  const packed = packLid(readTensorBundle(read('variables.index'), read('variables.data')));
  const network = new LidNetwork(unpackLid(packed.buffer));
  const silero = fileURLToPath(new URL('silero_vad_v5.onnx', import.meta.resolve('@ricky0123/vad-web')));
  const detector = new SileroNetwork(readOnnxWeights(readFileSync(silero)));
  return (pcm16k) => {
    const evidence = new LanguageEvidence(LABELS);
    const announced: string[] = [];
    const costsMs: number[] = [];
    const utterance = new Utterance({
      onBegin: () => evidence.begin(),
      onListened(window) {
        const startedMs = performance.now();
        const scores = network.judge(window.pcm16k);
        costsMs.push((performance.now() - startedMs) / window.seconds);
        const { language } = evidence.add(scores, window);
        if (language !== null && announced.at(-1) !== language) announced.push(language);
      },
    });
    const state = freshState();
    let speaks = false;
    for (let at = 0; at + WINDOW <= pcm16k.length; at += WINDOW) {
      const window = pcm16k.slice(at, at + WINDOW);
      speaks = detector.judge(window, state) >= (speaks ? SPEECH.ends : SPEECH.begins);
      utterance.push(window, speaks);
    }
    utterance.end();
    return { announced, costsMs };
  };
}

function describe(heard: readonly Heard[]): { rows: Row[]; data: JsonObject } {
  const languages = [...new Set(heard.map(({ language }) => language))];
  const rows = languages.map((language) => {
    const own = heard.filter((one) => one.language === language);
    const counts = countsOf(own);
    const others = Object.entries(counts.confused).map(([other, count]) => `${other} ${count}`);
    const taken = others.length > 0 ? ` (${others.join(', ')})` : '';
    const value = `${counts.right} right, ${counts.unknown} unknown, ${counts.wrong} wrong${taken} of ${own.length}`;
    return { name: language, value: counts.known ? value : `${value}; the model does not know it` };
  });
  const known = countsOf(heard.filter(({ language }) => isKnown(language)));
  const costs = heard.flatMap(({ costsMs }) => costsMs);
  const costMs = costs.length > 0 ? 5 * percentile(costs, 0.5) : null;
  return {
    rows: [
      ...rows,
      shareRow('right', known.right, known.recordings, RIGHT_SHARE, (share, limit) => share >= limit),
      shareRow(
        'wrong announced',
        known.wrong,
        known.recordings,
        WRONG_SHARE,
        (share, limit) => share <= limit,
      ),
      { name: 'cost of a window of 5 s', value: costMs === null ? 'none' : `${costMs.toFixed(0)} ms` },
    ],
    data: {
      known,
      byLanguage: Object.fromEntries(
        languages.map((language) => [language, countsOf(heard.filter((one) => one.language === language))]),
      ),
      windowMs: costMs,
    },
  };
}

const isKnown = (language: string): boolean => LABELS.some((label) => label === language);

function countsOf(heard: readonly Heard[]) {
  const confused: Record<string, number> = {};
  for (const { language, announced } of heard) {
    for (const other of new Set(announced)) {
      if (other !== language) confused[other] = (confused[other] ?? 0) + 1;
    }
  }
  return {
    recordings: heard.length,
    known: heard.every(({ language }) => isKnown(language)),
    right: heard.filter(({ language, announced }) => announced.at(-1) === language).length,
    unknown: heard.filter(({ announced }) => announced.length === 0).length,
    wrong: heard.filter(({ language, announced }) => announced.some((one) => one !== language)).length,
    confused,
  };
}

function shareRow(
  name: string,
  count: number,
  of: number,
  limit: number,
  kept: (share: number, limit: number) => boolean,
): Row {
  if (of === 0) return { name, value: 'none of the model’s languages' };
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const sign = kept(1, limit) ? '≥' : '≤';
  return {
    name,
    value: percent(count / of),
    limit: `${sign} ${percent(limit)}`,
    met: kept(count / of, limit),
  };
}
