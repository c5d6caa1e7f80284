import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { linkInterpreters, seedHome } from "../posy.ts";
import { removeFolder } from "../remove-folder.ts";
import type { RunOptions } from "./injector.ts";

/**
 * A POSY_HOME, a home folder, a folder for temporary files and a current folder, always at the same path, since
 * environments contain their path. Its state can be kept and brought back.
 */
export interface World {
  readonly root: string;
  /** `POSY_HOME`. */
  readonly home: string;
  /** The current folder of the runs. */
  readonly cwd: string;
  readonly user: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  options(args: readonly string[]): RunOptions;
  /** Empties it. The store has the interpreter of the tests by a link. */
  clear(): Promise<void>;
  /** Keeps the state under a name. */
  keep(name: string): void;
  /** Brings a kept state back, with all times. With `mounted`, the world is a file system of its own, in memory. */
  restore(name: string, options?: { readonly mounted?: boolean }): void;
  /**
   * Changes the options of the mounted file system, such as `size=1000k` or `ro`. Returns whether that was possible.
   */
  remount(options: string): boolean;
  /** Removes it. */
  remove(): void;
}

/** Makes a world in a folder. `variables` are additional variables for the runs. */
export function makeWorld(folder: string, variables: Readonly<Record<string, string>>): World {
  const root = join(folder, "world");
  const [home, cwd, user, tmp] = ["home", "cwd", "user", "tmp"].map((name) => join(root, name)) as [
    string,
    string,
    string,
    string,
  ];
  const environment = {
    // From its sources, Posy runs on a Bun that would keep compiled modules in the home folder.
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
    PATH: `${join(user, ".local", "bin")}:${process.env["PATH"]}`,
    LANG: "C.UTF-8",
    POSY_PYTHON_MIRROR: "off",
    POSY_HOME: home,
    HOME: user,
    TMPDIR: tmp,
    ...variables,
  };
  const kept = (name: string) => join(folder, `kept-${name.replace(/\W+/g, "-")}`);
  let isMounted = false;
  const empty = () => {
    if (isMounted) mustRun("umount", "-l", root);
    isMounted = false;
    removeFolder(root);
  };
  return {
    root,
    home,
    cwd,
    user,
    environment,
    options: (args) => ({ args, cwd, env: environment }),
    async clear() {
      empty();
      for (const path of [root, cwd, user, tmp]) mkdirSync(path);
      linkInterpreters(await seedHome(), home);
    },
    keep(name) {
      removeFolder(kept(name));
      mustRun("cp", "-a", root, kept(name));
    },
    restore(name, { mounted = false } = {}) {
      empty();
      mkdirSync(root);
      if (mounted) mustRun("mount", "-t", "tmpfs", "posy-faults", root);
      isMounted = mounted;
      mustRun("cp", "-a", `${kept(name)}/.`, root);
    },
    remount: (options) => spawnSync("mount", ["-o", `remount,${options}`, root]).status === 0,
    remove: empty,
  };
}

function mustRun(program: string, ...args: string[]): void {
  const run = spawnSync(program, args);
  if (run.status !== 0) throw new Error(`${program} ${args.join(" ")}: ${run.stderr.toString()}`);
}
