import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands for the Segue server on its own origin: an element that writes down what the page tells it. */
const MODULE = `
customElements.define('segue-voice', class extends HTMLElement {
  told = [];
  set identity(token) { this.told.push(['identity', token]); }
  set context(facts) { this.told.push(['context', facts]); }
  track(name, data) { this.told.push(['track', name, data]); }
});`;

export async function startSegueStub(): Promise<{ origin: string; close(): void }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' });
    response.end(MODULE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
