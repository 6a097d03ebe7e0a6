import { metricValues } from '../../bench/metrics.ts';
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
    run: (context) =>
      onStage({}, async (stage) =>
        (await BrokenCall.begin(stage)).run(
          {
            async fault({ visitor }) {
              const fromMs = Date.now();
              visitor.soundCut();
              await visitor.page.reload();
              return fromMs;
            },
            recoveryLimitMs: RECOVERY_LIMIT_MS,
          },
          context,
        ),
      ),
  },
  {
    name: 'navigation',
    about: 'the visitor goes on to another page of the site: the call goes with them',
    limitMs: 2_500,
    run: (context) =>
      onStage({}, async (stage) =>
        (await BrokenCall.begin(stage)).run(
          {
            async fault({ visitor }) {
              const next = new URL(visitor.page.url()).pathname === '/help' ? '/' : '/help';
              const fromMs = Date.now();
              visitor.soundCut();
              await visitor.goto(`${stage.shop}${next}`);
              return fromMs;
            },
            recoveryLimitMs: RECOVERY_LIMIT_MS,
          },
          context,
        ),
      ),
  },
  {
    name: 'two-tabs',
    about: 'the visitor takes the call to a second tab and closes the first: one call, which goes on there',
    limitMs: 2_500,
    run: (context) =>
      onStage({}, async (stage) =>
        (await BrokenCall.begin(stage)).run(
          {
            async fault({ visitor, notes }) {
              const first = visitor.page;
              const second = await visitor.openTab(`${stage.shop}/help`);
              const launcher = second.locator('segue-voice .launcher');
              await launcher.getByText('Back to the call').waitFor({ timeout: RECOVERY_LIMIT_MS });
              await launcher.click();
              const take = second.getByRole('button', { name: 'Take it here' });
              await take.waitFor({ timeout: RECOVERY_LIMIT_MS });
              const fromMs = Date.now();
              visitor.soundCut();
              await take.click();
              await first.close();
              const [running] = metricValues(await stage.server.metrics(), 'segue_calls_running');
              if (running !== 1) notes.push(`with two tabs there were ${running} calls`);
              return fromMs;
            },
            recoveryLimitMs: RECOVERY_LIMIT_MS,
          },
          context,
        ),
      ),
  },
];
