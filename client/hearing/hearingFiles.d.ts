/** Addresses of files that the build makes (vite.config.ts): they lie beside the widget, on its server. */
declare module 'segue:hearing-files' {
  export const processorUrl: string;
  export const weightsUrl: string;
  /** Null where the server was set up without the language model. */
  export const languageUrl: string | null;
}
