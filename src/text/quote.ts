const longest = 200;

/**
 * A text from outside as a message shows it: in backticks, cut where it is long, with what a terminal would obey or
 * hide written as an escape.
 */
export function quote(text: string): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return `\`${cut.replace(obeyedOrHidden, escapeOf)}\``;
}

const obeyedOrHidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A whole message, whatever was put into it: lines stay lines, the rest as in `quote`. */
export function visible(text: string): string {
  return text.replace(obeyedOrHidden, (character) => (character === "\n" ? "\n" : escapeOf(character)));
}

function escapeOf(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
