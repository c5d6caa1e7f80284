import { readFile, stat } from "node:fs/promises";
import { sha256Of, sha256OfFile } from "../../system/fs/index.ts";
import type { ApplicationTree, FileSource, TreeEntry } from "../index.ts";
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

/** Files that are hashed at the same time. */
const concurrency = 16;

/**
 * Returns an application with three more files: the licences of its packages, a bill of materials, and the manifest,
 * for which all files are hashed.
 */
export async function documented(
  tree: ApplicationTree,
  { name, version, sbom }: DocumentOptions,
): Promise<ApplicationTree> {
  const texts = [textEntry(licencesName, await licencesText(tree)), textEntry(sbomName, sbom)];
  const entries = sortedEntries([...tree.entries, ...texts]);
  const { target, programs } = tree;
  const { implementation, version: pythonVersion } = target.python;
  const manifest: ApplicationManifest = {
    manifestVersion: 1,
    name,
    ...(version !== undefined && { version }),
    platform: target.platform,
    python: { implementation, version: pythonVersion, path: tree.python },
    programs: Object.fromEntries(programs.map((program) => [program.name, program.path])),
    packages: Object.fromEntries(target.packages.map((pin) => [pin.name, pin.version])),
    files: await manifestFiles(entries),
  };
  const text = `${JSON.stringify(manifest, undefined, 1)}\n`;
  return { ...tree, entries: sortedEntries([...entries, textEntry(manifestName, text)]) };
}

function textEntry(path: string, text: string): TreeEntry {
  return { kind: "file", path, owner: "posy", executable: false, source: { bytes: Buffer.from(text) } };
}

function sortedEntries(entries: readonly TreeEntry[]): readonly TreeEntry[] {
  return [...entries].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

async function manifestFiles(entries: readonly TreeEntry[]): Promise<Readonly<Record<string, ManifestFile>>> {
  const files: ManifestFile[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < entries.length; index = next++) {
      files[index] = await manifestFile(entries[index] as TreeEntry);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return Object.fromEntries(entries.map(({ path }, index) => [path, files[index] as ManifestFile]));
}

async function manifestFile(entry: TreeEntry): Promise<ManifestFile> {
  if (entry.kind === "symlink") return { package: entry.owner, link: entry.target };
  const { size, sha256 } = await digestOf(entry.source);
  return { package: entry.owner, size, sha256, ...(entry.executable && { executable: true as const }) };
}

/** Files of more bytes are not read whole. */
const largeFrom = 16 * 2 ** 20;

async function digestOf(source: FileSource): Promise<{ readonly size: number; readonly sha256: string }> {
  if ("bytes" in source) return { size: source.bytes.length, sha256: sha256Of(source.bytes) };
  const { size } = await stat(source.path);
  if (size > largeFrom) return { size, sha256: await sha256OfFile(source.path) };
  const bytes = await readFile(source.path);
  return { size: bytes.length, sha256: sha256Of(bytes) };
}
