import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binaryName, releaseTargets, type ReleaseTarget } from "./targets.ts";

/** How npm names the systems, processors and C libraries that a package is for. */
const restrictions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "linux-x86_64": { os: ["linux"], cpu: ["x64"], libc: ["glibc"] },
  "linux-aarch64": { os: ["linux"], cpu: ["arm64"], libc: ["glibc"] },
  "linux-x86_64-musl": { os: ["linux"], cpu: ["x64"], libc: ["musl"] },
  "linux-aarch64-musl": { os: ["linux"], cpu: ["arm64"], libc: ["musl"] },
  "macos-x86_64": { os: ["darwin"], cpu: ["x64"] },
  "macos-arm64": { os: ["darwin"], cpu: ["arm64"] },
  "windows-x86_64": { os: ["win32"], cpu: ["x64"] },
  "windows-arm64": { os: ["win32"], cpu: ["arm64"] },
};

/**
 * Writes npm packages: `posy`, and one for each platform with the program. npm installs only the one for the machine,
 * since all of them are optional dependencies of `posy`. `release` is the folder of the compiled programs.
 */
export function writeNpmPackages(
  folder: string,
  release: string,
  targets: readonly ReleaseTarget[],
  { version, description, license }: { version: string; description: string; license: string },
): void {
  const write = (name: string, manifest: object, files: Readonly<Record<string, string>>) => {
    const to = join(folder, name);
    mkdirSync(join(to, "bin"), { recursive: true });
    const whole = { name, version, description, license, ...manifest };
    writeFileSync(join(to, "package.json"), `${JSON.stringify(whole, undefined, 2)}\n`);
    for (const [path, source] of Object.entries(files)) copyFileSync(source, join(to, path));
  };
  const licences = join(release, "LICENSES.txt");
  for (const target of targets) {
    const program = target.platform.startsWith("windows-") ? "posy.exe" : "posy";
    write(
      `posy-${target.platform}`,
      { description: `Posy for ${target.platform}`, ...restrictions[target.platform], preferUnplugged: true },
      { [`bin/${program}`]: join(release, binaryName(target)), "LICENSES.txt": licences },
    );
  }
  const optionalDependencies = Object.fromEntries(
    releaseTargets.map(({ platform }) => [`posy-${platform}`, version]),
  );
  write(
    "posy",
    { bin: { posy: "bin/posy.js" }, engines: { node: ">=18" }, optionalDependencies },
    {
      "bin/posy.js": join("scripts", "release", "npm", "posy.js"),
      "LICENSES.txt": licences,
      "README.md": "README.md",
    },
  );
}
