export type SqlStatement = { text: string; params: string[] };

/** What is passed over as it is: strings, names in quotes, comments, dollar quotes, casts. */
const OPAQUE = [
  /[eE]'(?:[^'\\]|\\.|'')*'/y,
  /'(?:[^']|'')*'/y,
  /"(?:[^"]|"")*"/y,
  /--[^\n]*/y,
  /\/\*[\s\S]*?\*\//y,
  /\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$/y,
  /::/y,
  /\w+/y,
];
const PARAMETER = /:([A-Za-z_]\w*(?:\.\w+)*)/y;

/**
 * One SQL statement with `:name` parameters as PostgreSQL takes it, with `$1`, `$2` …; the same name is the same
 * parameter. Values never become part of the text. Throws an Error that says what is wrong.
 */
export function compileStatement(source: string): SqlStatement {
  const sql = source.trim().replace(/;\s*$/, '');
  const params: string[] = [];
  let text = '';
  let at = 0;
  while (at < sql.length) {
    const parameter = match(PARAMETER, sql, at);
    if (parameter && !sql.startsWith('::', at)) {
      const name = parameter[1] ?? '';
      const known = params.indexOf(name);
      text += `$${known === -1 ? params.push(name) : known + 1}`;
      at += parameter[0].length;
      continue;
    }
    const opaque = OPAQUE.map((pattern) => match(pattern, sql, at)).find((found) => found !== null);
    const taken = opaque?.[0] ?? sql.charAt(at);
    if (!opaque && taken === ';') throw new Error('is more than one statement');
    if (!opaque && (taken === "'" || taken === '"')) throw new Error('has a quote that is not closed');
    if (!opaque && taken === '$') throw new Error('has a numbered parameter (expected :name)');
    text += taken;
    at += taken.length;
  }
  if (text === '') throw new Error('is empty');
  return { text, params };
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
