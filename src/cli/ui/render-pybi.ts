import type { PybiSummary } from "../../pythons/pybi/index.ts";
import { visible } from "../../text/index.ts";
import { formatSize } from "./format-size.ts";

/** The metadata of a pybi, one value per line. */
export function renderPybi(summary: PybiSummary): string {
  const { build, wheelTags, files, links } = summary;
  const rows: readonly (readonly [string, string])[] = [
    ["name", summary.name],
    ["version", summary.version],
    ...(build === undefined ? [] : [["build", build] as const]),
    ["platform", summary.platformTags.join(", ")],
    ["size", `${formatSize(summary.size)}, unpacked ${formatSize(summary.unpackedSize)}`],
    ["members", `${files} files, ${links} links`],
    ["wheel tags", `${wheelTags.length}, first ${wheelTags.slice(0, 3).join(", ")}`],
    ...Object.entries(summary.markers).map(([name, value]) => [name, value ?? ""] as const),
    ...Object.entries(summary.paths).map(([name, path]) => [`path ${name}`, path as string] as const),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${visible(value)}\n`).join("");
}
