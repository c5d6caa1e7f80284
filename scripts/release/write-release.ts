import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundledPackages } from "./bundled-packages.ts";
import { checksumsText } from "./checksums.ts";
import { compile } from "./compile.ts";
import { compress, compressedName } from "./compress.ts";
import { licencesText } from "./licences.ts";
import { sbomText } from "./sbom.ts";
import { binaryName, type ReleaseTarget } from "./targets.ts";

/** The file names of a release that are the same for all platforms. */
export const releaseFiles = {
  checksums: "SHA256SUMS",
  licences: "LICENSES.txt",
  sbom: "posy.cdx.json",
  installers: ["install.sh", "install.ps1"],
} as const;

/**
 * Writes a release to a folder: the program for each platform, also compressed, its licences and its bill of materials,
 * the installers, and the checksums of all these files. The installers download from `from`, if it is not empty.
 * Otherwise they use the folder that they are in.
 */
export async function writeRelease(
  folder: string,
  targets: readonly ReleaseTarget[],
  from: string,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { version, devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  const packages = bundledPackages();
  const texts: readonly (readonly [name: string, text: string])[] = [
    [releaseFiles.licences, licencesText(packages, devDependencies.bun)],
    [releaseFiles.sbom, sbomText(version, devDependencies.bun, packages)],
    ...releaseFiles.installers.map(
      (name) => [name, withDefaults(readFileSync(join("scripts", "install", name), "utf8"), from)] as const,
    ),
  ];
  for (const [name, text] of texts) writeFileSync(join(folder, name), text);
  for (const target of targets) compile(join(folder, binaryName(target)), target);
  await Promise.all(
    targets.map((target) => compress(join(folder, binaryName(target)), join(folder, compressedName(target)))),
  );
  const names = [...texts.map(([name]) => name), ...targets.map(binaryName), ...targets.map(compressedName)];
  writeFileSync(join(folder, releaseFiles.checksums), await checksumsText(folder, names));
}

/** Sets where an installer downloads from. */
function withDefaults(text: string, from: string): string {
  return text.replace(
    /^(default_from=|\$DefaultFrom = )''$/m,
    (_, start) => `${start}'${from.replaceAll("'", "")}'`,
  );
}
