import { z } from 'zod';
import { SegueError } from '../../shared/errors.ts';
import { LANGUAGES, type Language } from '../../shared/language.ts';
import { errorBody } from '../../shared/schemas.ts';
import { speechPhrases } from '../../shared/strings/speech/speech.ts';
import { wavFile } from '../audio/wav.ts';
import type { TtsEngine } from '../speech/tts.ts';
import type { EdgeServer } from './http.ts';

const WEEK_S = 604_800;

export type NoticeRouteParts = {
  /** Null while there is none. */
  tts: () => TtsEngine | null;
  /** Voice of each site; undefined is the engine's first. */
  voices: ReadonlyMap<string, string | undefined>;
};

/**
 * What a page says by itself when the line is lost, in the assistant's voice: fetched while the line is there. Each file
 * is synthesised once.
 */
export function noticeRoutes(http: EdgeServer, { tts, voices }: NoticeRouteParts): void {
  const files = new Map<string, Promise<Buffer>>();

  const fileOf = (language: Language, voice: string | undefined): Promise<Buffer> => {
    const engine = tts();
    if (!engine?.languages.includes(language)) throw new SegueError('NOT_FOUND');
    const key = `${language} ${voice ?? ''}`;
    const known = files.get(key);
    if (known) return known;
    const file = speak(engine, language, voice);
    files.set(key, file);
    file.catch(() => files.delete(key));
    return file;
  };

  http.route({
    method: 'GET',
    url: '/v1/notices/:language',
    schema: {
      summary:
        'What a page says by itself when the line of a call is lost, as a WAV file in the voice of the site',
      params: z.object({ language: z.enum(LANGUAGES) }),
      querystring: z.object({ site: z.string().max(40).default('') }),
      response: { 200: z.any().describe('audio/wav, 16 kHz mono'), '4xx': errorBody, '5xx': errorBody },
    },
    handler: async (request, reply) => {
      const file = await fileOf(request.params.language, voices.get(request.query.site));
      return reply
        .header('access-control-allow-origin', '*')
        .header('cache-control', `public, max-age=${WEEK_S}`)
        .type('audio/wav')
        .send(file);
    },
  });
}

async function speak(tts: TtsEngine, language: Language, voice: string | undefined): Promise<Buffer> {
  const [text = ''] = speechPhrases(language).lineLost;
  const { pcm16k } = await tts.synthesise(text, { language, ...(voice === undefined ? {} : { voice }) });
  return wavFile(pcm16k);
}
