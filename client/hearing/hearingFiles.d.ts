/** Addresses of files that the build makes (vite.config.ts): they lie beside the widget, on its server. */
declare module 'segue:hearing-files' {
  export const processorUrl: string;
  export const weightsUrl: string;
}
