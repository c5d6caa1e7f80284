import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { ownProgram } from "../../system/process/index.ts";

/** How this Posy was installed, and which commands of the installing tool update and remove it. */
export interface Installation {
  /**
   * `file`: a single file, from the installer or by hand. `npm`: a package of npm. `python`: a wheel in an environment.
   * `clone`: the sources.
   */
  readonly kind: "file" | "npm" | "python" | "clone";
  /** The absolute path of the program without links, or the folder of the clone. */
  readonly path: string;
  readonly updatedBy?: string;
  readonly removedBy?: string;
}

/** Finds out how this Posy was installed. `program` is the running one by default. */
export function installation(program: ReturnType<typeof ownProgram> = ownProgram()): Installation {
  const { path, isCompiled } = program;
  if (!isCompiled) {
    return { kind: "clone", path, updatedBy: "git pull", removedBy: `removing the folder \`${path}\`` };
  }
  if (/[\\/]node_modules[\\/](@[^\\/]+[\\/])?posy[^\\/]*[\\/]/.test(path)) {
    return {
      kind: "npm",
      path,
      updatedBy: "npm install --global posy@latest",
      removedBy: "npm uninstall --global posy",
    };
  }
  if (isOfWheel(path)) return { kind: "python", path, ...pythonTool(path) };
  return { kind: "file", path };
}

/** Throws `usage` if another tool installed this Posy. `verb`: what the caller wants to do. */
export function requireSingleFile(found: Installation, verb: "update" | "remove"): void {
  if (found.kind === "file") return;
  const by = { npm: "npm", python: "a tool for Python packages", clone: "cloning its repository" }[
    found.kind
  ];
  const command = verb === "update" ? found.updatedBy : found.removedBy;
  throw new PosyError("usage", `this Posy was installed by ${by}, which must ${verb} it`, {
    hint: command?.startsWith("removing") ? `it is removed by ${command}` : `run \`${command}\``,
  });
}

/** Whether a wheel in the environment around the program lists it in its RECORD. */
function isOfWheel(path: string): boolean {
  const prefix = dirname(dirname(path));
  const libraries = entriesOf(join(prefix, "lib")).map((name) => join(prefix, "lib", name, "site-packages"));
  return [...libraries, join(prefix, "Lib", "site-packages")].some((folder) =>
    entriesOf(folder)
      .filter((name) => /^posy-.*\.dist-info$/.test(name))
      .some((name) => {
        try {
          const record = readFileSync(join(folder, name, "RECORD"), "utf8");
          return /^[./\\]*(bin|Scripts)[\\/]posy(\.exe)?,/im.test(record);
        } catch {
          return false;
        }
      }),
  );
}

function pythonTool(path: string): Pick<Installation, "updatedBy" | "removedBy"> {
  if (/[\\/]uv[\\/](data[\\/])?tools[\\/]/.test(path)) {
    return { updatedBy: "uv tool upgrade posy", removedBy: "uv tool uninstall posy" };
  }
  if (/[\\/]pipx[\\/]/.test(path))
    return { updatedBy: "pipx upgrade posy", removedBy: "pipx uninstall posy" };
  return {
    updatedBy: "python -m pip install --upgrade posy",
    removedBy: "python -m pip uninstall posy",
  };
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
