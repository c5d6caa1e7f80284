import { artifactOfPin, type Blueprint, type PackagePin } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { PackageDB } from "../../packages/index.ts";
import { exportCyclonedx } from "./export-cyclonedx.ts";
import { exportConstraints, exportRequirements } from "./export-requirements.ts";
import { type Licence, licenceOf } from "./licence.ts";
import { formatPylock, type Pylock } from "../../lockfile/index.ts";
import type { CoreMetadata } from "../../vocab/metadata/index.ts";
import { version } from "../../version.ts";

/** The formats of `posy export`. */
export const exportFormats = ["requirements", "pylock", "constraints", "cyclonedx"] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportTextOptions {
  /** The absolute folder of the lock. */
  readonly folder: string;
  readonly hashes: boolean;
  /** Write comments that name the packages that ask for each package. */
  readonly annotate: boolean;
  /** Lines that name the indexes of a requirements file: `--extra-index-url URL`. */
  readonly indexOptions: readonly string[];
  readonly db: PackageDB;
}

/** Returns a lock as text in a format of other tools. `blueprint` is what the lock was made from. */
export async function exportText(
  format: ExportFormat,
  lock: Pylock,
  blueprint: Blueprint,
  { folder, hashes, annotate, indexOptions, db }: ExportTextOptions,
): Promise<string> {
  switch (format) {
    case "pylock":
      return formatPylock(lock);
    case "requirements":
      return exportRequirements(lock, { folder, hashes, annotate, indexOptions });
    case "constraints":
      return exportConstraints(lock, folder);
    case "cyclonedx": {
      const pins = blueprint.targets.flatMap(({ packages }) => packages);
      return exportCyclonedx(lock, {
        version,
        versions: new Map(pins.map((pin) => [pin.name, pin.version])),
        licences: await licencesOf(pins, db),
        interpreters: blueprint.targets.map(({ python }) => python),
      });
    }
    default:
      return format satisfies never;
  }
}

/** Reads the licences from the metadata of packages, by `name version`. The metadata are cached since resolving. */
async function licencesOf(pins: readonly PackagePin[], db: PackageDB): Promise<ReadonlyMap<string, Licence>> {
  const files = new Map(pins.map((pin) => [`${pin.name} ${pin.version}`, pin]));
  const licences = new Map<string, Licence>();
  await Promise.all(
    [...files].map(async ([key, pin]) => {
      const metadata = await metadataOf(pin, db).catch((error: unknown) => {
        // The rest of the document holds without a licence.
        if (error instanceof PosyError) return undefined;
        throw error;
      });
      const licence = metadata && licenceOf(metadata);
      if (licence !== undefined) licences.set(key, licence);
    }),
  );
  return licences;
}

async function metadataOf(pin: PackagePin, db: PackageDB): Promise<CoreMetadata | undefined> {
  const artifact = artifactOfPin(pin);
  if (artifact.kind === "source") return undefined;
  return artifact.kind === "wheel" ? db.metadata(artifact) : db.sdistMetadata(artifact);
}
