import { describe, expect, test } from 'vitest';
import { readConfig } from '../../server/config.ts';

describe('the configuration', () => {
  test('has safe defaults: loopback only, random keys', () => {
    const config = readConfig({});
    expect(config).toMatchObject({ port: 3000, host: '127.0.0.1', adminKey: { generated: true } });
    expect(config.adminKey.value.length).toBeGreaterThanOrEqual(32);
    expect(readConfig({}).adminKey.value).not.toBe(config.adminKey.value);
    expect(config.sessionSecret).toBeUndefined();
  });

  test('takes an empty variable as absent', () => {
    expect(readConfig({ PORT: '', HOST: '' })).toMatchObject({ port: 3000, host: '127.0.0.1' });
  });

  test('has its database in the data folder unless it is told of another', () => {
    expect(readConfig({}).databaseUrl).toBeUndefined();
    expect(readConfig({ DATABASE_URL: 'postgres://db/segue' }).databaseUrl).toBe('postgres://db/segue');
  });

  test('joins several servers only where they can share sessions, and repeats no password', () => {
    const shared = { DATABASE_URL: 'postgres://db/segue', SEGUE_SESSION_SECRET: 's'.repeat(32) };
    const redis = { REDIS_URL: 'redis://:open-sesame@redis:6379' };
    expect(readConfig({}).redisUrl).toBeUndefined();
    expect(readConfig({ ...shared, ...redis }).redisUrl).toBe(redis.REDIS_URL);
    expect(() => readConfig(redis)).toThrow(/DATABASE_URL and SEGUE_SESSION_SECRET/);
    expect(() => readConfig(redis)).not.toThrow(/sesame/);
  });

  test('names every variable that is wrong', () => {
    const wrong = { PORT: 'eighty', SEGUE_ADMIN_KEY: 'short', SEGUE_RTC_WORKERS: '0' };
    expect(() => readConfig(wrong)).toThrow(/PORT.*SEGUE_ADMIN_KEY.*SEGUE_RTC_WORKERS/);
  });

  test('does not accept TURN servers without their secret', () => {
    expect(() => readConfig({ SEGUE_TURN_URLS: 'turn:turn.example:3478' })).toThrow(/SEGUE_TURN_SECRET/);
  });

  test('takes the address and the ports of the media between servers', () => {
    const { rtc } = readConfig({ SEGUE_PIPE_ADDRESS: '10.0.0.7', SEGUE_PIPE_PORTS: '40000-40099' });
    expect(rtc).toMatchObject({ pipeAddress: '10.0.0.7', pipePorts: { min: 40_000, max: 40_099 } });
    expect(() => readConfig({ SEGUE_PIPE_ADDRESS: 'media.example' })).toThrow(/SEGUE_PIPE_ADDRESS/);
    expect(() => readConfig({ SEGUE_PIPE_PORTS: '9-5' })).toThrow(/SEGUE_PIPE_PORTS/);
  });

  test('splits lists of URLs', () => {
    const { rtc } = readConfig({ SEGUE_STUN_URLS: 'stun:a.example, stun:b.example,' });
    expect(rtc.stunUrls).toEqual(['stun:a.example', 'stun:b.example']);
  });
});
