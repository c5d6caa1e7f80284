import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

export type FoundCommand =
  | { readonly kind: "found"; readonly file: string; readonly inEnv: boolean }
  | { readonly kind: "not-executable"; readonly file: string }
  | { readonly kind: "not-found" };

/**
 * Finds a command as a shell does: a name with a slash is a path, any other is looked up in the Env, then on the
 * PATH.
 */
export function findCommand(
  name: string,
  scripts: string,
  environment: NodeJS.ProcessEnv,
  platform = process.platform,
): FoundCommand {
  const isPath = name.includes("/") || (platform === "win32" && name.includes("\\"));
  const path = environment["PATH"] ?? environment["Path"] ?? "";
  const folders = isPath ? [""] : [scripts, ...path.split(delimiter).filter((folder) => folder !== "")];
  let refused: string | undefined;
  for (const folder of folders) {
    for (const ending of endings(name, platform, environment)) {
      const file = isPath ? resolve(name + ending) : join(folder, name + ending);
      const kind = kindOf(file);
      if (kind === "program") return { kind: "found", file, inEnv: folder === scripts };
      if (kind === "file" && platform !== "win32") refused ??= file;
    }
  }
  return refused === undefined ? { kind: "not-found" } : { kind: "not-executable", file: refused };
}

function endings(name: string, platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): readonly string[] {
  if (platform !== "win32") return [""];
  const listed = (environment["PATHEXT"] || ".COM;.EXE;.BAT;.CMD").toLowerCase().split(";");
  return listed.some((ending) => ending !== "" && name.toLowerCase().endsWith(ending))
    ? [""]
    : [...listed, ""];
}

function kindOf(file: string): "program" | "file" | undefined {
  try {
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  } catch {
    return undefined;
  }
  try {
    accessSync(file, constants.X_OK);
    return "program";
  } catch {
    return "file";
  }
}
