import koffi from 'koffi';

/** Address of a native object; koffi 3 hands pointers out as integers, so that threads can share them. */
export type Pointer = bigint;

/** The functions of libvosk that are used; see `vosk_api.h` of the library. */
export type VoskLibrary = {
  setLogLevel(level: number): void;
  /** Null when the folder holds no usable model. */
  newModel(folder: string): Pointer | null;
  /** Number of a word; negative when the model does not know it. */
  findWord(model: Pointer, word: string): number;
  newRecogniser(model: Pointer, sampleRate: number): Pointer | null;
  /** `phrases` as a JSON array: nothing else is recognised. Null when the model's graph is fixed. */
  newSpotter(model: Pointer, sampleRate: number, phrases: string): Pointer | null;
  setWords(recogniser: Pointer, on: number): void;
  setMaxAlternatives(recogniser: Pointer, count: number): void;
  /** Samples in the range of 16-bit integers; negative on failure. */
  accept(recogniser: Pointer, samples: Float32Array, length: number): number;
  partialResult(recogniser: Pointer): string;
  /** Ends the segment; the recogniser keeps what it learned of the voice. */
  result(recogniser: Pointer): string;
  freeRecogniser(recogniser: Pointer): void;
};

/** Loads the library; throws when it is not one. */
export function openVoskLibrary(file: string): VoskLibrary {
  const library = koffi.load(file);
  return {
    setLogLevel: library.func('void vosk_set_log_level(int)'),
    newModel: library.func('void *vosk_model_new(const char *)'),
    findWord: library.func('int vosk_model_find_word(void *, const char *)'),
    newRecogniser: library.func('void *vosk_recognizer_new(void *, float)'),
    newSpotter: library.func('void *vosk_recognizer_new_grm(void *, float, const char *)'),
    setWords: library.func('void vosk_recognizer_set_words(void *, int)'),
    setMaxAlternatives: library.func('void vosk_recognizer_set_max_alternatives(void *, int)'),
    accept: library.func('int vosk_recognizer_accept_waveform_f(void *, float *, int)'),
    partialResult: library.func('const char *vosk_recognizer_partial_result(void *)'),
    result: library.func('const char *vosk_recognizer_result(void *)'),
    freeRecogniser: library.func('void vosk_recognizer_free(void *)'),
  };
}

/** Gives memory that recognisers have freed back to the system where the C library can (glibc); a no-op elsewhere. */
export function memoryTrimmer(): () => void {
  if (process.platform !== 'linux') return () => {};
  try {
    const trim = koffi.load('libc.so.6').func('int malloc_trim(size_t)') as (keep: number) => number;
    return () => void trim(0);
  } catch {
    return () => {};
  }
}
