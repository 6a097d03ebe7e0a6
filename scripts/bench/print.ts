import type { Row } from './measurement.ts';

/** Rows as aligned text, a mark where a promise is kept or broken. */
export function table(rows: readonly Row[]): string {
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  return rows
    .map(({ name, value, limit, met }) => {
      const mark = met === undefined ? ' ' : met ? '✓' : '✗';
      return `  ${mark} ${name.padEnd(width)}  ${value}${limit ? `  (${limit})` : ''}`;
    })
    .join('\n');
}
