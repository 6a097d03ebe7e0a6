/** Addresses of RNNoise's files (vite.config.ts): they lie beside the widget, on its server. */
declare module 'segue:denoiser-files' {
  export const processorUrl: string;
  /** WebAssembly with SIMD, which every browser of the element has. */
  export const wasmUrl: string;
}
