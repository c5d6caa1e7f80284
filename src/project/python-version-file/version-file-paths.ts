import { homedir } from "node:os";
import { join } from "node:path";
import { foldersUpwards } from "../../packages/configuration/uv-files.ts";
import { configurationFolder } from "../../system/fs/home.ts";

/** Where to look for version files. */
export interface VersionFilePlace {
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly platform?: NodeJS.Platform;
}

/** Which of the two is looked at first where both are in one folder. */
export type VersionFilePreference = "one" | "several";

const one = ".python-version";
const several = ".python-versions";

/** Both files in a folder, the one that wins first. */
export function versionFilesIn(
  folder: string,
  preference: VersionFilePreference = "one",
): readonly [string, string] {
  const names = preference === "one" ? ([one, several] as const) : ([several, one] as const);
  return [join(folder, names[0]), join(folder, names[1])];
}

/** Both files of each folder from the current one upwards: the nearest folder that has one is the only one that counts. */
export function localVersionFiles(
  { environment, cwd }: VersionFilePlace,
  preference?: VersionFilePreference,
): readonly (readonly [string, string])[] {
  // As in uv: whoever wants no configuration wants no pins either.
  if (environment["UV_NO_CONFIG"]) return [];
  return foldersUpwards(cwd).map((folder) => versionFilesIn(folder, preference));
}

/** What holds where no folder upwards says anything: the pin of `posy python pin --global`, then uv's. */
export function globalVersionFiles(place: VersionFilePlace): readonly string[] {
  const { environment, platform = process.platform } = place;
  if (environment["UV_NO_CONFIG"]) return [];
  return [globalVersionFile(place), join(uvFolder(environment, platform), one)];
}

/** What `posy python pin --global` writes. */
export function globalVersionFile({ environment, platform }: VersionFilePlace): string {
  return join(configurationFolder(environment, platform), one);
}

function uvFolder(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const user = environment["HOME"] || environment["USERPROFILE"] || homedir();
  if (platform === "win32") return join(environment["APPDATA"] ?? join(user, "AppData", "Roaming"), "uv");
  return join(environment["XDG_CONFIG_HOME"] || join(user, ".config"), "uv");
}
