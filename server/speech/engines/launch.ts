import { fork } from 'node:child_process';
import { Worker } from 'node:worker_threads';

/** A thread or a process of an engine that runs. */
export type Running<In> = {
  post(message: In, transfer: ArrayBuffer[]): void;
  /** Ends it at once, whatever it does. */
  end(): Promise<unknown>;
};

export type RunningEvents = {
  message: (message: unknown) => void;
  /** The last event; with what went wrong, as far as it is told. */
  ended: (problem: string) => void;
};

export type Launch = <In>(script: URL, data: unknown, on: RunningEvents) => Running<In>;

/** `data` is the thread's `workerData`. */
export const launchThread: Launch = (script, data, on) => {
  const worker = new Worker(script, {
    workerData: data,
    // The main thread's flags (a test runner's loaders among them) are no business of the engines.
    execArgv: [],
    stdout: false,
    // Engines make little garbage; the default young generation would only cost memory.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  worker.unref();
  let problem = 'The thread ended.';
  worker.on('message', on.message);
  worker.on('error', (error) => {
    problem = error instanceof Error ? error.message : String(error);
  });
  worker.on('exit', () => on.ended(problem));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    end: () => worker.terminate(),
  };
};

/** `data` is the first message that the process gets. A crash in native code ends it and nothing else. */
export const launchProcess: Launch = (script, data, on) => {
  const child = fork(script, {
    execArgv: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1'],
    // Samples stay bytes.
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let told = false;
  const ended = Promise.withResolvers<void>();
  const end = (problem: string): void => {
    if (told) return;
    told = true;
    ended.resolve();
    on.ended(problem);
  };
  child.on('message', on.message);
  child.on('error', (error) => end(error.message));
  child.on('exit', (code, signal) => end(`The process ended with ${signal ?? code}.`));
  const send = (message: unknown): void => {
    // What cannot be sent is lost with the process, and that is told by its end.
    if (child.connected) child.send(message as object, () => {});
  };
  send(data);
  return {
    post: send,
    end() {
      child.kill('SIGKILL');
      return ended.promise;
    },
  };
};
