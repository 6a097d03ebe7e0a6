import { BrokenCall } from '../brokenCall.ts';
import type { Scenario } from '../scenario.ts';
import { onStage } from './onStage.ts';

const RECOVERY_LIMIT_MS = 15_000;

/** What happens to the page that the call was made from. */
export const PAGE: readonly Scenario[] = [
  {
    name: 'reload',
    about: 'the visitor reloads the page: the call goes on without a click',
    limitMs: 2_500,
    run: () =>
      onStage({}, async (stage) =>
        (await BrokenCall.begin(stage)).run({
          async fault({ visitor }) {
            const fromMs = Date.now();
            visitor.soundCut();
            await visitor.page.reload();
            return fromMs;
          },
          recoveryLimitMs: RECOVERY_LIMIT_MS,
        }),
      ),
  },
  {
    name: 'navigation',
    about: 'the visitor goes on to another page of the site: the call goes with them',
    limitMs: 2_500,
    run: () =>
      onStage({}, async (stage) =>
        (await BrokenCall.begin(stage)).run({
          async fault({ visitor }) {
            const fromMs = Date.now();
            visitor.soundCut();
            await visitor.goto(`${stage.shop}/help`);
            return fromMs;
          },
          recoveryLimitMs: RECOVERY_LIMIT_MS,
        }),
      ),
  },
  {
    name: 'two-tabs',
    about: 'the visitor opens a second tab and closes the first: one call, which goes on in the second',
    run: () =>
      onStage({}, async (stage) =>
        (await BrokenCall.begin(stage)).run({
          async fault({ visitor, notes, callId }) {
            const first = visitor.page;
            await visitor.openTab(`${stage.shop}/help`);
            const running = await stage.server.metrics();
            const count = /^segue_calls_running (\d+)$/m.exec(running)?.[1];
            if (count !== '1') notes.push(`with two tabs there were ${count} calls`);
            const fromMs = Date.now();
            await first.close();
            visitor.soundCut();
            await visitor
              .until(
                async () => ((await visitor.callId()) === callId ? true : null),
                RECOVERY_LIMIT_MS,
                'the call in the second tab',
              )
              .catch((error: Error) => notes.push(error.message));
            return fromMs;
          },
          recoveryLimitMs: RECOVERY_LIMIT_MS,
        }),
      ),
  },
];
