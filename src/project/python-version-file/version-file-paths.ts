import { join } from "node:path";
import { foldersUpwards } from "../../packages/configuration/uv-files.ts";
import { configurationFolder, userFolder } from "../../system/fs/home.ts";

/** The folder and the settings that version files are searched with. */
export interface VersionFileSearch {
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly platform?: NodeJS.Platform;
}

/** The file that wins if a folder has both: `.python-version` (`one`) or `.python-versions` (`several`). */
export type VersionFilePreference = "one" | "several";

const one = ".python-version";
const several = ".python-versions";

/** Returns the paths of both files in a folder. The one that wins comes first. */
export function versionFilesIn(
  folder: string,
  preference: VersionFilePreference = "one",
): readonly [string, string] {
  const names = preference === "one" ? ([one, several] as const) : ([several, one] as const);
  return [join(folder, names[0]), join(folder, names[1])];
}

/**
 * Returns the paths of both files for each folder from the current one upwards. Only the nearest folder with a file
 * counts.
 */
export function localVersionFiles(
  { environment, cwd }: VersionFileSearch,
  preference?: VersionFilePreference,
): readonly (readonly [string, string])[] {
  // As in uv, `UV_NO_CONFIG` also turns off pins.
  if (environment["UV_NO_CONFIG"]) return [];
  return foldersUpwards(cwd).map((folder) => versionFilesIn(folder, preference));
}

/** Returns the paths of the global pins: that of `posy python pin --global`, then that of uv. */
export function globalVersionFiles(search: VersionFileSearch): readonly string[] {
  const { environment, platform = process.platform } = search;
  if (environment["UV_NO_CONFIG"]) return [];
  return [globalVersionFile(search), join(uvFolder(environment, platform), one)];
}

/** Returns the path of the file that `posy python pin --global` writes. */
export function globalVersionFile({ environment, platform }: VersionFileSearch): string {
  return join(configurationFolder(environment, platform), one);
}

function uvFolder(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const user = userFolder(environment);
  if (platform === "win32") return join(environment["APPDATA"] ?? join(user, "AppData", "Roaming"), "uv");
  return join(environment["XDG_CONFIG_HOME"] || join(user, ".config"), "uv");
}
