import { readdirSync, readFileSync } from 'node:fs';

/** Processes below this one whose command line names `script`; Linux only. */
export function childrenRunning(script: string, parent = process.pid): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\)\s(?=[^)]*$)/);
        if (Number(fields.split(' ')[1]) !== parent) return false;
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(script);
      } catch {
        return false;
      }
    });
}
