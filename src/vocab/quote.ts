const longest = 200;

/**
 * A text from outside as a message shows it: in backticks, cut where it is long, with what a terminal would obey or
 * hide written as an escape.
 */
export function quote(text: string): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return `\`${cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escapeOf)}\``;
}

function escapeOf(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
