const silent = (): void => {};

/** Stands in for mediasoup-client's logger in the bundle: errors reach us as rejections and states. */
export class Logger {
  readonly debug = silent;
  readonly warn = silent;
  readonly error = silent;
}
