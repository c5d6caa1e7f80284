// Installs the Debian packages that the suite `platforms` needs:
//
//     node scripts/install-platform-tools.mjs
//
// It does nothing if all of them are installed, without root, and where there is no apt-get. Then the tests whose tools
// are missing are skipped, and say so.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The packages, each with a program that it brings. */
const packages = {
  wine: "wine",
  "gcc-mingw-w64-x86-64-win32": "x86_64-w64-mingw32-gcc",
  "qemu-user-static": "qemu-aarch64-static",
  debootstrap: "debootstrap",
  "musl-tools": "musl-gcc",
  "exfat-fuse": "mount.exfat-fuse",
  exfatprogs: "mkfs.exfat",
  fuse: "fusermount",
};

const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
const isOnPath = (program) => folders.some((folder) => existsSync(join(folder, program)));

/** Returns the error, or undefined if all is well. */
export function installPlatformTools() {
  const missing = Object.keys(packages).filter((name) => !isOnPath(packages[name]));
  // Debian's package `wine` needs one of `wine32` and `wine64`.
  if (missing.includes("wine")) missing.push("wine64");
  if (missing.length === 0 || process.getuid?.() !== 0 || !isOnPath("apt-get")) return undefined;
  console.log(`installing ${missing.join(", ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = ["install", "--yes", "--quiet", "--no-install-recommends", ...missing];
  for (const args of [["update", "--quiet"], install]) {
    const { status, stdout, stderr } = spawnSync("apt-get", args, { encoding: "utf8", env });
    if (status !== 0) return `\`apt-get ${args.join(" ")}\` failed\n${stdout}${stderr}`;
  }
  return undefined;
}

if (process.argv[1]?.endsWith("install-platform-tools.mjs")) {
  const error = installPlatformTools();
  if (error !== undefined) {
    console.error(error);
    process.exit(1);
  }
}
