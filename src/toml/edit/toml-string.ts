/**
 * Writes a text as a TOML string on one line. `like` are the quotes of its neighbours; it uses the others if that saves
 * escapes.
 */
export function tomlText(text: string, like: '"' | "'" = '"'): string {
  // oxlint-disable-next-line no-control-regex
  const literal = !/['\0-\x08\x0a-\x1f\x7f]/.test(text);
  if (literal && (like === "'" || /["\\]/.test(text))) return `'${text}'`;
  // JSON and TOML have the same escapes, except that TOML also requires one for DEL.
  return JSON.stringify(text).replaceAll("\u007f", "\\u007F");
}
