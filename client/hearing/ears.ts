import { languageUrl, processorUrl, weightsUrl } from 'segue:hearing-files';
import type { Clock } from '../../shared/clock.ts';
import { unpackLid } from '../../shared/lid/packedLid.ts';
import { EnergyJudge } from '../../shared/vad/energyJudge.ts';
import type { Weights } from '../../shared/vad/onnxWeights.ts';
import { unpackWeights } from '../../shared/vad/packedWeights.ts';
import type { MicrophoneTap } from '../media/microphoneTap.ts';
import { DeadInput } from './deadInput.ts';
import type { EarsMessage, EarsOrder } from './earsMessages.ts';
import type { JudgedSpeech } from './judgedSpeech.ts';
import type { Verdict } from './windowJudge.ts';

const WINDOW_MS = 32;

export type EarsEvents = {
  onVerdict: (verdict: Verdict) => void;
  onCost: (costMs: number, kept: boolean) => void;
  /** The language that is recognised; null: none will be, on this device or with this server. */
  onLanguage: (language: string | null, confidence: number) => void;
  onDead: (dead: boolean) => void;
};

/** Opens another judge of the language than the ears' own; `onFailed`: it is gone. Rejects where it cannot be had. */
export type OpenLanguage = (events: {
  onLanguage: (language: string, confidence: number) => void;
  onFailed: (error: unknown) => void;
}) => Promise<JudgedSpeech>;

export type Ears = {
  /** What is heard meanwhile says nothing of the caller's language. */
  assistantTalks(talks: boolean): void;
  close(): void;
};

/**
 * Listens to the microphone off the main thread: at once by energy, by the network as soon as its weights are there.
 * Where there is no AudioWorklet, or the page forbids it, the main thread looks at the energy instead.
 */
export async function openEars(
  tap: MicrophoneTap,
  clock: Clock,
  events: EarsEvents,
  openLanguage: OpenLanguage | null = null,
): Promise<Ears> {
  try {
    return await openWorklet(tap, events, openLanguage);
  } catch {
    return watchEnergy(tap, clock, events);
  }
}

async function openWorklet(
  tap: MicrophoneTap,
  events: EarsEvents,
  openLanguage: OpenLanguage | null,
): Promise<Ears> {
  const { context } = tap;
  await context.audioWorklet.addModule(processorUrl);
  const node = new AudioWorkletNode(context, 'segue-ears', {
    numberOfInputs: 1,
    numberOfOutputs: 1,
    channelCount: 1,
    channelCountMode: 'explicit',
  });
  let judged: JudgedSpeech | null = null;
  const order = (message: EarsOrder, transfer: Transferable[] = []) =>
    node.port.postMessage(message, transfer);
  node.port.onmessage = ({ data }: MessageEvent<EarsMessage>) => {
    if ('engine' in data) events.onVerdict(data);
    else if ('utterance' in data) {
      if (data.utterance === 'begins') judged?.begin();
      else judged?.hear(data.utterance);
    } else if ('language' in data) events.onLanguage(data.language, data.confidence);
    else if ('dead' in data) events.onDead(data.dead);
    else events.onCost(data.costMs, data.kept);
  };
  const disconnect = tap.connect(node);
  // Its output is silence; some browsers run only what is connected to the end.
  node.connect(context.destination);
  const loading = new AbortController();
  const load = async (part: 'speech' | 'language'): Promise<void> => {
    const weights = await loadWeights(part, loading.signal);
    const buffers = new Set([...weights.values()].map(({ values }) => values.buffer as ArrayBuffer));
    if (!loading.signal.aborted) order({ load: part, weights }, [...buffers]);
  };
  /** The ears' own model, in place of the one that was asked for. */
  const ownModel = async (): Promise<void> => {
    judged?.close();
    judged = null;
    order({ collect: false });
    await load('language').catch(() => {
      if (!loading.signal.aborted) events.onLanguage(null, 0);
    });
  };
  const elsewhere = async (open: OpenLanguage): Promise<void> => {
    const onFailed = () => void ownModel();
    const opened = await open({ onLanguage: events.onLanguage, onFailed });
    if (loading.signal.aborted) return opened.close();
    judged = opened;
    order({ collect: true });
  };
  void (async () => {
    // Without the detector the energy goes on deciding; without speech to go by, no language is recognised.
    try {
      await load('speech');
      if (openLanguage) await elsewhere(openLanguage).catch(ownModel);
      else await load('language');
    } catch {
      if (!loading.signal.aborted) events.onLanguage(null, 0);
    }
  })();
  return {
    assistantTalks: (talks) => order({ assistantTalks: talks }),
    close() {
      loading.abort();
      judged?.close();
      order('close');
      node.port.onmessage = null;
      disconnect();
      node.disconnect();
    },
  };
}

/** Rejects when they cannot be had, are damaged, or are another network's. */
async function loadWeights(part: 'speech' | 'language', signal: AbortSignal): Promise<Weights> {
  const url = part === 'speech' ? weightsUrl : languageUrl;
  if (url === null) throw new Error('The server has no language model.');
  const response = await fetch(url, { credentials: 'omit', signal });
  if (!response.ok) throw new Error(`The weights: ${response.status}`);
  const file = await response.arrayBuffer();
  return part === 'speech' ? unpackWeights(file) : unpackLid(file);
}

function watchEnergy(tap: MicrophoneTap, clock: Clock, events: EarsEvents): Ears {
  const analyser = new AnalyserNode(tap.context, { fftSize: 2048 });
  const samples = new Float32Array(analyser.fftSize);
  const judge = new EnergyJudge();
  const input = new DeadInput();
  const disconnect = tap.connect(analyser);
  events.onLanguage(null, 0);
  const timer = clock.every(WINDOW_MS, () => {
    // Timers of a hidden page are too rare to judge anything by, and a sleeping context hears nothing.
    if (document.hidden || tap.context.state !== 'running') return;
    analyser.getFloatTimeDomainData(samples);
    const dead = input.update(samples);
    if (dead !== null) events.onDead(dead);
    events.onVerdict({ engine: 'energy', probability: judge.judge(samples) });
  });
  return {
    assistantTalks() {},
    close() {
      timer.cancel();
      disconnect();
    },
  };
}
