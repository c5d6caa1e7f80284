import { posix } from "node:path";
import { formatRecord, parseRecord } from "../../vocab/metadata/index.ts";
import { type ApplicationTree, bytesOf, sortedEntries, type TreeEntry } from "../tree/index.ts";

/** The folder of programs, as `pip install --target` names it on all platforms. */
const programsFolder = "bin";

/**
 * Returns the packages of an application as `pip install --target` lays them out: packages in the folder itself,
 * programs in `bin`, data (`share/…`) where they are. C headers are left out, as pip does. RECORD has the new paths.
 * `tree` has no interpreter.
 */
export async function flatTree(
  tree: ApplicationTree,
  warn: (message: string) => void,
): Promise<ApplicationTree> {
  const { include, scripts } = tree.target.python.paths;
  const flatPath = (path: string): string | undefined =>
    below(path, tree.sitePackages) ??
    withPrefix(below(path, scripts), programsFolder) ??
    (below(path, include) === undefined ? path : undefined);
  const entries = new Map<string, TreeEntry>();
  for (const entry of tree.entries) {
    const path = flatPath(entry.path);
    if (path === undefined) continue;
    const other = entries.get(path);
    if (other !== undefined) {
      warn(
        `\`${other.owner}\` and \`${entry.owner}\` both bring \`${path}\`: that of \`${other.owner}\` is used`,
      );
    } else if (entry.kind === "file" && entry.path.endsWith(".dist-info/RECORD")) {
      const bytes = flatRecord(await bytesOf(entry.source), tree.sitePackages, flatPath);
      entries.set(path, { ...entry, path, source: { bytes } });
    } else entries.set(path, { ...entry, path });
  }
  const programs = tree.programs.map((program) => ({
    ...program,
    path: flatPath(program.path) ?? program.path,
  }));
  return { ...tree, entries: sortedEntries([...entries.values()]), programs, python: "", sitePackages: "" };
}

function flatRecord(
  bytes: Uint8Array,
  sitePackages: string,
  flatPath: (path: string) => string | undefined,
): Uint8Array {
  const rows = parseRecord(new TextDecoder().decode(bytes)).flatMap((row) => {
    const path = flatPath(posix.join(sitePackages, row.path));
    return path === undefined ? [] : [{ ...row, path }];
  });
  return Buffer.from(formatRecord(rows));
}

/** Returns a path relative to a folder; undefined if it is not below it. */
function below(path: string, folder: string): string | undefined {
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}

function withPrefix(path: string | undefined, folder: string): string | undefined {
  return path === undefined ? undefined : `${folder}/${path}`;
}
