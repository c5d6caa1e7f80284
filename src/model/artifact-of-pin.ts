import { PosyError } from "../errors/posy-error.ts";
import { parseSdistFilename, parseWheelFilename } from "../vocab/filenames/index.ts";
import { parsePackageName } from "../vocab/requirement/index.ts";
import { parseVersion } from "../vocab/version/index.ts";
import type { Artifact, SdistArtifact, SourceArtifact } from "./artifact.ts";
import type { PackagePin } from "./blueprint.ts";

/**
 * Returns the artifact that a pin was made from. A pin does not record whether its file was yanked, or whether its
 * metadata are served beside it. Throws `invalid-filename`, and `invalid-blueprint` if a source has no origin.
 */
export function artifactOfPin({ name, version, artifact, metadata }: PackagePin): Artifact {
  const { kind, filename, url, hashes, size, index, origin, identity } = artifact;
  const uploadTime = artifact.uploadTime === undefined ? undefined : new Date(artifact.uploadTime);
  const fields = {
    filename,
    url,
    hashes,
    yanked: false,
    ...(size !== undefined && { size }),
    ...(metadata.requiresPython !== undefined && { requiresPython: metadata.requiresPython }),
    ...(uploadTime !== undefined && !Number.isNaN(uploadTime.getTime()) && { uploadTime }),
    ...(index !== undefined && { index }),
  } as const;
  if (kind === "wheel") {
    const wheel = parseWheelFilename(filename);
    return { ...fields, kind, name: wheel.name, version: wheel.version, wheel };
  }
  if (kind === "sdist") {
    const sdist = parseSdistFilename(filename, parsePackageName(name));
    return { ...fields, kind, name: sdist.name, version: sdist.version, sdist };
  }
  if (origin === undefined || identity === undefined) throw notBuildable(name, version);
  return { ...fields, kind, name: parsePackageName(name), version: parseVersion(version), origin, identity };
}

/** Returns what a pin is built from. Throws like `artifactOfPin`, and `invalid-blueprint` for the pin of a wheel. */
export function buildableOfPin(pin: PackagePin): SdistArtifact | SourceArtifact {
  const artifact = artifactOfPin(pin);
  if (artifact.kind === "wheel") throw notBuildable(pin.name, pin.version);
  return artifact;
}

function notBuildable(name: string, version: string): PosyError {
  return new PosyError(
    "invalid-blueprint",
    `the pin of \`${name} ${version}\` does not say what it is built from`,
    { hint: "resolve again, or run `posy lock`, to create it again" },
  );
}
