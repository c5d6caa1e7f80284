import { existsSync } from "node:fs";
import { PosyError } from "../../errors/posy-error.ts";
import { type Home, writeAtomic } from "../../system/fs/index.ts";
import { type CoreMetadata, parseMetadata } from "../../vocab/metadata/index.ts";
import { formatSpecifierSet } from "../../vocab/version/index.ts";
import type { SdistArtifact } from "../../model/index.ts";
import { forgetMetadata, metadataPathsOfPin, readKeptMetadata } from "./metadata-cache.ts";
import { judge, type SdistFiles } from "./sdist-files.ts";

/**
 * Compares what is kept of a source distribution's metadata with its files. What is kept may come from a `.metadata` file or from the
 * first piece of the archive: neither was held against the archive's hash. Each is compared once. Throws `metadata-mismatch`, and what
 * was kept is removed. `files` reads the verified archive.
 */
export async function checkSdistMetadata(
  artifact: SdistArtifact,
  home: Home,
  files: () => Promise<SdistFiles>,
): Promise<void> {
  let own: readonly string[] | undefined;
  for (const path of metadataPathsOfPin(home, artifact)) {
    const kept = existsSync(`${path}.checked`) ? undefined : readKeptMetadata(path);
    // Whoever says that it must be built has it built from the verified archive.
    if (typeof kept !== "object") continue;
    own ??= (await metadataOf(await files(), artifact)).map(saysOf);
    if (!own.includes(saysOf(kept))) throw await mismatch(artifact, home);
    await writeAtomic(`${path}.checked`, "");
  }
}

async function mismatch(artifact: SdistArtifact, home: Home): Promise<PosyError> {
  await forgetMetadata(home, artifact);
  return new PosyError(
    "metadata-mismatch",
    `\`${artifact.filename}\` says other things of itself than \`${artifact.index ?? artifact.url}\` said of it`,
    { hint: "run it again: the archive itself is read then; make a lock that has it anew" },
  );
}

/** PKG-INFO and `pyproject.toml` may say the same in other words, and the one that came first was kept. */
async function metadataOf(files: SdistFiles, { version }: SdistArtifact): Promise<readonly CoreMetadata[]> {
  const { pkgInfo: _other, ...withoutPkgInfo } = files;
  const verdicts = await Promise.all([files, withoutPkgInfo].map((each) => judge(each, version, true)));
  return verdicts.flatMap((verdict) => (verdict.kind === "static" ? parseMetadata(verdict.text) : []));
}

/** All that resolving goes by. */
function saysOf({ name, version, requiresPython, requirementTexts, providesExtra }: CoreMetadata): string {
  return JSON.stringify([
    name,
    version.key,
    requiresPython ? formatSpecifierSet(requiresPython) : "",
    requirementTexts,
    providesExtra,
  ]);
}
