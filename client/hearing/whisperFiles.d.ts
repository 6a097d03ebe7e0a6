/** Addresses of what Whisper runs by (vite.config.ts): they lie beside the widget, on its server. */
declare module 'segue:whisper-files' {
  export const workerUrl: string;
  export const wasmUrl: string;
}
