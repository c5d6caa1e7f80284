/**
 * The sections of an INI file, as pip's `RawConfigParser` reads it: keys are in lower case with `-` for `_`,
 * and continued lines are joined.
 */
export type IniFile = ReadonlyMap<string, ReadonlyMap<string, string>>;

export function parseIni(text: string): IniFile {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let key: string | undefined;
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    if (/^\s/.test(line) && section && key !== undefined) {
      section.set(key, `${section.get(key) ?? ""}\n${line.trim()}`.trim());
      continue;
    }
    const header = /^\[([^\]]+)\]/.exec(line);
    if (header) {
      const name = header[1] ?? "";
      section = sections.get(name) ?? new Map<string, string>();
      sections.set(name, section);
      key = undefined;
      continue;
    }
    const pair = /^\s*([^=:]+?)\s*[=:]\s*(.*)$/.exec(line);
    if (!pair || !section) continue;
    key = (pair[1] ?? "").toLowerCase().replaceAll("_", "-").replace(/^--/, "");
    section.set(key, (pair[2] ?? "").trim());
  }
  return sections;
}
