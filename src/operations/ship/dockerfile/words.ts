import { PosyError } from "../../../errors/posy-error.ts";

/*
 * How texts are written in a Dockerfile, so that they are read as they are.
 *
 * Docker first splits the file into lines, then replaces variables in the words of ADD, COPY, ENV, EXPOSE, FROM, LABEL,
 * USER and WORKDIR. The JSON form of ENTRYPOINT, CMD and HEALTHCHECK is used unchanged.
 * https://docs.docker.com/reference/dockerfile/
 */

/** Returns a word of ENV, LABEL, ARG, USER or WORKDIR. In double quotes, only `\`, `"` and `$` have a meaning. */
export function quotedWord(text: string): string {
  return `"${text.replace(/[\\"$]/g, "\\$&")}"`;
}

/**
 * Returns the words of a COPY instruction: paths in the build's folder, and the folder to copy to, which ends with `/`.
 * Paths may contain anything: variables and the wildcards of Go's `filepath.Match` are escaped.
 */
export function copyWords(from: readonly string[], to: string): string {
  const isPlain = [...from, to].every((path) => /^[\w.][\w./@+~-]*$/.test(path));
  if (isPlain) return [...from, to].join(" ");
  // A word that begins with `<<` would be a here-document.
  const escaped = (path: string) => `./${path.replace(/[\\"'$]/g, "\\$&")}`;
  return JSON.stringify([
    ...from.map((path) => escaped(path.replace(/[\\*?[]/g, "\\$&"))),
    escaped(to.replace(/^\.\//, "")),
  ]);
}

/** Returns a word for `sh`. */
export function shellWord(text: string): string {
  return /^[\w.,:=@/+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Throws `usage` for texts with line breaks and other control characters: in a Dockerfile, each line is an instruction.
 * `texts` are by what they belong to, as it is typed.
 */
export function refuseControlCharacters(texts: Iterable<readonly [what: string, text: string]>): void {
  for (const [what, text] of texts) {
    // oxlint-disable-next-line no-control-regex
    if (!/[\u0000-\u001f\u007f]/.test(text)) continue;
    throw new PosyError("usage", `\`${what}\` has a line break or another control character`, {
      hint: "a Dockerfile can't contain it: leave it out, or write the image itself with `--oci`",
    });
  }
}
