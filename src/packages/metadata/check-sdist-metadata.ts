import { existsSync } from "node:fs";
import { PosyError } from "../../errors/posy-error.ts";
import { type Home, writeAtomic } from "../../system/fs/index.ts";
import { type CoreMetadata, parseMetadata } from "../../vocab/metadata/index.ts";
import { formatSpecifierSet } from "../../vocab/version/index.ts";
import type { SdistArtifact } from "../../model/index.ts";
import { forgetMetadata, metadataPathsOfPin, readKeptMetadata } from "./metadata-cache.ts";
import { judge, type SdistFiles } from "./sdist-files.ts";

/**
 * Compares the cached metadata of a source distribution with its files. The cached metadata may come from a
 * `.metadata` file or from the first piece of the archive, which the archive's hash does not cover. Each
 * cache entry is compared once. Throws `metadata-mismatch`, after removing the cached metadata. `files` reads
 * the verified archive.
 */
export async function checkSdistMetadata(
  artifact: SdistArtifact,
  home: Home,
  files: () => Promise<SdistFiles>,
): Promise<void> {
  let declared: readonly string[] | undefined;
  for (const path of metadataPathsOfPin(home, artifact)) {
    const kept = existsSync(`${path}.checked`) ? undefined : readKeptMetadata(path);
    // Any other entry says that the source must be built, and it is built from the verified archive anyway.
    if (typeof kept !== "object") continue;
    declared ??= (await metadataOf(await files(), artifact)).map(comparisonKey);
    if (!declared.includes(comparisonKey(kept))) throw await mismatch(artifact, home);
    await writeAtomic(`${path}.checked`, "");
  }
}

async function mismatch(artifact: SdistArtifact, home: Home): Promise<PosyError> {
  await forgetMetadata(home, artifact);
  return new PosyError(
    "metadata-mismatch",
    `the metadata in \`${artifact.filename}\` differs from what \`${artifact.index ?? artifact.url}\` gave for it`,
    { hint: "run it again to read the archive itself; lock again if a lock has it" },
  );
}

/**
 * Returns the metadata from PKG-INFO and from `pyproject.toml`. The two may say the same in different words,
 * and the cache may have either one.
 */
async function metadataOf(files: SdistFiles, { version }: SdistArtifact): Promise<readonly CoreMetadata[]> {
  const { pkgInfo: _other, ...withoutPkgInfo } = files;
  const verdicts = await Promise.all(
    [files, withoutPkgInfo].map((candidates) => judge(candidates, version, true)),
  );
  return verdicts.flatMap((verdict) => (verdict.kind === "static" ? parseMetadata(verdict.text) : []));
}

/** Returns a text of all fields that resolving uses. */
function comparisonKey({
  name,
  version,
  requiresPython,
  requirementTexts,
  providesExtra,
}: CoreMetadata): string {
  return JSON.stringify([
    name,
    version.key,
    requiresPython ? formatSpecifierSet(requiresPython) : "",
    requirementTexts,
    providesExtra,
  ]);
}
