import type { CommandWord, Placeholder } from "../../project/index.ts";

/**
 * Returns the words of a command with the typed arguments, at the placeholders or else at the end. A placeholder that
 * is a word of its own becomes a word for each argument. Inside a word or in quotes, the arguments are joined by
 * spaces, as in PDM and Hatch.
 */
export function wordsWith(words: readonly CommandWord[], typed: readonly string[]): readonly string[] {
  const filled = words.flatMap((word) => {
    switch (word.kind) {
      case "text":
        return [word.text];
      case "arguments":
        return typed.length > 0 ? typed : word.otherwise;
      default:
        return [word.parts.map((part) => (typeof part === "string" ? part : joined(part, typed))).join("")];
    }
  });
  return words.every(({ kind }) => kind === "text") ? [...filled, ...typed] : filled;
}

function joined({ otherwise }: Placeholder, typed: readonly string[]): string {
  return typed.length > 0 ? typed.join(" ") : otherwise;
}
