/** A customer's page on its own origin, under a strict policy, with the widget in it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { FakeSegueServer } from '../../fakes/segueServer.ts';

export type VisitOptions = {
  attributes?: string;
  /** More of the page's body. */
  body?: string;
  lang?: string;
  /** Whether the page's policy allows WebAssembly. */
  wasm?: boolean;
  /** Whether it allows workers of its own making; then it asks for no trusted types either. */
  workers?: boolean;
  context?: BrowserContextOptions;
  /** Granted beforehand, as by a visitor who has called before. */
  microphone?: 'granted' | 'prompt';
  /** Before the page is opened. */
  prepare?: (context: BrowserContext) => Promise<void>;
};

/** A page and what its visitor can reach; closing it closes the page's server too. */
export class Visit {
  page: Page;
  readonly #server: Server;

  private constructor(page: Page, server: Server) {
    this.page = page;
    this.#server = server;
  }

  static async open(browser: Browser, segue: FakeSegueServer, options: VisitOptions = {}): Promise<Visit> {
    const { attributes = '', body = '', lang = 'en' } = options;
    const ws = segue.url.replace('http', 'ws');
    // No inline script, no inline style, no blob:, no eval, no image and no font.
    const wasm = options.wasm ? " 'wasm-unsafe-eval'" : '';
    const worker = options.workers ? 'worker-src blob:' : "require-trusted-types-for 'script'";
    const policy = `default-src 'none'; script-src 'self' ${segue.url}${wasm}; connect-src ${segue.url} ${ws}; style-src 'none'; ${worker}; trusted-types lit-html; base-uri 'none'; form-action 'none'`;
    const html = `<!doctype html><html lang="${lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Returns – Harbour &amp; Pine</title>
<script src="/watch.js"></script><script type="module" src="${segue.url}/segue.js"></script></head>
<body><main><h1>Your return</h1><p>Order 10427</p>${body}<segue-voice ${attributes} server="${segue.url}"></segue-voice></main></body></html>`;
    const watch = `window.violations = [];
document.addEventListener('securitypolicyviolation', (e) => window.violations.push(e.effectiveDirective + ' ' + e.blockedURI + ' ' + (e.sample || '')));
window.told = [];
for (const name of ['segue-state', 'segue-transcript', 'segue-speech', 'segue-language', 'segue-error'])
  document.addEventListener(name, (e) => window.told.push({ name, detail: e.detail, from: e.target.id || e.target.localName }));`;
    const server = createServer((request, response) => {
      response.setHeader('content-security-policy', policy);
      const script = request.url === '/watch.js';
      response.setHeader('content-type', script ? 'text/javascript' : 'text/html; charset=utf-8');
      response.end(script ? watch : html);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options.context });
    if (options.microphone === 'granted') await context.grantPermissions(['microphone'], { origin });
    await options.prepare?.(context);
    const page = await context.newPage();
    await page.goto(`${origin}/returns`);
    await page.waitForFunction(() => customElements.get('segue-voice') !== undefined);
    return new Visit(page, server);
  }

  /** The visitor goes on in another tab of the same site. */
  follow(page: Page): void {
    this.page = page;
  }

  /** What the page's policy has refused; must stay empty. */
  violations(): Promise<string[]> {
    return this.page.evaluate(() => (window as unknown as { violations: string[] }).violations);
  }

  /** Public events that have reached the document. */
  told(name: string): Promise<{ detail: Record<string, unknown>; from: string }[]> {
    return this.page.evaluate(
      (wanted) =>
        (
          window as unknown as { told: { name: string; detail: Record<string, unknown>; from: string }[] }
        ).told.filter((event) => event.name === wanted),
      name,
    );
  }

  /** Waits until the element is in a state. */
  async reaches(state: string, selector = 'segue-voice'): Promise<void> {
    await this.page.waitForFunction(
      ([wanted, where]) =>
        (document.querySelector(where as string) as { state?: string } | null)?.state === wanted,
      [state, selector],
      { timeout: 15_000 },
    );
  }

  async close(): Promise<void> {
    await this.page.context().close();
    this.#server.close();
  }
}
