import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { contentOf, directUrlOf, type LinkTree } from "../../forest/envs/index.ts";
import type { StoredWheel } from "../../forest/wheels/index.ts";
import { formatRecord, parseRecord, type RecordRow } from "../../vocab/metadata/index.ts";
import { formatDirectUrl } from "../../vocab/urls/index.ts";
import type { ApplicationLayout } from "./layout.ts";

/**
 * Adds the `.dist-info` folder of a wheel. `scripts` are the paths of its programs in the application. REQUESTED (PEP
 * 376) is added if the package was requested, and `direct_url.json` (PEP 610) if it comes from a URL that other
 * machines can read. RECORD is written again: the store's has the paths of an Env of this machine.
 */
export function addDistInfo(
  wheel: StoredWheel,
  scripts: readonly string[],
  layout: ApplicationLayout,
  tree: LinkTree,
): void {
  const { pin, manifest, dir } = wheel;
  const { name, distInfo, distInfoEntries } = manifest;
  const folder = `${layout.sitePackages}/${distInfo}`;
  const added: RecordRow[] = [];
  const add = (file: string, content: string) => {
    tree.addOwn(`${folder}/${file}`, name, contentOf(content));
    added.push({ path: `${distInfo}/${file}` });
  };
  if (pin.requested) add("REQUESTED", "");
  const from = directUrlOf(wheel);
  if (from !== undefined && !/^(git\+)?file:/i.test(from.url)) add("direct_url.json", formatDirectUrl(from));
  tree.addOwn(`${folder}/RECORD`, name, {
    kind: "content",
    read: () =>
      formatRecord([...recordRows(wheel, scripts, layout), ...added, { path: `${distInfo}/RECORD` }]),
  });
  for (const [file, isFolder] of Object.entries(distInfoEntries)) {
    if (file !== "RECORD") tree.add(`${folder}/${file}`, `${dir}/site/${distInfo}/${file}`, isFolder, name);
  }
}

function recordRows(
  { manifest: { name, distInfo, hasData, hasHeaders }, dir }: StoredWheel,
  scripts: readonly string[],
  { sitePackages, headers }: ApplicationLayout,
): readonly RecordRow[] {
  const stored = parseRecord(readFileSync(`${dir}/site/${distInfo}/RECORD`, "utf8"));
  const ofSite = stored.filter(
    // The first row of a RECORD in the store is a guard against uv, which must not remove files of an Env.
    ({ path }) => !path.startsWith("../") && path !== `${distInfo}/RECORD` && !path.endsWith("/."),
  );
  const others = [
    ...scripts,
    ...(hasData ? filesBelow(`${dir}/data`) : []),
    ...(hasHeaders ? filesBelow(`${dir}/headers`).map((path) => `${headers}/${name}/${path}`) : []),
  ];
  return [...ofSite, ...others.sort().map((path) => ({ path: posix.relative(sitePackages, path) }))];
}

/** Returns the paths of all files in a folder of the store, relative to it. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((child) => !child.isDirectory() && !child.parentPath.endsWith("__pycache__"))
    .map((child) => `${child.parentPath.slice(folder.length + 1)}/${child.name}`.replaceAll("\\", "/"))
    .map((path) => path.replace(/^\//, ""));
}
