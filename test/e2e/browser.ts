/** One Chromium for the end-to-end tests, with a microphone that plays a file. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const QUIET = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Path of a Chromium on this machine: `SEGUE_CHROMIUM`, else where systems keep one; null if there is none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | null {
  const paths = env.SEGUE_CHROMIUM ? [env.SEGUE_CHROMIUM] : CANDIDATES;
  return paths.find((path) => existsSync(path)) ?? null;
}

/** Why browser tests cannot run here, printed once; null if they can. For `describe.skipIf(skipReason())`. */
export function browserSkipReason(): string | null {
  if (findChromium()) return null;
  const reason = 'no Chromium: set SEGUE_CHROMIUM or run npm run setup';
  console.warn(`skipped: ${reason}`);
  return reason;
}

export type BrowserOptions = {
  /** 48 kHz mono PCM WAV played as the microphone; without it, Chromium's own beeps. */
  microphoneWav?: string;
  /** Play the file once instead of in a loop. */
  once?: boolean;
  /** `none`: the machine has no microphone. */
  microphone?: 'fake' | 'none';
  /** Sound may start without a gesture of the visitor; on by default. */
  autoplay?: boolean;
  args?: string[];
};

/** Starts Chromium without a window. Microphone permission is the context's: `grantPermissions(['microphone'])`. */
export async function launchBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('There is no Chromium on this machine.');
  const args = [...QUIET, ...(options.args ?? [])];
  if (options.microphone !== 'none') {
    args.push('--use-fake-device-for-media-stream');
    if (options.microphoneWav) {
      args.push(`--use-file-for-fake-audio-capture=${options.microphoneWav}${options.once ? '%noloop' : ''}`);
    }
  }
  if (options.autoplay !== false) args.push('--autoplay-policy=no-user-gesture-required');
  return await chromium.launch({ executablePath, headless: true, args });
}
