import type { Shop } from '../../../demo/shop.ts';
import type { JsonObject } from '../../../shared/json.ts';

export type Visited = {
  status: number;
  path: string;
  text: string;
  /** What the page tells the assistant. */
  facts: { signedIn: boolean; context: JsonObject; events: { name: string; data: JsonObject }[] };
};

/** A browser without scripts: keeps its cookie, follows redirects. */
export class Visit {
  readonly #shop: Shop;
  #cookie = '';

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  get(path: string): Promise<Visited> {
    return this.#go(path, {});
  }

  post(
    path: string,
    form: Record<string, string> = {},
    headers: Record<string, string> = {},
  ): Promise<Visited> {
    return this.#go(path, { method: 'POST', body: new URLSearchParams(form), headers });
  }

  async raw(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.#cookie) headers.set('cookie', this.#cookie);
    const response = await fetch(this.#shop.origin + path, { redirect: 'manual', ...init, headers });
    const [cookie] = response.headers.getSetCookie();
    if (cookie) this.#cookie = cookie.split(';')[0] ?? '';
    return response;
  }

  async #go(path: string, init: RequestInit): Promise<Visited> {
    const response = await this.raw(path, init);
    const location = response.headers.get('location');
    if (location) {
      await response.body?.cancel();
      return this.#go(location, {});
    }
    const text = await response.text();
    const facts = /id="page-facts">(.*?)<\/script>/s.exec(text)?.[1] ?? '{}';
    return { status: response.status, path, text, facts: JSON.parse(facts) };
  }
}
