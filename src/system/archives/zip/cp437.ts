const high =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ";
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes a member's name: UTF-8 if flag bit 11 is set, otherwise code page 437 (APPNOTE, appendix D). Throws
 * on malformed UTF-8.
 */
export function decodeMemberName(raw: Buffer, isUtf8: boolean): string {
  if (isUtf8) return utf8.decode(raw);
  let name = raw.toString("latin1");
  // oxlint-disable-next-line no-control-regex -- anything above ASCII
  if (/[^\u0000-\u007f]/.test(name)) {
    name = name.replace(/[\u0080-\u00ff]/g, (char) => high[char.charCodeAt(0) - 128] as string);
  }
  return name;
}
