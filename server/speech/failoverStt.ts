import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import { type Trouble, watched } from './engineHealth.ts';
import type { SttEngine } from './stt.ts';
import { SturdySttStream } from './sturdySttStream.ts';

/**
 * Engines in order of preference as one: a stream whose engine stalls, dies or answers nonsense is opened anew, by the
 * next one that works, and hears again what was not answered. Closing it closes the engines.
 */
export function failoverStt(
  engines: readonly SttEngine[],
  { clock, onTrouble = () => {} }: { clock: Clock; onTrouble?: Trouble },
): SttEngine {
  const all = watched(engines, clock);
  const languages = [...new Set(engines.flatMap((engine) => engine.languages))];
  const streams = new Set<SturdySttStream>();
  let closed = false;
  return {
    name: [...new Set(engines.map(({ name }) => name))].join('+'),
    languages,
    get available() {
      return !closed && all.some(({ engine, health }) => health.usable && engine.available !== false);
    },
    async open(options) {
      const language = options.language.split('-')[0] as string;
      const able = all.filter(({ engine }) => engine.languages.includes(language));
      if (closed) throw new SegueError('SPEECH_UNAVAILABLE', 'It was closed.');
      if (able.length === 0) throw new SegueError('SPEECH_UNAVAILABLE', `No engine hears "${language}".`);
      const onClose = (): void => void streams.delete(stream);
      const stream: SturdySttStream = new SturdySttStream({
        engines: able,
        options,
        clock,
        onTrouble,
        onClose,
      });
      streams.add(stream);
      await stream.opened;
      return stream;
    },
    async close() {
      closed = true;
      for (const stream of [...streams]) stream.close();
      await Promise.all(engines.map((engine) => engine.close()));
    },
  };
}
