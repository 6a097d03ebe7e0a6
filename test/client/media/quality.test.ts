import { describe, expect, it } from 'vitest';
import { qualityBetween, sampleOf } from '../../../client/media/quality.ts';

const sample = (rttMs: number, lost: number, received: number) => ({ rttMs, lost, received });

describe('connection quality', () => {
  it('is judged by round trip and by loss since the last look', () => {
    const start = sample(20, 100, 1000);
    expect(qualityBetween(start, sample(40, 100, 1150))).toBe('good');
    expect(qualityBetween(start, sample(250, 100, 1150))).toBe('fair');
    expect(qualityBetween(start, sample(40, 106, 1144))).toBe('fair');
    expect(qualityBetween(start, sample(40, 130, 1120))).toBe('poor');
    expect(qualityBetween(start, sample(500, 100, 1150))).toBe('poor');
    expect(qualityBetween(start, start)).toBe('good');
  });

  it('sums up the reports of both directions', () => {
    const send = new Map([['p', { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.05 }]]);
    const recv = new Map<string, object>([
      ['p', { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.08 }],
      ['q', { type: 'candidate-pair', nominated: false, currentRoundTripTime: 9 }],
      ['i', { type: 'inbound-rtp', packetsLost: 2, packetsReceived: 50 }],
    ]);
    expect(sampleOf([send, recv] as unknown as RTCStatsReport[])).toEqual(sample(80, 2, 50));
  });
});
