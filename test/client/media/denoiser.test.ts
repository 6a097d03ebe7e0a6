import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Denoiser } from '../../../client/media/denoiser.ts';

const FakeNode = vi.hoisted(
  () =>
    class {
      connect(next: unknown): unknown {
        return next;
      }

      disconnect(): void {}

      destroy(): void {}
    },
);
vi.mock('segue:denoiser-files', () => ({ processorUrl: '/rnnoise.js', wasmUrl: '/rnnoise.wasm' }));
vi.mock('@sapphi-red/web-noise-suppressor', () => ({
  RnnoiseWorkletNode: FakeNode,
}));

class FakeContext extends EventTarget {
  static last: FakeContext;
  state = 'suspended';
  readonly audioWorklet = { addModule: async () => {} };
  readonly made = { stop: () => {} };

  constructor() {
    super();
    FakeContext.last = this;
  }

  createMediaStreamSource(): object {
    return new FakeNode();
  }

  createMediaStreamDestination(): object {
    return { stream: { getAudioTracks: () => [this.made] } };
  }

  async resume(): Promise<void> {
    this.becomes('running');
  }

  async suspend(): Promise<void> {
    this.becomes('suspended');
  }

  async close(): Promise<void> {
    this.becomes('closed');
  }

  becomes(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

describe('RNNoise in the page', () => {
  let page: EventTarget;
  let sound: number;
  let microphone: MediaStreamTrack & { readyState: string };
  const loaded = () => vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
  const open = async (): Promise<{ denoiser: Denoiser; context: FakeContext }> => {
    const opening = Denoiser.open(microphone);
    await loaded();
    sound = 0.1;
    await vi.advanceTimersByTimeAsync(100);
    return { denoiser: await opening, context: FakeContext.last };
  };

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    page = new EventTarget();
    sound = 0;
    microphone = { readyState: 'live' } as typeof microphone;
    vi.stubGlobal('document', page);
    vi.stubGlobal('MediaStream', class {});
    vi.stubGlobal('AudioContext', FakeContext);
    vi.stubGlobal(
      'AnalyserNode',
      class extends FakeNode {
        fftSize = 2;
        getFloatTimeDomainData(samples: Float32Array): void {
          samples.fill(sound);
        }
      },
    );
    vi.stubGlobal('fetch', async () => new Response(new ArrayBuffer(0)));
    return () => {
      vi.unstubAllGlobals();
      vi.useRealTimers();
    };
  });

  it('leaves nothing behind when the microphone ends in silence', async () => {
    const opening = Denoiser.open(microphone);
    await loaded();
    microphone.readyState = 'ended';
    await Promise.all([
      expect(opening).rejects.toThrow('The microphone has ended.'),
      vi.advanceTimersByTimeAsync(100),
    ]);
    expect([vi.getTimerCount(), FakeContext.last.state]).toEqual([0, 'closed']);
  });

  it('is woken when a phone call or the browser has put it to sleep, also before its first sound', async () => {
    const opening = Denoiser.open(microphone);
    await loaded();
    page.dispatchEvent(new Event('pointerup'));
    expect(FakeContext.last.state).toBe('running');
    FakeContext.last.becomes('interrupted');
    expect(FakeContext.last.state).toBe('running');
    sound = 0.1;
    await vi.advanceTimersByTimeAsync(100);
    FakeContext.last.resume = async () => {
      throw new DOMException('', 'InvalidStateError');
    };
    FakeContext.last.becomes('interrupted');
    FakeContext.last.resume = FakeContext.prototype.resume;
    page.dispatchEvent(new Event('visibilitychange'));
    expect(FakeContext.last.state).toBe('running');
    (await opening).close();
    page.dispatchEvent(new Event('pointerup'));
    expect(FakeContext.last.state).toBe('closed');
  });

  it('is not woken while it rests', async () => {
    const { denoiser, context } = await open();
    denoiser.rest(true);
    page.dispatchEvent(new Event('keydown'));
    expect(context.state).toBe('suspended');
    denoiser.rest(false);
    expect(context.state).toBe('running');
  });
});
