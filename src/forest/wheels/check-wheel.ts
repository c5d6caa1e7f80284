import { pinsVersion } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { PackageDB } from "../../packages/index.ts";
import { tryParseVersion } from "../../vocab/version/index.ts";
import { compareMetadata } from "./compare-metadata.ts";
import { invalidWheel } from "./invalid-wheel.ts";
import type { StoredWheel } from "./stored-wheel.ts";

/**
 * Compares a stored wheel, whose bytes were verified, with the pin and the metadata that it was chosen by.
 *
 * - Throws `invalid-wheel` if the wheel has another name or version than its pin. The version of a folder or a git
 *   commit may differ (`pinsVersion`).
 * - Throws `metadata-mismatch` if its metadata differ from what the index served, because the pins were resolved from
 *   that. The cached metadata are removed.
 * - A wheel that was built may say the same in other words, so a difference is only a warning; but it throws
 *   `metadata-mismatch` if the pin's metadata were those of another file, and the wheel requires more: then a package
 *   would be missing.
 */
export async function checkWheel(
  { pin, manifest }: StoredWheel,
  db: Pick<PackageDB, "forgetMetadata">,
  warn: (message: string) => void,
): Promise<void> {
  const { name, version, artifact } = pin;
  const matchesPin =
    manifest.name === name && (!pinsVersion(pin) || isSameVersion(manifest.version, version));
  if (!matchesPin) {
    const actual = `${manifest.name} ${manifest.version}`;
    throw invalidWheel(artifact.filename, `it is \`${actual}\`, and \`${name} ${version}\` is wanted`);
  }
  const compared = compareMetadata(pin, manifest);
  if (compared === undefined) return;
  const { difference, requiresMore } = compared;
  if (pin.metadata.assumed && requiresMore) {
    const message =
      `\`${name} ${version}\` was resolved with the metadata of another file of its release; ` +
      `now it was built, and ${difference}`;
    throw new PosyError("metadata-mismatch", message, {
      hint: `resolve again: \`--refresh\`, or in a project \`posy lock --upgrade-package ${name}\``,
    });
  }
  if (artifact.kind !== "wheel") return warn(difference);
  await db.forgetMetadata(artifact);
  throw new PosyError("metadata-mismatch", difference, {
    hint: "run it again, which reads the wheel itself; if it is in a lock, renew that with `posy lock --upgrade`",
  });
}

function isSameVersion(one: string, other: string): boolean {
  return one === other || tryParseVersion(one)?.key === tryParseVersion(other)?.key;
}
