import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { variableOf } from "../../system/process/variables.ts";

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
  const path = variableOf(environment, "PATH", platform) ?? "";
  const folders = isPath ? [""] : [scripts, ...path.split(delimiter).filter((folder) => folder !== "")];
  let refused: string | undefined;
  for (const folder of folders) {
    for (const ending of endings(name, platform, environment)) {
      const file = isPath ? resolve(name + ending) : join(folder, name + ending);
      const kind = kindOf(file, folder === scripts);
      if (kind === "program") return { kind: "found", file, inEnv: folder === scripts };
      if (kind === "file" && platform !== "win32") refused ??= file;
    }
  }
  return refused === undefined ? { kind: "not-found" } : { kind: "not-executable", file: refused };
}

/**
 * Returns the program to start for a found command, and its arguments. Windows cannot start a script of a wheel whose
 * name ends with `.py`: the Env's Python runs it. CPython finds its `pyvenv.cfg` by the path that it is started with:
 * started as `python`, it would be the base interpreter. So a program of the Env gets its whole path as its name.
 */
export function programOf(
  { file, inEnv }: Extract<FoundCommand, { kind: "found" }>,
  [name = "", ...args]: readonly string[],
  python: string,
  platform = process.platform,
): { readonly file: string; readonly argv: readonly string[] } {
  if (platform === "win32" && /\.pyw?$/i.test(file)) return { file: python, argv: [python, file, ...args] };
  return { file, argv: [inEnv ? file : name, ...args] };
}

function endings(name: string, platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): readonly string[] {
  if (platform !== "win32") return [""];
  const listed = (variableOf(environment, "PATHEXT", platform) || ".COM;.EXE;.BAT;.CMD")
    .toLowerCase()
    .split(";");
  return listed.some((ending) => ending !== "" && name.toLowerCase().endsWith(ending))
    ? [""]
    : [...listed, ""];
}

function kindOf(file: string, inEnv: boolean): "program" | "file" | undefined {
  try {
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  } catch (error) {
    // If the disk fails, the next program of this name on the PATH would be the wrong one: starting this one tells why.
    return inEnv && (error as NodeJS.ErrnoException).code === "EIO" ? "program" : undefined;
  }
  try {
    accessSync(file, constants.X_OK);
    return "program";
  } catch {
    return "file";
  }
}
