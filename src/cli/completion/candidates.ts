import { existsSync } from "node:fs";
import { openHome } from "../../system/fs/home.ts";
import { commandTable, type NamedKind } from "./command-table.ts";
import type { Candidate } from "./project-names.ts";
import { type Asked, isChild, optionsOf } from "./read-words.ts";

/** What a shell offers: words, and files or folders if it says so. */
export interface Completion {
  readonly paths: "none" | "files" | "folders";
  readonly candidates: readonly Candidate[];
}

/** Finds what fits at the end of a command line. `folder` is where the project is searched. */
export async function completionFor(asked: Asked, folder: string): Promise<Completion> {
  const { command, kind, before, prefix, operands } = asked;
  const words: Candidate[] = [];
  if (asked.options) {
    for (const { names, summary } of optionsOf(command, commandTable)) {
      words.push({ value: names.at(-1) ?? "", summary });
      if (names.length > 1 && prefix === "-") words.push({ value: names[0] ?? "", summary });
    }
    return { paths: "none", candidates: words };
  }
  if (asked.commands) words.push(...(await commandNames(command, operands, folder)));
  const values =
    typeof kind === "string" ? await named(kind, asked, folder) : kind.map((value) => ({ value }));
  const fitting = [...words, ...values].filter(
    ({ value }) => !operands.includes(value) || command === "help",
  );
  const candidates = fitting.map(({ value, ...others }) => ({ value: `${before}${value}`, ...others }));
  return { paths: pathsFor(kind, prefix), candidates };
}

/** Whether the shell should offer paths beside the words. */
function pathsFor(kind: Asked["kind"], prefix: string): Completion["paths"] {
  const isPath = /[\\/]|^[.~]/.test(prefix);
  switch (kind) {
    case "files":
    case "folders":
      return kind;
    case "program":
    case "python":
      return isPath || kind === "program" ? "files" : "none";
    case "package":
      return isPath ? "files" : "none";
    default:
      return "none";
  }
}

async function commandNames(
  command: string,
  operands: readonly string[],
  folder: string,
): Promise<readonly Candidate[]> {
  const parent = command === "help" ? operands.join(" ") : command;
  const own = Object.entries(commandTable.commands)
    .filter(([name]) => isChild(name, parent))
    .map(([name, { summary }]) => ({ value: name.split(" ").at(-1) ?? "", summary }));
  if (parent !== "") return own;
  const { projectNames } = await import("./project-names.ts");
  const { commands = [] } = (await projectNames(folder).catch(() => undefined)) ?? {};
  const names = new Set(own.map(({ value }) => value));
  return [...own, ...commands.filter(({ value }) => !names.has(value))];
}

/** Returns the names of one kind. A part that cannot be read has no names. */
async function named(kind: NamedKind, { prefix }: Asked, folder: string): Promise<readonly Candidate[]> {
  if (kind === "none" || kind === "files" || kind === "folders" || /[\\/]/.test(prefix)) return [];
  const home = openHome();
  if (kind === "python" || kind === "stored-python") {
    const { pythonNames, storedPythonNames } = await import("./python-names.ts");
    const names =
      kind === "python"
        ? pythonNames(home.pythons, home.http, process.env["PATH"] ?? "")
        : storedPythonNames(home.pythons);
    return names.map((value) => ({ value }));
  }
  const { lockedNames, programNames, projectNames } = await import("./project-names.ts");
  const project = await projectNames(folder).catch(() => undefined);
  if (kind === "package") {
    const { cachedPackageNames } = await import("./package-names.ts");
    const cached = existsSync(home.http) ? cachedPackageNames(home.http) : [];
    return cached.map((value) => ({ value }));
  }
  if (project === undefined) return [];
  const ofKind: Readonly<Record<typeof kind, () => readonly (Candidate | string)[]>> = {
    program: () => [...project.commands, ...orNone(() => programNames(project.folder))],
    locked: () => orNone(() => lockedNames(project.folder)),
    requirement: () => project.requirements,
    environment: () => project.environments,
    group: () => project.groups,
    extra: () => project.extras,
  };
  return ofKind[kind]().map((name) => (typeof name === "string" ? { value: name } : name));
}

function orNone(read: () => readonly string[]): readonly string[] {
  try {
    return read();
  } catch {
    return [];
  }
}
