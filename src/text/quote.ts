const longest = 200;

/**
 * Quotes a text from outside for a message: in backticks, cut after 200 characters, with control and invisible
 * characters escaped, because a terminal would obey or hide them.
 */
export function quote(text: string): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return `\`${cut.replace(unsafeCharacters, escapeOf)}\``;
}

const unsafeCharacters = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Escapes the same characters in a whole message, and keeps its line breaks. */
export function visible(text: string): string {
  return text.replace(unsafeCharacters, (character) => (character === "\n" ? "\n" : escapeOf(character)));
}

function escapeOf(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
