import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPlaybookPolicy } from '../../../../server/dialog/playbookPolicy.ts';
import { compileLibrary } from '../../../../server/dialog/playbooks/loader.ts';
import type { Conversation, Policy } from '../../../../server/dialog/policy.ts';
import { ageOf } from '../../../../server/dialog/speaking/age.ts';
import { trainNlpjs } from '../../../../server/dialog/understanding/engines/nlpjs.ts';
import { readSlot } from '../../../../server/dialog/understanding/readSlot.ts';
import type { Connector, Told } from '../../../../server/records/connector.ts';
import { LANGUAGES } from '../../../../shared/language.ts';
import { speechPhrases } from '../../../../shared/strings/speech/speech.ts';
import { FakeClock } from '../../../fakes/clock.ts';

const SITE = `
site: The Shop
assistant: Robin
language: en
time_zone: Europe/London
operations:
  stock.count: { kind: look_up, needs: anyone }
  tickets.create: { kind: action, needs: anyone }
  tickets.file: { kind: action, needs: anyone }
greeting: { hello: Hello., question: How can I help? }
hand_over: human
`;

const STOCK = `
playbook: stock
about: the stock
intents:
  stock.count: [how many are left, is it in stock, how many lamps do you have]
values:
  count: data.count
  pending: size(data.pending)
steps:
  - look_up: stock.count
  - { when: stale && nowMs - asOfMs > 7200000.0, say: old }
  - { when: has(data.pending), say: alsoPending }
  - { say: count }
replies:
  count: There are {count} left.
  old: That was {asOf}, so better ask again.
  alsoPending: And {pending} is still to be done.
`;

const TICKETS = `
playbook: tickets
about: a message
intents:
  tickets.create: [leave a message, write a message for me, I want to leave a message]
  tickets.file: [file a complaint, I want to complain, make a complaint]
values:
  id: data.ticket
steps:
  - when: intent == "tickets.create"
    steps:
      - do: tickets.create
      - say: done
      - done: true
  - { do: tickets.file, deferred: later }
  - say: done
replies:
  done: It is number {id}.
  later: Your complaint will reach us within the hour.
`;

const HUMAN = `
playbook: human
about: a colleague
intents: { human: [get me a human, a real person please, let me speak to somebody] }
steps: [{ hand_over: The caller asks for a colleague. }]
`;

describe('honesty about old data and actions that wait', () => {
  const clock = new FakeClock();
  let told: Told;
  let policy: Policy;
  let conversation: Conversation;
  const connector: Connector = {
    name: 'told',
    call: async () => told.data,
    tell: async () => told,
    close: async () => {},
  };
  const current = (data: Told['data'], more: Partial<Told> = {}): Told => ({
    data,
    state: 'current',
    asOfMs: clock.epochMs(),
    fieldsAsOfMs: {},
    ...more,
  });

  beforeAll(async () => {
    const texts = { SITE, STOCK, TICKETS, HUMAN };
    policy = await createPlaybookPolicy({
      playbooks: compileLibrary(
        Object.entries(texts).map(([name, text]) => ({ name: `${name.toLowerCase()}.yaml`, text })),
      ),
      connector,
      trainNlu: trainNlpjs,
      readSlot,
      clock,
    });
  }, 60_000);
  afterAll(() => policy.close());
  beforeEach(() => {
    conversation = policy.open({
      siteName: 'The Shop',
      language: 'en',
      subject: { customerId: null },
      facts: () => ({}),
      events: () => [],
    });
  });

  const say = async (text: string): Promise<string> => {
    const reply = await conversation.respond({ text, alternatives: [], confidence: 0.95, channel: 'voice' });
    return reply.sentences.map((sentence) => sentence.text).join(' ');
  };
  const minutesAgo = (minutes: number) => clock.epochMs() - minutes * 60_000;

  it('says nothing of the age of what is true now', async () => {
    told = current({ count: 3 });
    expect(await say('how many are left')).toMatch(/^There are 3 left\./);
  });

  it('says how old it is, before it says it', async () => {
    told = current({ count: 3 }, { state: 'stale', asOfMs: minutesAgo(10) });
    expect(await say('how many are left')).toMatch(
      /^The latest I have is from 10 minutes ago\. There are 3 left\./,
    );
  });

  it('lets a playbook decide by the age, and say it in its own words', async () => {
    told = current({ count: 3 }, { state: 'stale', asOfMs: minutesAgo(180) });
    expect(await say('how many are left')).toMatch(/That was 3 hours ago, so better ask again\. There are 3/);
  });

  it('lets a playbook tell what is still to be done', async () => {
    told = current({ count: 3, pending: [{ operation: 'tickets.create', args: {}, notedAtMs: 0 }] });
    expect(await say('how many are left')).toMatch(/^And 1 is still to be done\./);
  });

  it('says of an action that waits that it is noted, and nothing of a result', async () => {
    told = current({}, { state: 'deferred' });
    const reply = await say('leave a message');
    expect(reply).toMatch(/^I've noted that\. .*You don't need to do anything\. .*(else|help)/);
    expect(reply).not.toMatch(/It is number/);
  });

  it('says it in the playbook’s words, where it has some', async () => {
    told = current({}, { state: 'deferred' });
    expect(await say('I want to complain')).toMatch(/^Your complaint will reach us within the hour\./);
  });

  it('says the true result when there is one', async () => {
    told = current({ ticket: 'T-1' });
    expect(await say('leave a message')).toMatch(/^It is number T-1\./);
  });
});

describe('an age', () => {
  const ago = (ms: number, language = 'en') => ageOf(1e12 - ms, 1e12, language);

  it.each([
    [0, '1 minute ago'],
    [89_000, '1 minute ago'],
    [600_000, '10 minutes ago'],
    [7_100_000, '118 minutes ago'],
    [7_200_000, '2 hours ago'],
    [172_800_000, '2 days ago'],
    [-5_000, '1 minute ago'],
  ])('of %i ms is %j', (ms, text) => {
    expect(ago(ms)).toBe(text);
  });

  it.each(LANGUAGES)('can be said in %s', (language) => {
    expect(ago(600_000, language)).toMatch(/10|١٠/);
    expect(speechPhrases(language).asOf[0]).toContain('{value}');
    expect(speechPhrases(language).deferred[0]).toBeTruthy();
  });
});
