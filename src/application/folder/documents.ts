import { createSemaphore } from "../../async/index.ts";
import { type ApplicationTree, type TreeEntry, digestOf, sortedEntries } from "../tree/index.ts";
import { licencesText } from "./licences-text.ts";
import { type ApplicationManifest, type ManifestFile, manifestName } from "./manifest.ts";

export interface DocumentOptions {
  readonly name: string;
  readonly version: string | undefined;
  /** The bill of materials: CycloneDX in JSON. */
  readonly sbom: string;
}

/** The ending is the one that CycloneDX recommends. */
const sbomName = "posy-sbom.cdx.json";
const licencesName = "posy-licenses.txt";
/** The paths of the documents that people read. */
export const documentNames: readonly string[] = [sbomName, licencesName];

/** Files that are hashed at the same time. */
const concurrency = 16;

/**
 * Returns an application with three more files: the licences of its packages, a bill of materials, and the manifest,
 * for which all files are hashed. Also returns the size of all files that the manifest lists, in bytes.
 */
export async function documented(
  tree: ApplicationTree,
  { name, version, sbom }: DocumentOptions,
): Promise<{ readonly tree: ApplicationTree; readonly size: number }> {
  const texts = [textEntry(licencesName, await licencesText(tree)), textEntry(sbomName, sbom)];
  const entries = sortedEntries([...tree.entries, ...texts]);
  const { target, programs } = tree;
  const { implementation, version: pythonVersion } = target.python;
  const manifest: ApplicationManifest = {
    manifestVersion: 1,
    name,
    ...(version !== undefined && { version }),
    platform: target.platform,
    python: { implementation, version: pythonVersion, ...(tree.python !== "" && { path: tree.python }) },
    programs: Object.fromEntries(programs.map((program) => [program.name, program.path])),
    packages: Object.fromEntries(target.packages.map((pin) => [pin.name, pin.version])),
    files: await manifestFiles(entries),
  };
  const text = `${JSON.stringify(manifest, undefined, 1)}\n`;
  const sizes = Object.values(manifest.files).map((file) => ("size" in file ? file.size : 0));
  return {
    tree: { ...tree, entries: sortedEntries([...entries, textEntry(manifestName, text)]) },
    size: sizes.reduce((sum, size) => sum + size, 0),
  };
}

function textEntry(path: string, text: string): TreeEntry {
  return { kind: "file", path, owner: "posy", executable: false, source: { bytes: Buffer.from(text) } };
}

async function manifestFiles(entries: readonly TreeEntry[]): Promise<Readonly<Record<string, ManifestFile>>> {
  const semaphore = createSemaphore(concurrency);
  return Object.fromEntries(
    await Promise.all(
      entries.map((entry) => semaphore.run(async () => [entry.path, await manifestFile(entry)] as const)),
    ),
  );
}

async function manifestFile(entry: TreeEntry): Promise<ManifestFile> {
  if (entry.kind === "symlink") return { package: entry.owner, link: entry.target };
  const digest = await digestOf(entry.source);
  return { package: entry.owner, ...digest, ...(entry.executable && { executable: true as const }) };
}
