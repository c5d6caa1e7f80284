import { pathToFileURL } from "node:url";
import { archiveFilename } from "../../builder/index.ts";
import type { BlueprintTarget, Brief, PackagePin } from "../../model/index.ts";
import type { Download } from "../../packages/index.ts";
import type { Posy } from "../../posy.ts";
import type { OperationContext } from "../../settings/index.ts";
import { askedRequirements } from "./asked-requirements.ts";

/** What a file is: an artifact of a package, a source archive, a wheel that was built here, or an interpreter. */
export type FileKind = "wheel" | "sdist" | "archive" | "built" | "python";

/** A file that belongs into the folder. */
export interface WantedFile {
  readonly kind: FileKind;
  readonly filename: string;
  /** The normalised name of the package, or the implementation of the interpreter. */
  readonly name: string;
  readonly version: string;
  /** Where it is fetched from. */
  readonly download: Download;
  /** The source that it was built from, for a wheel that was built here. */
  readonly source?: string;
}

/** The packages of targets, and what is needed to build those without a wheel. */
export interface WantedPackages {
  readonly files: readonly WantedFile[];
  /** Packages that come from folders of this machine. */
  readonly local: readonly string[];
  /** Packages that come from repositories. Their wheels are among the files. */
  readonly repositories: readonly string[];
}

/**
 * Lists the files of all packages of targets, with the build requirements of those that are built. The wheel of a
 * package from a repository is built, because a folder of files can't hold a repository. A package in a folder of this
 * machine is left out, as by `pip download`, but not what building it needs. Throws what building throws.
 */
export async function wantedPackages(
  targets: readonly BlueprintTarget[],
  brief: Brief,
  posy: Posy,
  context: OperationContext,
): Promise<WantedPackages> {
  const files: WantedFile[] = [];
  const local = new Set<string>();
  const repositories = new Set<string>();
  const add = async (pin: PackagePin, target: BlueprintTarget): Promise<void> => {
    const { name, version, artifact, build } = pin;
    const origin = artifact.kind === "source" ? artifact.origin : undefined;
    if (artifact.kind !== "source") {
      const { kind, filename } = artifact;
      files.push({ kind, filename, name, version, download: artifact });
    } else if (origin?.kind === "archive") {
      const filename = archiveFilename(origin.url);
      const download = { url: origin.url, filename, hashes: origin.hashes };
      files.push({ kind: "archive", filename, name, version, download });
    } else if (origin?.kind === "vcs") {
      repositories.add(name);
      const { path, filename, sha256 } = await posy.buildWheel(pin, target);
      const download = { url: pathToFileURL(path).href, filename, hashes: { sha256 } };
      files.push({ kind: "built", filename, name, version, download, source: artifact.url });
      // The wheel is there, so nothing is built from it.
      return;
    } else local.add(name);
    const asked = await askedRequirements(pin, target, brief, posy, context);
    const packages = [...(build?.packages ?? []), ...asked];
    for (const requirement of packages) await add(requirement, { ...target, packages });
  };
  for (const target of targets) for (const pin of target.packages) await add(pin, target);
  return { files, local: [...local], repositories: [...repositories] };
}
