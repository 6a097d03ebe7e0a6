import { z } from 'zod';
import { LANGUAGES } from '../../shared/language.ts';

const fact = z.object({ value: z.json(), observedAt: z.number() });
const facts = z.record(z.string(), fact);

/** A session as plain JSON: what another process needs to go on with it. */
export const sessionSnapshot = z.object({
  siteKey: z.string(),
  language: z.enum(LANGUAGES),
  languageIsGuess: z.boolean(),
  facts: z.object({ inferred: facts, page: facts, caller: facts, signed: facts }),
  events: z.array(z.object({ name: z.string(), data: z.json(), observedAt: z.number() })),
  eventIds: z.array(z.string()).catch([]),
  claimed: z.array(z.string()),
  customerId: z.string().nullable(),
  handles: z.array(
    z.object({
      kind: z.enum(['user', 'email', 'phone', 'device', 'visitor']),
      value: z.string(),
      proof: z.enum(['signed', 'code', 'channel', 'kept']),
    }),
  ),
  passing: z.object({ id: z.string(), used: z.boolean() }),
});

export type SessionSnapshot = z.infer<typeof sessionSnapshot>;
