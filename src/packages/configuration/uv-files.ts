import { dirname, join } from "node:path";

/** Returns the paths of the user's and the system's `uv.toml`, strongest first. */
export function uvUserFiles(
  environment: NodeJS.ProcessEnv,
  user: string,
  platform: NodeJS.Platform,
): readonly string[] {
  if (environment["UV_NO_CONFIG"]) return [];
  if (environment["UV_CONFIG_FILE"]) return [environment["UV_CONFIG_FILE"]];
  if (platform === "win32") {
    const roaming = environment["APPDATA"] ?? join(user, "AppData", "Roaming");
    return [
      join(roaming, "uv", "uv.toml"),
      join(environment["PROGRAMDATA"] ?? "C:\\ProgramData", "uv", "uv.toml"),
    ];
  }
  const shared = (environment["XDG_CONFIG_DIRS"] || "/etc/xdg").split(":").filter((path) => path !== "");
  return [
    join(environment["XDG_CONFIG_HOME"] || join(user, ".config"), "uv", "uv.toml"),
    ...shared.map((path) => join(path, "uv", "uv.toml")),
    "/etc/uv/uv.toml",
  ];
}

/**
 * Returns a folder and all folders above it, nearest first. A project's files are in the nearest one that has
 * any.
 */
export function foldersUpwards(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersUpwards(parent)];
}
