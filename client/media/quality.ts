import type { Quality } from '../call/callModel.ts';

/** What one look at the statistics says: round-trip time, and packets lost and received so far. */
export type LinkSample = { rttMs: number; lost: number; received: number };

/** Sums up the reports of both peer connections. */
export function sampleOf(reports: Iterable<RTCStatsReport>): LinkSample {
  const sample: LinkSample = { rttMs: 0, lost: 0, received: 0 };
  for (const report of reports) {
    for (const stats of report.values()) {
      if (stats.type === 'candidate-pair' && stats.nominated) {
        sample.rttMs = Math.max(sample.rttMs, (stats.currentRoundTripTime ?? 0) * 1000);
      } else if (stats.type === 'inbound-rtp') {
        sample.lost += Math.max(0, stats.packetsLost ?? 0);
        sample.received += stats.packetsReceived ?? 0;
      }
    }
  }
  return sample;
}

/** The three bars: limits are those at which callers begin to talk over each other (ITU-T G.114) or hear gaps. */
export function qualityBetween(before: LinkSample, after: LinkSample): Quality {
  const lost = after.lost - before.lost;
  const all = lost + after.received - before.received;
  const loss = all > 0 ? lost / all : 0;
  if (after.rttMs > 400 || loss > 0.08) return 'poor';
  if (after.rttMs > 200 || loss > 0.02) return 'fair';
  return 'good';
}
