/**
 * A text as a TOML string on one line: between the quotation marks that its neighbours have, or whichever need no
 * escapes.
 */
export function tomlText(text: string, like: '"' | "'" = '"'): string {
  // oxlint-disable-next-line no-control-regex
  const literal = !/['\0-\x08\x0a-\x1f\x7f]/.test(text);
  if (literal && (like === "'" || /["\\]/.test(text))) return `'${text}'`;
  // JSON's escapes are all of TOML's but for DEL, which JSON writes as it is.
  return JSON.stringify(text).replaceAll("\u007f", "\\u007F");
}
