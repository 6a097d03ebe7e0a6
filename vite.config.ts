import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { modelDir, userCacheDir } from './shared/cache.ts';
import { packLid } from './shared/lid/packedLid.ts';
import { readTensorBundle } from './shared/lid/tensorBundle.ts';
import { readOnnxWeights } from './shared/vad/onnxWeights.ts';
import { packWeights } from './shared/vad/packedWeights.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** In bytes: the entry only names the launcher. */
const WORTH_COMPRESSING = 1024;
const TOO_LARGE_FOR_BROTLI = 4_000_000;
const BROWSERS = ['chrome111', 'edge111', 'firefox120', 'safari16.4'];

/**
 * mediasoup-client without what a voice call in a current browser never runs: handlers of old and native platforms
 * and H.264 profiles. Its debug logger goes too: it reads the page's localStorage.
 */
function leanMediasoupClient(): Plugin {
  const empty = '\0empty-media-module';
  return {
    name: 'lean-mediasoup-client',
    enforce: 'pre',
    resolveId(source, importer) {
      if (source === 'mediasoup-client') return here('node_modules/mediasoup-client/lib/Device.js');
      if (source === 'debug') return here('client/media/quietDebug.ts');
      if (!importer?.includes('node_modules/mediasoup-client/')) return null;
      const unused =
        /\/handlers\/(Chrome74|ReactNative106)$/.test(source) || source === 'h264-profile-level-id';
      return unused ? empty : null;
    },
    load: (id) => (id === empty ? 'export {};' : null),
  };
}

/** The page is somebody else's: a lazy chunk is imported and nothing is put into its head. */
function plainDynamicImports(): Plugin {
  return {
    name: 'plain-dynamic-imports',
    enforce: 'pre',
    load: (id) =>
      id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load();' : null,
  };
}

/**
 * The device's ears (client/hearing): a module for the AudioWorklet, and the voice detector's weights as the page needs
 * them. Both lie beside the widget under hashed names.
 */
function hearingFiles(): Plugin {
  const name = 'segue:hearing-files';
  const model = here('node_modules/@ricky0123/vad-web/dist/silero_vad_v5.onnx');
  return {
    name: 'hearing-files',
    resolveId: (source) => (source === name ? `\0${name}` : null),
    load(id) {
      if (id !== `\0${name}`) return null;
      const weights = packWeights(readOnnxWeights(readFileSync(model)));
      const processor = this.emitFile({ type: 'chunk', id: here('client/hearing/earsProcessor.ts') });
      const asset = this.emitFile({ type: 'asset', name: 'ears.bin', source: weights });
      let languageUrl = 'null';
      try {
        const { packed, licence } = languageModel();
        this.emitFile({ type: 'asset', name: 'language-LICENSE.txt', source: licence });
        const language = this.emitFile({ type: 'asset', name: 'language.bin', source: packed });
        languageUrl = `import.meta.ROLLUP_FILE_URL_${language}`;
      } catch (error) {
        this.warn(`The widget is built without the language model: ${(error as Error).message}`);
      }
      return `export const languageUrl = ${languageUrl};
export const processorUrl = import.meta.ROLLUP_FILE_URL_${processor};
export const weightsUrl = import.meta.ROLLUP_FILE_URL_${asset};`;
    },
  };
}

/** RNNoise, for elements that ask for it: its worklet and its WebAssembly as the package has them. */
function denoiserFiles(): Plugin {
  const name = 'segue:denoiser-files';
  const file = (path: string) => readFileSync(here(`node_modules/@sapphi-red/web-noise-suppressor/${path}`));
  return {
    name: 'denoiser-files',
    resolveId: (source) => (source === name ? `\0${name}` : null),
    load(id) {
      if (id !== `\0${name}`) return null;
      const asset = (as: string, path: string) =>
        this.emitFile({ type: 'asset', name: as, source: file(path) });
      const processor = asset('rnnoise.js', 'dist/rnnoise/workletProcessor.js');
      const wasm = asset('rnnoise.wasm', 'dist/rnnoise_simd.wasm');
      asset('rnnoise-LICENSE.txt', 'LICENSE');
      return `export const processorUrl = import.meta.ROLLUP_FILE_URL_${processor};
export const wasmUrl = import.meta.ROLLUP_FILE_URL_${wasm};`;
    },
  };
}

/** Whisper, for elements that ask for it: a worker with Transformers.js, and the runtime's WebAssembly. */
function whisperFiles(): Plugin {
  const name = 'segue:whisper-files';
  const runtime = here('node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm');
  return {
    name: 'whisper-files',
    resolveId: (source) => (source === name ? `\0${name}` : null),
    load(id) {
      if (id !== `\0${name}`) return null;
      const worker = this.emitFile({ type: 'chunk', id: here('client/hearing/whisperWorker.ts') });
      const wasm = this.emitFile({ type: 'asset', name: 'whisper.wasm', source: readFileSync(runtime) });
      return `export const workerUrl = import.meta.ROLLUP_FILE_URL_${worker};
export const wasmUrl = import.meta.ROLLUP_FILE_URL_${wasm};`;
    },
  };
}

/** The language model as the page needs it, and its licence; throws where set-up does not have it, or it is damaged. */
function languageModel(): { packed: Uint8Array; licence: Uint8Array } {
  const read = (file: string) => readFileSync(join(modelDir(userCacheDir(), 'zkm-lid'), file));
  const packed = packLid(readTensorBundle(read('variables.index'), read('variables.data')));
  return { packed, licence: read('LICENSE.txt') };
}

/** Compresses once, as well as it can be done, what is sent a million times. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    enforce: 'post',
    writeBundle(options, bundle) {
      for (const name of Object.keys(bundle)) {
        const file = join(options.dir ?? '.', name);
        const bytes = readFileSync(file);
        if (bytes.length < WORTH_COMPRESSING) continue;
        // Fourteen megabytes of WebAssembly would take half a minute.
        const large = bytes.length >= TOO_LARGE_FOR_BROTLI;
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: large ? 6 : 9 }));
        if (!large) writeFileSync(`${file}.br`, brotliCompressSync(bytes));
      }
    },
  };
}

export default defineConfig({
  // Of the runtime only what computes by WebAssembly.
  resolve: { alias: { 'onnxruntime-web/webgpu': 'onnxruntime-web/wasm' } },
  root: here('.'),
  base: './',
  publicDir: false,
  logLevel: 'warn',
  plugins: [
    leanMediasoupClient(),
    plainDynamicImports(),
    hearingFiles(),
    denoiserFiles(),
    whisperFiles(),
    precompress(),
  ],
  build: {
    outDir: here('dist/client'),
    emptyOutDir: true,
    target: BROWSERS,
    cssTarget: BROWSERS,
    modulePreload: false,
    rolldownOptions: {
      input: { segue: here('client/segue.ts') },
      preserveEntrySignatures: 'exports-only',
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'segue/[name]-[hash].js',
        assetFileNames: 'segue/[name]-[hash][extname]',
        // One chunk under a hashed name holds the launcher, so that the call stack never imports the entry: the
        // page may have loaded that under another address, or from before a deployment.
        codeSplitting: {
          groups: [
            {
              name: 'launcher',
              test: /client\/widget\/|node_modules\/(lit|lit-html|lit-element|@lit\/reactive-element)\/(?!.*directive)/,
            },
          ],
        },
      },
    },
  },
});
