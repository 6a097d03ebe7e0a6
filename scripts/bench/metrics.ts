/** The values of one metric in Prometheus' text format, whatever their labels. */
export function metricValues(text: string, name: string): number[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(name) && /^[\s{]/.test(line.slice(name.length)))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)))
    .filter((value) => Number.isFinite(value));
}
