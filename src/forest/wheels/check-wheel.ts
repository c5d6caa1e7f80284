import { PosyError } from "../../errors/posy-error.ts";
import type { PackageDB } from "../../packages/index.ts";
import { tryParseVersion } from "../../vocab/version/index.ts";
import { compareMetadata } from "./compare-metadata.ts";
import { invalidWheel } from "./invalid-wheel.ts";
import type { StoredWheel } from "./stored-wheel.ts";

/**
 * Compares a stored wheel, whose bytes were verified, with what it was chosen by. A wheel that was locked or listed under another
 * name or version is refused. One that says other things of itself than its index said of it is refused too, and what was kept of
 * its metadata is removed: the pins follow from it. What was built may say it in other words, so that is only warned about, but
 * for a pin whose metadata was taken from elsewhere.
 * Throws `invalid-wheel`, `metadata-mismatch`.
 */
export async function checkWheel(
  { pin, manifest }: StoredWheel,
  db: Pick<PackageDB, "forgetMetadata">,
  warn: (message: string) => void,
): Promise<void> {
  const { name, version, artifact } = pin;
  const isIt = manifest.name === name && isSameVersion(manifest.version, version);
  if (!isIt) {
    const own = `${manifest.name} ${manifest.version}`;
    throw invalidWheel(artifact.filename, `it is \`${own}\`, and \`${name} ${version}\` is wanted`);
  }
  const difference = compareMetadata(pin, manifest);
  if (difference === undefined) return;
  if (pin.metadata.assumed) {
    const message = `\`${name} ${version}\` could not be built when it was resolved, and now that it was, ${difference}`;
    throw new PosyError("metadata-mismatch", message, {
      hint: `resolve again: \`--refresh\`, or in a project \`posy lock --upgrade-package ${name}\``,
    });
  }
  if (artifact.kind !== "wheel") return warn(difference);
  await db.forgetMetadata(artifact);
  throw new PosyError("metadata-mismatch", difference, {
    hint: "run it again: the wheel itself is read then; where a lock has it, `posy lock --upgrade` makes that anew",
  });
}

function isSameVersion(one: string, other: string): boolean {
  return one === other || tryParseVersion(one)?.key === tryParseVersion(other)?.key;
}
