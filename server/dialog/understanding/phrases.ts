/** The phrases of a table that is written as one text, with `|` between them. */
export const phrases = (table: string): readonly string[] => table.split('|').map((phrase) => phrase.trim());
