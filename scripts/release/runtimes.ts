import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ReleaseTarget } from "./targets.ts";

/** The folder of the unpacked executables. `npm ci` removes it together with node_modules. */
const cache = join("node_modules", ".cache", "posy-runtimes");

/**
 * Returns the path of Bun's executable for a platform. It comes from the npm package of the pinned version, and is
 * downloaded once. Throws if npm cannot get the package, or if the package has not the integrity of package-lock.json.
 */
export function runtimeOf({ runtime }: ReleaseTarget): string {
  const { version, integrity } = lockedPackage(`@oven/${runtime}`);
  const executable = runtime.includes("windows") ? "bun.exe" : "bun";
  const folder = join(cache, `${runtime}-${version}`);
  if (existsSync(folder)) return join(folder, executable);
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "download-"));
  try {
    const archive = pack(`@oven/${runtime}@${version}`, work);
    checkIntegrity(archive, integrity, runtime);
    run("tar", ["-xzf", archive, "-C", work]);
    try {
      renameSync(join(work, "package", "bin"), folder);
    } catch (error) {
      // Another build unpacked the same package at the same time.
      if (!existsSync(folder)) throw error;
    }
    return join(folder, executable);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Returns what package-lock.json says about a package. Throws if it says nothing. */
export function lockedPackage(name: string): { version: string; integrity: string } {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {};
  if (typeof version !== "string" || typeof integrity !== "string")
    throw new Error(`package-lock.json has no integrity of \`${name}\``);
  return { version, integrity };
}

/** Downloads a package from the configured registry with npm, and returns the path of the archive. */
function pack(specifier: string, folder: string): string {
  const output = runNpm(["pack", "--silent", "--pack-destination", folder, specifier]);
  return join(folder, output.trim().split("\n").at(-1) ?? "");
}

function runNpm(args: readonly string[]): string {
  // npm is a batch file on Windows, which cannot be started without a shell.
  const script = process.env["npm_execpath"];
  if (script?.endsWith(".js")) return run("node", [script, ...args]);
  return run(process.platform === "win32" ? "npm.cmd" : "npm", args, process.platform === "win32");
}

function run(command: string, args: readonly string[], shell = false): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", shell });
  if (status !== 0) throw new Error(`\`${command} ${args.join(" ")}\` failed\n${error ?? stdout + stderr}`);
  return stdout;
}

/** Throws if a file does not have the hash of package-lock.json, `sha512-…`. `name` names it in the message. */
export function checkIntegrity(archive: string, integrity: string, name: string): void {
  const [algorithm = "", expected] = integrity.split("-");
  const actual = createHash(algorithm).update(readFileSync(archive)).digest("base64");
  if (actual !== expected)
    throw new Error(`\`${name}\` has the hash ${algorithm}-${actual}, package-lock.json has ${integrity}`);
}
