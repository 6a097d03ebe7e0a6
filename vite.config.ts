import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const BROWSERS = ['chrome111', 'edge111', 'firefox120', 'safari16.4'];

/**
 * mediasoup-client without what a voice call in a current browser never runs: old and native handlers, H.264
 * profiles, the debug logger (it reads the page's localStorage), data channels' fakes.
 */
function leanMediasoupClient(): Plugin {
  const empty = '\0empty-media-module';
  return {
    name: 'lean-mediasoup-client',
    enforce: 'pre',
    resolveId(source, importer) {
      if (source === 'mediasoup-client') return here('node_modules/mediasoup-client/lib/Device.js');
      if (!importer?.includes('node_modules/mediasoup-client/')) return null;
      if (/\/handlers\/(Chrome74|ReactNative106)$/.test(source) || source === 'h264-profile-level-id') return empty;
      if (/\/Logger$/.test(source)) return here('client/media/quietLogger.ts');
      return null;
    },
    load: (id) => (id === empty ? 'export {};' : null),
  };
}

export default defineConfig({
  root: here('.'),
  base: './',
  publicDir: false,
  logLevel: 'warn',
  plugins: [leanMediasoupClient()],
  build: {
    outDir: here('dist/client'),
    emptyOutDir: true,
    target: BROWSERS,
    cssTarget: BROWSERS,
    // The page is somebody else's: nothing is preloaded into its head.
    modulePreload: false,
    rolldownOptions: {
      input: { segue: here('client/segue.ts') },
      preserveEntrySignatures: 'exports-only',
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'segue/[name]-[hash].js',
        // One chunk under a hashed name holds the launcher, so that the call stack never imports the entry: the
        // page may have loaded that under another address, or from before a deployment.
        codeSplitting: {
          groups: [{ name: 'launcher', test: /client\/widget\/|node_modules\/(lit|@lit)\// }],
        },
      },
    },
  },
});
