import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";

/**
 * Every path that Posy has on disk. A bucket's name carries its format's version: a change of format is a new
 * bucket beside the old one, so that two versions of Posy never read each other's halves.
 *
 *     <data>/
 *       pythons-v1/<sha256>/           an unpacked interpreter (pybi tree)
 *       wheels-v1/<sha256>/            an unpacked wheel
 *       envs-v1/<key>/                 a composed Env
 *       tools-v1/<name>/               an installed tool: its `pyproject.toml`, its lock, a link to its Env
 *       guards-v1/                     a `pip` and a `uv` that refuse to change an environment
 *       launchers-v1/<version>/        the programs of a Python in the user's folder, and a link to the Python or its path
 *       roots-v1/<key>                 the path of a project's link to an Env, or an interpreter that was asked for
 *       tmp/                           entries being built; renamed into place when whole
 *       starting.lock                  held while a program starts (`locks/start-lock.ts`)
 *     <cache>/
 *       http-v2/<key>                  responses, by the rules of HTTP caching; listings of Python mirrors (`.pythons`)
 *       metadata-v4/<key>              METADATA of a wheel or an sdist, by the URL and the claimed hashes of the file
 *       artifacts-v2/<sha256>          downloaded files, by hash
 *       briefs-v1/<key>                the last result of a Brief (a Blueprint or a lock) and its Env
 *       probes-v1/<key>                the description of an installed Python
 *       builds-v2/<identity>/<key>/      results of building a source: wheels, metadata, build requirements
 *       git-v1/db/<key>/               the objects, branches and tags of a repository, shared by all projects
 *       git-v1/checkouts/<key>/<commit>/   the files of one commit, with those of its submodules
 *       shells-v1/<key>/               start-up files for the shells of `posy shell`
 *       scripts-v1/<key>/              a script that `posy run` was given as a URL, by the URL
 *       verified-v1/<key>              an entry that was verified and belongs to another user (`sharing/`)
 *       tmp/
 *       pruned                         its time is that of the last prune that `POSY_CACHE_MAX_SIZE` started
 *     <configuration>/                 `configurationFolder`: written by people and `posy python pin --global`
 *       .python-version                the Python for folders without a pin
 */
export interface Home {
  readonly data: string;
  readonly cache: string;
  readonly pythons: string;
  readonly wheels: string;
  readonly envs: string;
  readonly tools: string;
  readonly launchers: string;
  readonly guards: string;
  readonly roots: string;
  readonly dataTmp: string;
  readonly http: string;
  readonly metadata: string;
  readonly artifacts: string;
  readonly briefs: string;
  readonly probes: string;
  readonly builds: string;
  readonly git: string;
  readonly shells: string;
  readonly scripts: string;
  readonly verified: string;
  readonly cacheTmp: string;
  readonly pruned: string;
  readonly startLock: string;
  /** Stores of other users, in the order in which they are searched. Posy only reads them, and they have none. */
  readonly shared: readonly Home[];
}

/** The name of `Home.startLock` in the folder `data`. */
export const startLockName = "starting.lock";

/**
 * Returns the user's home folder, or "/" if it is unknown: `HOME` is not set, and the user has no entry in the
 * password database (a container with an arbitrary user id). Container runtimes set `HOME=/` for such users.
 */
export function userFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return knownUserFolder(environment) ?? "/";
}

function knownUserFolder(environment: NodeJS.ProcessEnv): string | undefined {
  try {
    return environment["HOME"] || environment["USERPROFILE"] || homedir();
  } catch {
    return undefined;
  }
}

/**
 * Returns the paths of the store and the cache. `POSY_HOME` moves both; otherwise they are in the platform's
 * usual folders. The paths are always absolute, because links point to them. Throws `invalid-configuration` if
 * the user's home folder is needed and unknown. `POSY_SHARED_STORES` adds stores that are only read.
 */
export function openHome(environment: NodeJS.ProcessEnv = process.env, platform = process.platform): Home {
  const home = ownHome(environment, platform);
  const folders = environment["POSY_SHARED_STORES"];
  return folders ? withSharedStores(home, folders) : home;
}

/**
 * Returns a home with shared stores. `folders` is a list of folders that were a `POSY_HOME`, as `PATH` separates them.
 */
function withSharedStores(home: Home, folders: string): Home {
  const shared = new Map<string, Home>();
  for (const folder of folders.split(delimiter)) {
    if (folder === "") continue;
    const store = homeAt(resolve(folder, "data"), resolve(folder, "cache"));
    // The administrator's own store may be in the variable of everybody.
    if (store.data !== home.data) shared.set(store.data, store);
  }
  return { ...home, shared: [...shared.values()] };
}

function ownHome(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): Home {
  const home = environment["POSY_HOME"];
  if (home) return homeAt(resolve(home, "data"), resolve(home, "cache"));
  const user = (...path: string[]) => {
    const folder = knownUserFolder(environment);
    if (folder === undefined) throw unknownUserFolder();
    return resolve(folder, ...path);
  };
  if (platform === "win32") {
    const local = environment["LOCALAPPDATA"] || user("AppData", "Local");
    return homeAt(join(local, "posy", "data"), join(local, "posy", "cache"));
  }
  if (platform === "darwin") {
    return homeAt(user("Library", "Application Support", "posy"), user("Library", "Caches", "posy"));
  }
  return homeAt(
    resolve(environment["XDG_DATA_HOME"] || user(".local", "share"), "posy"),
    resolve(environment["XDG_CACHE_HOME"] || user(".cache"), "posy"),
  );
}

/**
 * Returns the folder of the user's settings. `POSY_HOME` moves it; otherwise it is next to the settings of
 * other programs.
 */
export function configurationFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform = process.platform,
): string {
  const home = environment["POSY_HOME"];
  if (home) return resolve(home, "config");
  const user = resolve(userFolder(environment));
  if (platform === "win32") return join(environment["APPDATA"] || join(user, "AppData", "Roaming"), "posy");
  return resolve(environment["XDG_CONFIG_HOME"] || join(user, ".config"), "posy");
}

function unknownUserFolder(): PosyError {
  return new PosyError(
    "invalid-configuration",
    "the home folder of the user is unknown, and `HOME` is not set",
    {
      hint: "set `POSY_HOME` to the folder for Posy's files, or set `HOME`",
    },
  );
}

export function homeAt(data: string, cache: string): Home {
  return {
    data,
    cache,
    pythons: join(data, "pythons-v1"),
    wheels: join(data, "wheels-v1"),
    envs: join(data, "envs-v1"),
    tools: join(data, "tools-v1"),
    launchers: join(data, "launchers-v1"),
    guards: join(data, "guards-v1"),
    roots: join(data, "roots-v1"),
    dataTmp: join(data, "tmp"),
    http: join(cache, "http-v2"),
    metadata: join(cache, "metadata-v4"),
    artifacts: join(cache, "artifacts-v2"),
    briefs: join(cache, "briefs-v1"),
    probes: join(cache, "probes-v1"),
    builds: join(cache, "builds-v2"),
    git: join(cache, "git-v1"),
    shells: join(cache, "shells-v1"),
    scripts: join(cache, "scripts-v1"),
    verified: join(cache, "verified-v1"),
    cacheTmp: join(cache, "tmp"),
    pruned: join(cache, "pruned"),
    startLock: join(data, startLockName),
    shared: [],
  };
}
