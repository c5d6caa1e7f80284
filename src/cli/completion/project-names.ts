import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { foldersUpwards } from "../../packages/configuration/uv-files.ts";
import { isProjectText } from "../../project/pyproject/project-text.ts";
import { parseToml } from "../../toml/parse-toml.ts";

/** A name with a short description. */
export interface Candidate {
  readonly value: string;
  readonly summary?: string;
}

/** The names in a project that can be completed. */
export interface ProjectNames {
  readonly folder: string;
  readonly commands: readonly Candidate[];
  readonly environments: readonly string[];
  readonly groups: readonly string[];
  readonly extras: readonly string[];
  /** The packages that `pyproject.toml` requires. */
  readonly requirements: readonly string[];
}

/**
 * Reads the names of the project that a folder is in. It reads the TOML only, without checking it: that is much faster
 * than reading the project. Returns undefined outside of projects, and if the file is not valid.
 */
export async function projectNames(folder: string): Promise<ProjectNames | undefined> {
  const file = findManifest(folder);
  if (file === undefined) return undefined;
  const toml = await parseToml(file.text);
  const project = tableOf(toml["project"]);
  const posy = tableOf(tableOf(toml["tool"])["posy"]);
  const groups = tableOf(toml["dependency-groups"]);
  const extras = tableOf(project["optional-dependencies"]);
  const lists = [project["dependencies"], ...Object.values(groups), ...Object.values(extras)];
  return {
    folder: file.folder,
    commands: Object.entries(tableOf(posy["commands"])).map(([value, command]) => ({
      value,
      summary: summaryOf(command),
    })),
    environments: unique(["default", ...Object.keys(tableOf(posy["envs"]))]),
    groups: Object.keys(groups),
    extras: Object.keys(extras),
    requirements: unique(lists.flatMap((list) => (Array.isArray(list) ? list.flatMap(nameOf) : []))),
  };
}

/** Finds the project as `findProject` does, without the modules that it loads. */
function findManifest(from: string): { readonly folder: string; readonly text: string } | undefined {
  for (const folder of foldersUpwards(from)) {
    try {
      const text = readFileSync(join(folder, "pyproject.toml"), "utf8");
      if (isProjectText(text)) return { folder, text };
    } catch {
      // There is none in this folder.
    }
  }
  return undefined;
}

/** Returns the names of the packages in the locks of a project. */
export function lockedNames(folder: string): readonly string[] {
  const locks = readdirSync(folder).filter((name) => /^pylock\.([^.]+\.)?toml$/.test(name));
  const names = unique(
    locks.flatMap((lock) => {
      const text = readFileSync(join(folder, lock), "utf8");
      // Each entry of `packages` begins with its name (PEP 751).
      return [...text.matchAll(/^\[\[packages\]\]\s+name\s*=\s*"([^"]+)"/gm)].map(([, name = ""]) => name);
    }),
  );
  return [...names].sort();
}

/** Returns the programs of the project's environment. */
export function programNames(folder: string): readonly string[] {
  const scripts = process.platform === "win32" ? "Scripts" : "bin";
  return readdirSync(join(folder, ".venv", scripts))
    .filter((name) => !/^(activate|pydoc|idle|2to3|python)/i.test(name) || /^python(\.exe)?$/i.test(name))
    .map((name) => name.replace(/\.(exe|cmd)$/i, ""));
}

function summaryOf(command: unknown): string {
  if (typeof command === "string") return command;
  const { description, run } = tableOf(command);
  return typeof description === "string" ? description : typeof run === "string" ? run : "";
}

function nameOf(requirement: unknown): readonly string[] {
  const name = typeof requirement === "string" ? /^\s*([\w.-]+)/.exec(requirement)?.[1] : undefined;
  return name === undefined ? [] : [name];
}

function tableOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
