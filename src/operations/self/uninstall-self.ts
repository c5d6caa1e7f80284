import { rename, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buckets as cacheBuckets, cleanCache, plainIndexSettings } from "../../packages/index.ts";
import { openPosy } from "../../posy.ts";
import type { OperationContext } from "../../settings/index.ts";
import {
  asPosyError,
  exists,
  openHome,
  textIfThere,
  userFolder,
  writeUserFile,
} from "../../system/fs/index.ts";
import { runCaptured } from "../../system/process/index.ts";
import { mark, profiles } from "../shell-path/shell-profiles.ts";
import { presentLaunchers } from "../launchers/launcher-programs.ts";
import { launcherRecords } from "../launchers/launcher-record.ts";
import { namedTools } from "../tools/named-tools.ts";
import { uninstallTools } from "../tools/uninstall-tools.ts";
import { type Installation, installation, requireSingleFile } from "./installation.ts";

/** Something that `uninstallSelf` removes. */
export interface RemovedPart {
  /**
   * `tool`: an installed tool with its programs. `launcher`: a program that starts a Python through Posy or its store.
   * `line`: a line of a file, which the installer added.
   */
  readonly kind: "program" | "launcher" | "completions" | "line" | "tool" | "store";
  /** The absolute path of the file or folder. */
  readonly path: string;
}

/** Options of `planUninstall`. */
export interface UninstallOptions {
  /** Remove the store and the cache, too. */
  readonly purge?: boolean | undefined;
  /** The Posy to remove. The default is the running one. */
  readonly installed?: Installation;
}

/** The first line of a file of completions, after the `#compdef` of Zsh. */
const written = /^(#compdef posy\r?\n)?# Completions of posy for \w+\. Written by "posy completions/;

/**
 * Returns what an uninstallation would remove: the program, the launchers that need it, completions, the lines that the
 * installer added to profiles, and the store and the cache with `purge`. Throws `usage` if another tool installed this
 * Posy.
 */
export async function planUninstall(
  { purge, installed = installation() }: UninstallOptions,
  context: OperationContext,
): Promise<readonly RemovedPart[]> {
  const { environment } = context;
  requireSingleFile(installed, "remove");
  const parts: RemovedPart[] = [{ kind: "program", path: installed.path }];
  // `python3.13` does not need Posy, but the store. `python` needs both.
  const launchers = (await launcherRecords(openHome(environment))).filter(({ python }) => purge || python);
  for (const path of presentLaunchers(launchers)) parts.push({ kind: "launcher", path });
  for (const path of completionFiles(environment, dirname(installed.path))) {
    if (written.test((await textIfThere(path).catch(() => undefined)) ?? "")) {
      parts.push({ kind: "completions", path });
    }
  }
  for (const path of profiles(environment)) {
    if ((await textIfThere(path).catch(() => undefined))?.includes(mark)) parts.push({ kind: "line", path });
  }
  if (purge) {
    for (const { folder } of await namedTools([], context)) parts.push({ kind: "tool", path: folder });
    const { data, cache } = openHome(environment);
    for (const path of [data, cache]) if (await exists(path)) parts.push({ kind: "store", path });
  }
  return parts;
}

/** Removes the parts of a plan, the program last, so that a failure can be repeated. */
export async function uninstallSelf(parts: readonly RemovedPart[], context: OperationContext): Promise<void> {
  if (parts.some(({ kind }) => kind === "store")) await removeStore(context);
  for (const { kind, path } of parts) {
    if (kind === "store" || kind === "program" || kind === "tool") continue;
    try {
      if (kind === "completions" || kind === "launcher") await rm(path, { force: true });
      else await removeMarkedLines(path);
    } catch (error) {
      throw asPosyError(error, `changing \`${path}\``);
    }
  }
  for (const { path } of parts.filter(({ kind }) => kind === "program")) {
    try {
      await (process.platform === "win32" ? removeRunning(path, context) : rm(path, { force: true }));
    } catch (error) {
      throw asPosyError(error, `removing \`${path}\``);
    }
  }
}

/** Removes the tools, and empties the store and the cache. Files that Posy did not make stay, with their folders. */
async function removeStore(context: OperationContext): Promise<void> {
  const { environment, cwd, reporter } = context;
  const home = openHome(environment);
  await uninstallTools([], context);
  await using posy = await openPosy({ index: plainIndexSettings, reporter, environment, cwd, home });
  for (const folder of [home.launchers, home.guards]) await rm(folder, { recursive: true, force: true });
  await posy.forest.clean(["envs", "wheels", "pythons", "tmp"]);
  await cleanCache(home, cacheBuckets);
  for (const file of [home.pruned, home.startLock]) await rm(file, { force: true });
  const folders = [home.tools, home.envs, home.wheels, home.pythons, home.dataTmp, home.cacheTmp];
  const ofCache = cacheBuckets.map((bucket) => home[bucket]);
  for (const folder of [...folders, ...ofCache, home.data, home.cache]) await rmdir(folder).catch(() => {});
  // `POSY_HOME`, if nothing else is in it.
  if (environment["POSY_HOME"]) await rmdir(dirname(home.data)).catch(() => {});
}

async function removeMarkedLines(path: string): Promise<void> {
  const text = (await textIfThere(path)) ?? "";
  const kept = text.split(/(?<=\n)/).filter((line) => !line.includes(mark));
  await writeUserFile(path, kept.join(""));
}

/** The places to which the installer writes completions. */
function completionFiles(environment: NodeJS.ProcessEnv, folder: string): readonly string[] {
  if (process.platform === "win32") return [join(folder, "posy-completions.ps1")];
  const data = environment["XDG_DATA_HOME"] || join(userFolder(environment), ".local", "share");
  const configuration = environment["XDG_CONFIG_HOME"] || join(userFolder(environment), ".config");
  return [
    join(data, "bash-completion", "completions", "posy"),
    join(data, "zsh", "site-functions", "_posy"),
    join(data, "fish", "vendor_completions.d", "posy.fish"),
    join(configuration, "fish", "completions", "posy.fish"),
  ];
}

/**
 * Windows does not let a running program be removed. It is moved to the folder for temporary files, or beside its path
 * on another drive, and removed when this process has ended. Its folder leaves the PATH of the user.
 */
async function removeRunning(path: string, { environment }: OperationContext): Promise<void> {
  const folder = dirname(path);
  const elsewhere = join(tmpdir(), `posy-removed-${process.pid}.exe`);
  const beside = join(folder, `posy-removed-${process.pid}.exe`);
  const moved = await rename(path, elsewhere).then(
    () => elsewhere,
    () => rename(path, beside).then(() => beside),
  );
  await rm(join(folder, "posy.old.exe"), { force: true }).catch(() => {});
  const script = [
    `$entries = [Environment]::GetEnvironmentVariable('Path', 'User') -split ';' | Where-Object { $_ -and $_ -ne $env:POSY_FOLDER }`,
    `[Environment]::SetEnvironmentVariable('Path', ($entries -join ';'), 'User')`,
    `Start-Process -WindowStyle Hidden powershell -ArgumentList '-NoProfile', '-Command', "Wait-Process -Id ${process.pid} -ErrorAction SilentlyContinue; Remove-Item -LiteralPath '${moved.replaceAll("'", "''")}' -Force"`,
  ].join("; ");
  const env = { ...environment, POSY_FOLDER: folder };
  await runCaptured("powershell", ["-NoProfile", "-Command", script], { env, keepsDaemons: true }).catch(
    () => {},
  );
}
