/**
 * The direction of imports, one table. A file belongs to the first row whose pattern fits its path; it may
 * import from its own row and from rows further down. Paths are relative to the project, with slashes.
 */
export type Layer = { name: string; files: RegExp };

export const layers: Layer[] = [
  { name: 'main', files: /^server\/main\.ts$/ },
  { name: 'app', files: /^server\/app(\.ts$|\/)/ },
  // Engines, adapters and drivers stand aside: they see everything below the composition root that their
  // own folder may see, and only the composition root sees them (a rule of its own).
  { name: 'shared', files: /^shared\// },
  { name: 'basics', files: /^server\/(config|lifecycle|sites)\.ts$|^server\/(telemetry|yaml)\// },
  { name: 'port', files: /^server\/speech\/(stt|tts|vad)\.ts$/ },
  { name: 'port', files: /^server\/audio\/(codec|player)\.ts$/ },
  { name: 'port', files: /^server\/records\/connector\.ts$/ },
  { name: 'port', files: /^server\/storage\/[^/]+Store\.ts$/ },
  { name: 'edge', files: /^server\/edge\// },
  { name: 'call, channels', files: /^server\/(call|channels)\// },
  { name: 'dialog, turns, verification', files: /^server\/(dialog|turns|verification)\// },
  { name: 'context, records', files: /^server\/(context|records)\// },
  { name: 'ledger', files: /^server\/ledger\// },
  { name: 'media, audio, speech, storage', files: /^server\/(media|audio|speech|storage|bus)\// },
];

/** From the top down; "may import" is "stands at the same place or further right". */
export const order = [
  'main',
  'app',
  'edge',
  'call, channels',
  'dialog, turns, verification',
  'context, records',
  'ledger',
  'media, audio, speech, storage',
  'port',
  'basics',
  'shared',
];

/** The layer of a server or shared file; null for a file that the table does not know. */
export function layerOf(file: string): string | null {
  return layers.find(({ files }) => files.test(file))?.name ?? null;
}

/** Implementations of ports. */
export const ENGINES = /^(server\/.+\/(?:engines|adapters|drivers))\//;
