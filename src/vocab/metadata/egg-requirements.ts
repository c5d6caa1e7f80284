import { formatHeaders, parseHeaders } from "./headers.ts";

/** What PKG-INFO says of itself in any version. */
const kept = ["Metadata-Version", "Name", "Version", "Requires-Python", "Provides-Extra"];

/**
 * METADATA of what setuptools wrote in two places before metadata 2.2: `pkgInfo` has the name, `requires` (the `requires.txt`
 * of its `.egg-info`) what it needs. A section of that is `[extra]`, `[:marker]` or `[extra:marker]`.
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
  const at = requirement.search(/\s;|;/);
  if (at < 0) return `${requirement} ; ${condition}`;
  const own = requirement.slice(requirement.indexOf(";", at) + 1).trim();
  return `${requirement.slice(0, at)} ; (${own}) and ${condition}`;
}
