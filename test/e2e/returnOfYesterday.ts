import { localDay } from '../../server/dialog/speaking/calendar.ts';
import type { JsonObject } from '../../shared/json.ts';

const DAY_MS = 86_400_000;
/** Of the demo's `site.yaml`: it decides what day it is for whoever is spoken to. */
const TIME_ZONE = 'Europe/London';

/** What a page tells of a return that was begun the day before, at noon, so that no hour makes it another day. */
export function returnOfYesterday(): JsonObject {
  const today = Date.parse(localDay(Date.now(), TIME_ZONE));
  return {
    return: {
      id: 'R-2041',
      orderNumber: '10427',
      item: { name: 'Oak desk lamp', color: 'brass' },
      startedAt: new Date(today - DAY_MS / 2).toISOString(),
      step: 'method',
    },
  };
}
