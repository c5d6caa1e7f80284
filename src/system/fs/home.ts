import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Every path that Posy has on disk. A bucket's name carries its format's version: a change of format is a new
 * bucket beside the old one, so that two versions of Posy never read each other's halves.
 *
 *     <data>/
 *       pythons-v1/<sha256>/           an unpacked interpreter (pybi tree)
 *       wheels-v1/<sha256>/            an unpacked wheel
 *       envs-v1/<key>/                 a composed Env
 *       tmp/                           entries being built; renamed into place when whole
 *     <cache>/
 *       http-v2/<key>                  responses, by the rules of HTTP caching; what places of Pythons list (`.pythons`)
 *       metadata-v4/<key>              METADATA of a wheel or an sdist, by the URL of its file and the hashes claimed of it
 *       artifacts-v2/<sha256>          files as they were downloaded, by hash
 *       briefs-v1/<key>                what a Brief last resolved to (a Blueprint, or a lock) and the Env it grew
 *       probes-v1/<key>                what an adopted interpreter said of itself
 *       builds-v2/<identity>/<key>/      what was built of a source: wheels, metadata, what it needed
 *       git-v1/db/<key>/               the objects of a repository and where its branches and tags were, shared by all projects
 *       git-v1/checkouts/<key>/<commit>/   the files of one commit, with those of its submodules
 *       shells-v1/<key>/               what shells read when `posy shell` starts them
 *       tmp/
 *     <configuration>/                 `configurationFolder`: written by people and `posy python pin --global`
 *       .python-version                which Python where no folder says
 */
export interface Home {
  readonly data: string;
  readonly cache: string;
  readonly pythons: string;
  readonly wheels: string;
  readonly envs: string;
  readonly dataTmp: string;
  readonly http: string;
  readonly metadata: string;
  readonly artifacts: string;
  readonly briefs: string;
  readonly probes: string;
  readonly builds: string;
  readonly git: string;
  readonly shells: string;
  readonly cacheTmp: string;
}

/** Where the store and the cache are: `POSY_HOME` moves both, else the platform's own folders. Links lead there: absolute always. */
export function openHome(environment: NodeJS.ProcessEnv = process.env, platform = process.platform): Home {
  const home = environment["POSY_HOME"];
  if (home) return homeAt(resolve(home, "data"), resolve(home, "cache"));
  const user = resolve(environment["HOME"] || environment["USERPROFILE"] || homedir());
  if (platform === "win32") {
    const local = environment["LOCALAPPDATA"] || join(user, "AppData", "Local");
    return homeAt(join(local, "posy", "data"), join(local, "posy", "cache"));
  }
  if (platform === "darwin") {
    return homeAt(
      join(user, "Library", "Application Support", "posy"),
      join(user, "Library", "Caches", "posy"),
    );
  }
  return homeAt(
    resolve(environment["XDG_DATA_HOME"] || join(user, ".local", "share"), "posy"),
    resolve(environment["XDG_CACHE_HOME"] || join(user, ".cache"), "posy"),
  );
}

/** Where a person's own settings are: `POSY_HOME` moves them too, else beside those of other programs. */
export function configurationFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform = process.platform,
): string {
  const home = environment["POSY_HOME"];
  if (home) return resolve(home, "config");
  const user = resolve(environment["HOME"] || environment["USERPROFILE"] || homedir());
  if (platform === "win32") return join(environment["APPDATA"] || join(user, "AppData", "Roaming"), "posy");
  return resolve(environment["XDG_CONFIG_HOME"] || join(user, ".config"), "posy");
}

export function homeAt(data: string, cache: string): Home {
  return {
    data,
    cache,
    pythons: join(data, "pythons-v1"),
    wheels: join(data, "wheels-v1"),
    envs: join(data, "envs-v1"),
    dataTmp: join(data, "tmp"),
    http: join(cache, "http-v2"),
    metadata: join(cache, "metadata-v4"),
    artifacts: join(cache, "artifacts-v2"),
    briefs: join(cache, "briefs-v1"),
    probes: join(cache, "probes-v1"),
    builds: join(cache, "builds-v2"),
    git: join(cache, "git-v1"),
    shells: join(cache, "shells-v1"),
    cacheTmp: join(cache, "tmp"),
  };
}
