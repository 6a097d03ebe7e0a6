import { circles, type Edge, edges, pathTo, type Sources } from './graph.ts';
import { ENGINES, layerOf, order } from './layers.ts';

const MAX_LINES = 400;
/** The only files that know which engine stands behind a port. */
const COMPOSITION_ROOT = /^server\/app(\.ts$|\/)/;

const part = (file: string) => file.split('/')[0] ?? '';

/** Which of the four parts may import from which; shared speaks for itself only. */
const ALLOWED_PARTS: Record<string, string[]> = {
  client: ['client', 'shared'],
  server: ['server', 'shared'],
  demo: ['demo', 'shared'],
  shared: ['shared'],
};

const isOurs = (file: string) => Object.hasOwn(ALLOWED_PARTS, part(file));

function partRule({ from, to }: Edge): string[] {
  if (!isOurs(to) || ALLOWED_PARTS[part(from)]?.includes(part(to))) return [];
  return [`${from}: ${part(from)} must not import from ${part(to)} (${to})`];
}

function engineRule({ from, to }: Edge): string[] {
  const engines = ENGINES.exec(to)?.[1];
  if (!engines || COMPOSITION_ROOT.test(from) || from.startsWith(`${engines}/`)) return [];
  return [`${from}: only server/app.ts and server/app/ import engines (${to})`];
}

function directionRule({ from, to }: Edge): string[] {
  if (part(from) !== 'server' || !['server', 'shared'].includes(part(to)) || ENGINES.test(to)) return [];
  const [above, below] = [layerOf(from), layerOf(to)];
  if (!above || !below) return [];
  if (order.indexOf(above) <= order.indexOf(below)) return [];
  return [`${from}: layer "${above}" must not import from layer "${below}" above it (${to})`];
}

/** Loaded as ES modules it costs the start half a second; its one door says why. */
function drizzleRule({ from, to, type }: Edge): string[] {
  if (type || !/^drizzle-orm($|\/)/.test(to)) return [];
  return [`${from}: drizzle-orm is loaded by server/storage/drizzle.ts only`];
}

function placeRule(file: string): string[] {
  if (part(file) !== 'server' || layerOf(file)) return [];
  return [`${file}: stands in no layer of test/architecture/layers.ts`];
}

function sizeRule(file: string, source: string): string[] {
  const lines = source.split('\n').length - 1;
  return lines > MAX_LINES ? [`${file}: has ${lines} lines, more than ${MAX_LINES}`] : [];
}

function nameRule(file: string): string[] {
  return /(^|\/)utils?\.ts$/.test(file) ? [`${file}: a file is named after its one noun, not "utils"`] : [];
}

function zodRule(all: Edge[], files: string[]): string[] {
  const values = all.filter((edge) => !edge.type);
  const way = pathTo(
    values,
    files.filter((file) => part(file) === 'client'),
    (file) => file === 'zod' || file.startsWith('zod/'),
  );
  return way ? [`${way[0]}: the client must not load zod (${way.join(' → ')})`] : [];
}

/** Every breach of the house's rules, each naming its file. */
export function breaches(sources: Sources): string[] {
  const all = edges(sources);
  const files = [...sources.keys()];
  return [
    ...all.flatMap((edge) => [
      ...partRule(edge),
      ...engineRule(edge),
      ...directionRule(edge),
      ...drizzleRule(edge),
    ]),
    ...files.flatMap((file) => [
      ...placeRule(file),
      ...sizeRule(file, sources.get(file) ?? ''),
      ...nameRule(file),
    ]),
    ...circles(all).map((way) => `${way[0]}: import circle ${way.join(' → ')}`),
    ...zodRule(all, files),
  ];
}
