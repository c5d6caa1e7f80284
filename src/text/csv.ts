/** One row: its fields, and the line (from 1) on which it begins. */
export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

const unquoted = /[^,\r\n]*/y;

/**
 * Reads CSV as Python's `csv.reader` does in its default dialect, the format of RECORD: `,` separates fields, `"`
 * encloses them, `""` is a quote, and quoted fields may have line breaks. A quote inside an unquoted field is literal.
 * Never fails, skips empty lines, and takes linear time.
 */
export function parseCsv(text: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let line = 1;
  let position = 0;
  while (position < text.length) {
    const firstLine = line;
    const fields: string[] = [];
    let rowEnded = false;
    let blank = true;
    while (!rowEnded) {
      let field = "";
      if (text[position] === '"') {
        blank = false;
        position++;
        // The quoted part: up to a quote that is not doubled, or the end of the text.
        while (position < text.length) {
          const quote = text.indexOf('"', position);
          const stop = quote === -1 ? text.length : quote;
          const part = text.slice(position, stop);
          line += part.includes("\n") || part.includes("\r") ? part.split(/\r\n|\r|\n/).length - 1 : 0;
          field += part;
          position = stop + 1;
          if (text[position] !== '"') break;
          field += '"';
          position++;
        }
      }
      unquoted.lastIndex = position;
      const rest = unquoted.exec(text)?.[0] ?? "";
      if (rest !== "") blank = false;
      field += rest;
      position += rest.length;
      fields.push(field);
      const delimiter = text[position];
      if (delimiter === ",") {
        blank = false;
        position++;
        continue;
      }
      position += delimiter === "\r" && text[position + 1] === "\n" ? 2 : 1;
      line++;
      rowEnded = true;
    }
    if (!blank) rows.push({ line: firstLine, fields });
  }
  return rows;
}

/** Writes one row with `\n` at its end. Quotes only the fields that need it. */
export function formatCsvRow(fields: readonly string[]): string {
  const written = fields.map((field) =>
    /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field,
  );
  return `${written.join(",")}\n`;
}
