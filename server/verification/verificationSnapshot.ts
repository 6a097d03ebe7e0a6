import { z } from 'zod';
import { ASKABLE, EVIDENCE_KINDS } from './evidence.ts';
import { LEVELS } from './level.ts';

/** What a session's visitor has shown, as plain JSON: another process goes on with it. */
const verification = z.object({
  customer: z.string().nullable(),
  evidence: z.array(z.object({ kind: z.enum(EVIDENCE_KINDS), atMs: z.number() })),
  failures: z.number(),
  tried: z.array(z.string()),
  strangeDevice: z.boolean(),
  code: z.object({ hash: z.string(), untilMs: z.number(), triesLeft: z.number() }).nullable(),
});

export const verifierSnapshot = z.object({
  verification,
  needed: z.enum(LEVELS),
  asked: z.enum(ASKABLE).nullable(),
  reach: z.string(),
  unknown: z.number(),
});

export type VerificationSnapshot = z.infer<typeof verification>;
export type VerifierSnapshot = z.infer<typeof verifierSnapshot>;
