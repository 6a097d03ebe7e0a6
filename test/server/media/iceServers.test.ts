import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { iceServersFor } from '../../../server/media/iceServers.ts';
import { FakeClock } from '../../fakes/clock.ts';

const clock = new FakeClock({ epochMs: 1_700_000_000_000 });
const urls = ['stun:stun.example:3478', 'turn:turn.example:3478?transport=udp', 'turns:turn.example:5349'];

describe('iceServersFor', () => {
  it('gives STUN as it is and TURN with a credential that ends', () => {
    const servers = iceServersFor('call_1', { urls, turnSecret: 'secret', ttlMs: 600_000 }, clock);
    expect(servers).toEqual([
      { urls: [urls[0]] },
      {
        urls: urls.slice(1),
        username: '1700000600:call_1',
        credential: createHmac('sha1', 'secret').update('1700000600:call_1').digest('base64'),
      },
    ]);
  });

  it('leaves TURN out without a secret, and everything without URLs', () => {
    expect(iceServersFor('call_1', { urls }, clock)).toEqual([{ urls: [urls[0]] }]);
    expect(iceServersFor('call_1', { urls: [] }, clock)).toEqual([]);
  });
});
