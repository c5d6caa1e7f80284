import { PosyError } from "../../errors/posy-error.ts";
import type { PackageDB } from "../../packages/index.ts";
import type { Distribution } from "../../packages/upload/index.ts";
import type { IndexedArtifact } from "../../model/index.ts";
import { digestsOfFile } from "../../packages/index.ts";
import { safeUrl } from "../../system/http/index.ts";

/** The algorithms that are compared, best first. Small indexes list only MD5. */
const algorithms = ["sha256", "sha512", "sha384", "sha1", "md5"];

/** Opens a PackageDB that asks the index again at each opening. */
export type OpenIndex = () => Promise<PackageDB>;

/**
 * Returns whether an index has a file already, with the same content. Throws `file-exists` if it has other content
 * under this name.
 */
export async function isPublished(
  distribution: Distribution,
  url: string,
  open: OpenIndex,
): Promise<boolean> {
  const db = await open();
  try {
    const artifact = await listedFile(distribution, url, db);
    if (artifact === undefined) return false;
    const algorithm = algorithms.find((name) => name in artifact.hashes);
    // An index that lists no hashes is asked for the file itself.
    const theirs = algorithm === undefined ? (await db.fetch(artifact)).sha256 : artifact.hashes[algorithm];
    const { [algorithm ?? "sha256"]: own } = await digestsOfFile(distribution.path, [algorithm ?? "sha256"]);
    if (own === theirs) return true;
  } finally {
    await db.close();
  }
  throw new PosyError(
    "file-exists",
    `\`${safeUrl(url)}\` has another file with the name \`${distribution.filename}\` already`,
    {
      hint: "a published file can't be replaced: raise the version (`posy version --bump patch`) and build again",
    },
  );
}

async function listedFile(
  { name, version, filename }: Distribution,
  url: string,
  db: PackageDB,
): Promise<IndexedArtifact | undefined> {
  const { releases } = await db.project(name, url);
  const artifacts = releases
    .filter((release) => release.version.key === version.key)
    .flatMap((release) => release.artifacts);
  const found = artifacts.find((artifact) => artifact.filename === filename);
  return found?.kind === "source" ? undefined : found;
}
