import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { posyCommand, seedHome } from "../../support/posy.ts";
import { platformCache, runOrThrow, runTool, withoutTools } from "./tools.ts";

/** Why tests of exFAT cannot run here, or `false` if they can. */
export const withoutExfat = withoutTools("exFAT", ["mkfs.exfat", "mount.exfat-fuse", "losetup", "umount"]);
/** Why tests of disks that ignore case cannot run here, or `false` if they can. */
export const withoutFoldingDisk = withoutTools("FUSE", ["fusermount", "umount"]);

/** A disk for one test. It is unmounted, and gone, at the end. */
export interface Disk {
  /** The folder in which it is mounted. */
  readonly path: string;
  unmount(): Promise<void>;
}

/**
 * Mounts an empty exFAT disk of 1 GB by FUSE. It has no symbolic links, no hard links, no modes and times of two
 * seconds, and it ignores case. FAT has the same lacks, but this machine's kernel may have no driver for it.
 */
export async function mountExfat(): Promise<Disk> {
  const root = newRoot("exfat");
  const [image, path] = [join(root, "image"), join(root, "disk")];
  mkdirSync(path);
  runOrThrow(["truncate", "--size=1G", image]);
  runOrThrow(["mkfs.exfat", image]);
  const device = runOrThrow(["losetup", "--find", "--show", image]).trim();
  runOrThrow(["mount.exfat-fuse", device, path]);
  await mounted(path);
  return {
    path,
    async unmount() {
      await unmount(path);
      runTool(["losetup", "--detach", device]);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/**
 * Mounts an empty disk that ignores case but keeps it, with links and modes, as APFS and ext4 with `casefold` are. It
 * is a small program for FUSE (`folding-disk.py`), because few kernels have been built with `casefold`.
 */
export async function mountFoldingDisk(): Promise<Disk> {
  const root = newRoot("folding");
  const [backing, path] = [join(root, "backing"), join(root, "disk")];
  for (const folder of [backing, path]) mkdirSync(folder);
  const script = resolve("test", "platforms", "support", "folding-disk.py");
  const command = ["run", "--no-project", "--with", "mfusepy", "--", "python", script, backing, path];
  const [program = "", ...args] = [...posyCommand, ...command];
  const env = { ...process.env, POSY_HOME: await seedHome(), POSY_PYTHON_MIRROR: "off", UV_NO_CONFIG: "1" };
  const server = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"], env });
  await mounted(path, server);
  return {
    path,
    async unmount() {
      await unmount(path);
      if (server.exitCode === null) await new Promise((settle) => server.once("exit", settle));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function newRoot(name: string): string {
  mkdirSync(platformCache, { recursive: true });
  return mkdtempSync(join(platformCache, `${name}-`));
}

const isMounted = (path: string) => readFileSync("/proc/mounts", "utf8").includes(` ${path} `);

/** Waits until a disk is mounted, at most a minute. */
async function mounted(path: string, server?: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (isMounted(path) && existsSync(path)) return;
    if (server !== undefined && server.exitCode !== null) break;
    await setTimeout(100);
  }
  throw new Error(`nothing was mounted at ${path}`);
}

/** Unmounts a disk. A program of the test may still be ending. */
async function unmount(path: string): Promise<void> {
  for (let tries = 0; tries < 50 && isMounted(path); tries++) {
    if (runTool(["umount", path]).status !== 0) await setTimeout(100);
  }
  if (isMounted(path)) runOrThrow(["umount", "--lazy", path]);
}
