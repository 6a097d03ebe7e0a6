import { describe, expect, it } from 'vitest';
import { FakeSegueServer } from '../../fakes/segueServer.ts';
import { launchBrowser } from '../browser.ts';
import { ONCE, widgetSkipReason, widgetStage } from './stage.ts';
import { Visit, type VisitOptions } from './visit.ts';

type Voice = HTMLElement & {
  state: string;
  hangUp(): Promise<void>;
  sendText(text: string): Promise<void>;
};

describe.skipIf(widgetSkipReason())('a call in writing', () => {
  const stage = widgetStage({ voice: false });

  const write = async (options: VisitOptions = {}) => {
    const page = await stage.open(options);
    await page.locator('.launcher').click();
    await page.getByRole('button', { name: 'Type instead' }).click();
    await stage.visit.reaches('live');
    return page;
  };

  it('costs the page only the launcher until somebody shows an interest, and one language then', async () => {
    const page = await stage.open();
    const scripts = () =>
      page.evaluate(() =>
        performance
          .getEntriesByType('resource')
          .map(({ name }) => new URL(name).pathname)
          .filter((path) => path.startsWith('/segue')),
      );
    expect((await scripts()).map((path) => path.replace(/-[\w-]{8}\.js/, '.js'))).toEqual([
      '/segue.js',
      '/segue/launcher.js',
    ]);
    await page.locator('.launcher').hover();
    await expect.poll(async () => (await scripts()).length).toBe(5);
    const more = (await scripts()).slice(2).map((path) => path.replace(/-[\w-]{8}\.js/, '.js'));
    expect(more.toSorted()).toEqual(['/segue/callStack.js', '/segue/en.js', '/segue/rolldown-runtime.js']);
    expect(stage.server.sessions).toEqual([]);
  });

  it('is what a refused microphone leads to, with a kind word', async () => {
    const page = await stage.open({ microphone: 'prompt' });
    await page.locator('.launcher').click();
    // A browser without a window refuses by itself.
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await stage.visit.reaches('live');
    expect(await stage.server.next('call.start')).toEqual({ media: false, wait: false });
    await page.locator('.note').getByText('so let’s write. You can allow it').waitFor();
    await page.getByRole('status').getByText('so let’s write. You can allow it').waitFor();
    expect((await stage.visit.told('segue-error'))[0]?.detail.code).toBe('MICROPHONE_UNAVAILABLE');
  });

  it('is what a machine without a microphone gets', async () => {
    const bare = await launchBrowser({ microphone: 'none' });
    try {
      await stage.talk({}, bare);
      await stage.visit.page.locator('.note').getByText('No microphone was found').waitFor();
    } finally {
      await stage.visit.close();
      await bare.close();
      await stage.open();
    }
  });

  it('does not ask for the microphone when the server has no voice', async () => {
    const silent = await FakeSegueServer.start({ voice: false });
    try {
      stage.visit = await Visit.open(stage.browser, silent);
      await stage.visit.page.locator('.launcher').click();
      await stage.visit.reaches('live');
      await stage.visit.page.locator('.note').getByText('Talking is not available right now').waitFor();
      expect(await silent.next('call.start')).toEqual({ media: false, wait: false });
    } finally {
      await silent.close();
    }
  });

  it('starts by sendText alone, before anything of the call is loaded', async () => {
    const page = await stage.open();
    await page.evaluate(() =>
      (document.querySelector('segue-voice') as Voice).sendText('  Where is my order? '),
    );
    expect(await stage.server.next('call.start')).toEqual({ media: false, wait: false });
    expect(await stage.server.next('text.send')).toEqual({ text: 'Where is my order?', id: ONCE });
    expect((await stage.visit.told('segue-state')).map(({ detail }) => detail.state)).toEqual([
      'connecting',
      'live',
    ]);
  });

  it('does not cost the visitor the call when the page claims nonsense', async () => {
    const page = await stage.open();
    stage.server.refusals.set('session', 'CONTEXT_INVALID');
    await page.evaluate(() => (document.querySelector('segue-voice') as Voice).sendText('Hello'));
    expect(stage.server.sessions[0]).toMatchObject({ context: {}, events: [] });
    expect((await stage.visit.told('segue-error'))[0]?.detail.code).toBe('CONTEXT_INVALID');
  });

  it('replaces partial lines in place and announces only what the assistant has finished', async () => {
    const page = await write();
    stage.server.say({ id: 'a', text: 'Your par', final: false });
    stage.server.say({ id: 'b', speaker: 'caller', text: 'Thanks' });
    await page.getByRole('log').getByText('Thanks').waitFor();
    const announced = page.locator('[aria-live="polite"]');
    expect((await announced.textContent())?.trim()).toBe('');
    stage.server.say({ id: 'a', text: 'Your parcel is on its way.' });
    await announced.getByText('Your parcel is on its way.').waitFor();
    expect(await page.locator('.said').allTextContents()).toEqual(['Your parcel is on its way.', 'Thanks']);
    expect((await stage.visit.told('segue-transcript')).map(({ detail }) => detail.id)).toEqual([
      'a',
      'b',
      'a',
    ]);
  });

  it('stays where the visitor has scrolled to, and offers the way to the end', async () => {
    const page = await write();
    for (let i = 0; i < 30; i += 1) stage.server.say({ id: `l${i}`, text: `Line ${i} of a long story.` });
    await page.getByRole('log').getByText('Line 29').waitFor();
    const log = page.getByRole('log');
    const fromEnd = () => log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
    expect(await fromEnd()).toBeLessThan(5);
    await log.evaluate((box) => box.scrollTo(0, 0));
    const toEnd = page.getByRole('button', { name: 'Go to the latest line' });
    await toEnd.waitFor();
    stage.server.say({ id: 'last', text: 'One more.' });
    await log.getByText('One more.').waitFor();
    expect(await log.evaluate((box) => box.scrollTop)).toBe(0);
    await toEnd.click();
    await expect.poll(fromEnd).toBeLessThan(5);
  });

  it('offers digits, writing, a call back and a person when the server does', async () => {
    const page = await write();
    stage.server.offer({ kinds: ['keys', 'text', 'callBack', 'human'], label: 'Your order number' });
    const keypad = page.getByRole('group', { name: 'Keypad' });
    await keypad.getByRole('button', { name: '1', exact: true }).click();
    await page.keyboard.type('0427');
    await page.keyboard.press('Backspace');
    expect(await keypad.getByRole('status').textContent()).toBe('1042');
    await keypad.getByRole('button', { name: 'Send digits' }).click();
    expect(await stage.server.next('text.send')).toEqual({ text: '1042', id: ONCE });
    await page.getByRole('button', { name: 'Talk to a person' }).click();
    expect(await stage.server.next('text.send')).toEqual({
      text: 'I would like to talk to a person, please.',
      id: ONCE,
    });
    await page.getByRole('button', { name: 'Call me back' }).click();
    expect(await stage.server.next('text.send')).toEqual({ text: 'Please call me back later.', id: ONCE });
    stage.server.offer({ kinds: ['text'], label: 'Your e-mail address' });
    await page.getByRole('button', { name: 'Type it' }).click();
    await page.keyboard.type('maria@example.com');
    await page.keyboard.press('Enter');
    expect(await stage.server.next('text.send')).toEqual({ text: 'maria@example.com', id: ONCE });
    expect(await page.getByRole('textbox', { name: 'Your e-mail address' }).inputValue()).toBe('');
  });

  it('gives back what could not be sent', async () => {
    const page = await write();
    stage.server.refusals.set('text.send', 'RATE_LIMITED');
    const field = page.getByRole('textbox');
    await field.fill('Hello?');
    await field.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await field.inputValue()).toBe('Hello?');
  });

  it('gives back with the end of the call what did not get through, for the next one', async () => {
    const page = await write();
    stage.server.away = true;
    stage.server.cut();
    await stage.visit.reaches('reconnecting');
    const field = page.getByRole('textbox');
    for (const text of ['Where is', 'my order?']) {
      await field.fill(text);
      await field.press('Enter');
    }
    await field.fill('It is late.');
    await page.locator('.hang-up').click();
    await page.getByRole('alert').getByText('That was not sent.').waitFor();
    stage.server.away = false;
    await stage.server.next('call.hangUp');
    await page.getByRole('button', { name: 'Call again' }).click();
    await page.getByRole('button', { name: 'Type instead' }).click();
    await stage.visit.reaches('live');
    expect(await field.inputValue()).toBe('Where is my order? It is late.');
  });

  it('is over on a page that hangs up as soon as it is there, as after signing out', async () => {
    const page = await write();
    await page.addInitScript(() => {
      void customElements
        .whenDefined('segue-voice')
        .then(() => (document.querySelector('segue-voice') as Voice).hangUp());
    });
    await page.reload();
    await stage.server.next('call.hangUp');
    await stage.visit.reaches('ended');
    expect(stage.server.received.map(({ name }) => name)).not.toContain('call.attach');
    await expect.poll(() => stage.server.connected).toBe(0);
  });

  it('sends on the next page what did not get through on this one', async () => {
    const page = await write();
    stage.server.away = true;
    stage.server.cut();
    await stage.visit.reaches('reconnecting');
    await page.getByRole('textbox').fill('Where is my order?');
    await page.keyboard.press('Enter');
    await page.reload();
    stage.server.away = false;
    expect(await stage.server.next('text.send')).toEqual({ text: 'Where is my order?', id: ONCE });
    await stage.visit.reaches('live');
  });

  it('ends when the assistant says so, and can be had again', async () => {
    const page = await write();
    stage.server.say({ id: 'a', text: 'Goodbye.' });
    stage.server.tell('call.state', { state: 'ended', reason: 'assistant' });
    await stage.visit.reaches('ended');
    expect((await stage.visit.told('segue-state')).at(-1)?.detail).toEqual({
      state: 'ended',
      reason: 'assistant',
    });
    await page.getByRole('button', { name: 'Call again' }).click();
    await page.getByRole('button', { name: 'Type instead' }).click();
    await stage.visit.reaches('live');
  });
});
