import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compiledPosy } from "./compiled-posy.ts";
import { cachedFolder, unpackPackages } from "./debian.ts";
import { programPath, runTool, type ToolRun, withoutTools } from "./tools.ts";

/** Why tests of Linux arm64 cannot run here, or `false` if they can. */
export const withoutQemu = withoutTools("QEMU", ["qemu-aarch64-static", "apt-get", "dpkg-deb"]);

const binfmt = "/proc/sys/fs/binfmt_misc";
/** The first bytes of ELF programs for arm64, and the bits of them that count (qemu's `qemu-binfmt-conf.sh`). */
const magic = String.raw`\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00`;
const mask = String.raw`\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff`;

/** Lets the kernel start programs for arm64 by QEMU, as Debian's `binfmt-support` does. It stays so until a reboot. */
export function registerQemu(): void {
  if (!existsSync(`${binfmt}/register`)) runTool(["mount", "-t", "binfmt_misc", "none", binfmt]);
  if (readdirSync(binfmt).includes("posy-aarch64")) return;
  // F: the kernel opens QEMU now, so that it also works in other root folders. P: programs see the name by which they
  // were started, as busybox needs it. The entry that was registered last is used.
  writeFileSync(
    `${binfmt}/register`,
    `:posy-aarch64:M::${magic}:${mask}:${programPath("qemu-aarch64-static")}:PF`,
  );
}

/** Returns a folder with the C and C++ libraries of Debian for arm64. */
function arm64Libraries(): string {
  return cachedFolder("arm64-libraries", (folder) =>
    unpackPackages(folder, "bookworm", "arm64", ["libc6", "libgcc-s1", "libstdc++6", "zlib1g"]),
  );
}

/** Returns a root folder for arm64 with glibc, the C++ libraries, and busybox as its shell. */
export function arm64Root(): string {
  return cachedFolder("arm64-root", (folder) => {
    const packages = ["libc6", "libgcc-s1", "libstdc++6", "zlib1g", "busybox-static"];
    unpackPackages(folder, "bookworm", "arm64", packages);
    for (const name of ["root", "tmp", "proc", "dev", "opt"]) {
      mkdirSync(join(folder, name), { recursive: true });
    }
    for (const name of ["sh", "ls", "cat"]) symlinkSync("busybox", join(folder, "bin", name));
  });
}

/** Runs Posy for Linux arm64 under QEMU. */
export function runArm64Posy(args: readonly string[], env: Readonly<Record<string, string>>): ToolRun {
  registerQemu();
  return runTool([compiledPosy("linux-aarch64"), ...args], {
    cwd: "/",
    env: {
      ...process.env,
      POSY_PYTHON_MIRROR: "off",
      UV_NO_CONFIG: "1",
      QEMU_LD_PREFIX: arm64Libraries(),
      ...env,
    },
  });
}
