import { join } from "node:path";

/**
 * Returns the paths where pip looks for its configuration, strongest first. `PIP_CONFIG_FILE` replaces the
 * user's files; the null device turns all of them off.
 */
export function pipConfigurationFiles(
  environment: NodeJS.ProcessEnv,
  user: string,
  platform: NodeJS.Platform,
): readonly string[] {
  const named = environment["PIP_CONFIG_FILE"];
  if (named === "/dev/null" || named?.toLowerCase() === "nul") return [];
  const windows = platform === "win32";
  const file = windows ? "pip.ini" : "pip.conf";
  const venv = environment["VIRTUAL_ENV"];
  return [
    ...(named ? [named] : []),
    ...(venv ? [join(venv, file)] : []),
    ...(named ? [] : userFiles(environment, user, platform)),
    ...globalFiles(environment, platform),
  ];
}

function userFiles(environment: NodeJS.ProcessEnv, user: string, platform: NodeJS.Platform): string[] {
  if (platform === "win32") {
    const roaming = environment["APPDATA"] ?? join(user, "AppData", "Roaming");
    return [join(roaming, "pip", "pip.ini"), join(user, "pip", "pip.ini")];
  }
  return [
    ...(platform === "darwin" ? [join(user, "Library", "Application Support", "pip", "pip.conf")] : []),
    join(environment["XDG_CONFIG_HOME"] || join(user, ".config"), "pip", "pip.conf"),
    join(user, ".pip", "pip.conf"),
  ];
}

function globalFiles(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  if (platform === "win32") return [join(environment["PROGRAMDATA"] ?? "C:\\ProgramData", "pip", "pip.ini")];
  const shared = (environment["XDG_CONFIG_DIRS"] || "/etc/xdg").split(":").filter((path) => path !== "");
  return [
    "/etc/pip.conf",
    ...shared.map((path) => join(path, "pip", "pip.conf")),
    ...(platform === "darwin" ? ["/Library/Application Support/pip/pip.conf"] : []),
  ];
}
