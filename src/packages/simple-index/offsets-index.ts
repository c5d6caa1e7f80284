/**
 * Where a page's text speaks of the files of one version: `1.0@2s+1k,a0+9`, that is the version (nothing for the files that are of none)
 * and the pieces, each by its place and its length in base 36.
 */
export function contentsEntry(version: string, pieces: readonly number[]): string {
  let entry = `${version}@`;
  for (let at = 0; at < pieces.length; at += 2) {
    const from = pieces[at] ?? 0;
    const to = pieces[at + 1] ?? from;
    entry += `${at === 0 ? "" : ","}${from.toString(36)}+${(to - from).toString(36)}`;
  }
  return entry;
}

export function versionOfEntry(entry: string): string {
  return entry.slice(0, entry.indexOf("@"));
}

/** `[from, to, from, to, …]` */
export function piecesOfEntry(entry: string): readonly number[] {
  const pieces = entry.slice(entry.indexOf("@") + 1);
  if (pieces === "") return [];
  return pieces.split(",").flatMap((piece) => {
    const [from = "", length = ""] = piece.split("+");
    const start = Number.parseInt(from, 36);
    return [start, start + Number.parseInt(length, 36)];
  });
}

/** Adds a piece, which mostly goes on where the last one ended. */
export function addPiece(pieces: number[], from: number, to: number): void {
  if (pieces.at(-1) === from) pieces[pieces.length - 1] = to;
  else pieces.push(from, to);
}
