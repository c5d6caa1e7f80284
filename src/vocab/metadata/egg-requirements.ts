import { formatHeaders, parseHeaders } from "./headers.ts";

/** The fields of PKG-INFO that can be trusted in every metadata version. */
const kept = ["Metadata-Version", "Name", "Version", "Requires-Python", "Provides-Extra"];

/**
 * Returns METADATA made from the two files that setuptools wrote before metadata 2.2: `pkgInfo` has the name, and
 * `requires` (the `requires.txt` of its `.egg-info`) has the requirements. The sections of `requires.txt` are
 * `[extra]`, `[:marker]` or `[extra:marker]`.
 */
export function metadataOfEgg(pkgInfo: string, requires: string): string {
  const headers = parseHeaders(pkgInfo);
  const fields = kept.flatMap((name) => headers.all(name).map((value): [string, string] => [name, value]));
  let condition = "";
  for (const line of requires.split(/\r?\n/).map((each) => each.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    const section = /^\[([^\]:]*)(?::(.*))?\]$/.exec(line);
    if (section === null) {
      fields.push(["Requires-Dist", withCondition(line, condition)]);
      continue;
    }
    const [, extra = "", marker = ""] = section;
    if (extra !== "") fields.push(["Provides-Extra", extra]);
    const parts = [marker && `(${marker})`, extra && `extra == "${extra}"`].filter(Boolean);
    condition = parts.join(" and ");
  }
  return formatHeaders(fields);
}

function withCondition(requirement: string, condition: string): string {
  if (condition === "") return requirement;
  const markerStart = requirement.search(/\s;|;/);
  if (markerStart < 0) return `${requirement} ; ${condition}`;
  const marker = requirement.slice(requirement.indexOf(";", markerStart) + 1).trim();
  return `${requirement.slice(0, markerStart)} ; (${marker}) and ${condition}`;
}
