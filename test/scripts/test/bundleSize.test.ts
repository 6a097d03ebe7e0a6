import { describe, expect, it } from 'vitest';
import { bundleOf, loadedByOne } from '../../../scripts/test/bundleSize.ts';

describe('the parts of the bundle', () => {
  it('are what the page loads at once, and what the call adds', () => {
    const files: Record<string, string> = {
      '/d/segue.js': "import './ui.js'; const load = () => import('./call.js'); import 'lit';",
      '/d/ui.js': "export * from './strings.js';",
      '/d/strings.js': 'export const hello = 1;',
      '/d/call.js': "import './strings.js'; import './media.js'; new URL('./worklet.js', import.meta.url);",
      '/d/media.js': 'export const media = 1;',
      '/d/worklet.js': 'registerProcessor;',
      '/d/unused.js': '',
    };
    const { launcher, call } = bundleOf('/d/segue.js', (file) => files[file] ?? '');
    expect(launcher.sort()).toEqual(['/d/segue.js', '/d/strings.js', '/d/ui.js']);
    expect(call.sort()).toEqual(['/d/call.js', '/d/media.js', '/d/worklet.js']);
  });

  it('count one language, and nothing that a page has to ask for', () => {
    const sizes: Record<string, number> = {
      '/d/call.js': 100,
      '/d/en-aa.js': 10,
      '/d/ar-bb.js': 12,
      '/d/bridge-cc.js': 5,
    };
    expect(loadedByOne(Object.keys(sizes), (file) => sizes[file] ?? 0)).toBe(112);
  });
});
