/**
 * The whole integration of Segue, beside the two lines of markup: tells the element who the visitor is, what the page
 * shows and what has just happened. The page's facts stand in a data block that the server writes.
 */
const RENEW_EARLY_MS = 60_000;

/** @typedef {HTMLElement & { identity: string, context: object, track(name: string, data?: object): void }} Voice */
const voice = /** @type {Voice} */ (document.querySelector('segue-voice'));
const facts = JSON.parse(document.querySelector('#page-facts')?.textContent ?? '{}');

await customElements.whenDefined('segue-voice');
if (facts.signedIn) await identify();
voice.context = facts.context;
for (const { name, data } of facts.events) voice.track(name, data);

/** Fetches a signed identity from the shop's own back end, and the next one before this one expires. */
async function identify() {
  const response = await fetch('/account/voice-identity').catch(() => null);
  if (response?.status !== 200) return;
  const { token, expiresInMs } = await response.json();
  voice.identity = token;
  setTimeout(identify, expiresInMs - RENEW_EARLY_MS);
}
