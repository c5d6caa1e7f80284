/**
 * Returns an entry of a page's contents: where in the page's text the files of one version are. In
 * `1.0@2s+1k,a0+9`, `1.0` is the version (empty for files without a version), and each piece is its offset
 * and its length in base 36. `pieces` is `[from, to, from, to, …]`.
 */
export function contentsEntry(version: string, pieces: readonly number[]): string {
  let entry = `${version}@`;
  for (let index = 0; index < pieces.length; index += 2) {
    const from = pieces[index] ?? 0;
    const to = pieces[index + 1] ?? from;
    entry += `${index === 0 ? "" : ","}${from.toString(36)}+${(to - from).toString(36)}`;
  }
  return entry;
}

export function versionOfEntry(entry: string): string {
  return entry.slice(0, entry.indexOf("@"));
}

/** Returns the pieces of an entry as `[from, to, from, to, …]`. */
export function piecesOfEntry(entry: string): readonly number[] {
  const pieces = entry.slice(entry.indexOf("@") + 1);
  if (pieces === "") return [];
  const numbers: number[] = [];
  for (const piece of pieces.split(",")) {
    const [from = "", length = ""] = piece.split("+");
    const start = Number.parseInt(from, 36);
    numbers.push(start, start + Number.parseInt(length, 36));
  }
  return numbers;
}

/** Adds a piece. It usually begins where the last one ends, and then the two become one. */
export function addPiece(pieces: number[], from: number, to: number): void {
  if (pieces.at(-1) === from) pieces[pieces.length - 1] = to;
  else pieces.push(from, to);
}
