import { type BriefPython, parsePythonRequest } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { canBothHold, type SpecifierSet } from "../../vocab/version/index.ts";
import type { AskedPython, BriefParts, BriefPartsOptions } from "./brief-parts.ts";
import { pythonsOfCommands } from "./commands/command-pythons.ts";
import type { Project, ProjectEnv, Written } from "./project.ts";

/**
 * Which Pythons an environment is for, the default first, each within `requires-python` where that can be said in one text. Throws
 * `invalid-project` for one that is written outside of it.
 */
export function pythonsOf(
  project: Project,
  env: ProjectEnv,
  withProject: boolean,
  { python: typed, pinned }: BriefPartsOptions,
): Pick<BriefParts, "python" | "pythonOrigin" | "morePythons" | "requiresPython"> {
  const required = withProject ? project.requiresPython : undefined;
  const requires = required?.value.text || undefined;
  const written = (list: readonly Written<string>[] = []): readonly AskedPython[] =>
    list.map((each) => {
      if (required !== undefined) refuseOutside(each, required, project);
      return { request: each.value, origin: `pyproject.toml:${each.line}` };
    });
  const asked: AskedPython[] = typed ? [typed] : [...written(env.pythons)];
  if (asked.length === 0) {
    const own = written(project.settings.pythons);
    // A text gives way to a version file, a list has it first.
    asked.push(...(pinned ? [pinned] : []), ...(pinned && own.length === 1 ? [] : own));
  }
  const commands = new Set(written(pythonsOfCommands(project, env.name)));
  // With nothing said, there is still a first.
  const all: readonly (AskedPython | undefined)[] = [
    ...(asked.length === 0 ? [undefined] : asked),
    ...(typed ? [] : commands),
  ];
  const pythons = new Map<string | undefined, Partial<BriefPython>>();
  for (const each of all) {
    const python = requires === undefined ? each?.request : within(each?.request, requires);
    const origin = each === undefined ? required && `pyproject.toml:${required.line}` : each.origin;
    if (pythons.has(python)) continue;
    pythons.set(python, {
      ...(python !== undefined && { python }),
      ...(python !== undefined && origin !== undefined && { pythonOrigin: origin }),
      ...(each !== undefined && commands.has(each) && { optional: true }),
    });
  }
  const [first, ...more] = pythons.values();
  return {
    ...first,
    morePythons: more.flatMap(({ python, ...rest }) => (python === undefined ? [] : [{ python, ...rest }])),
    ...(requires !== undefined && { requiresPython: requires }),
  };
}

/** Of a version it shows at once; what a path leads to is looked at when it is there. */
function refuseOutside(
  { value, line }: Written<string>,
  requires: Written<SpecifierSet>,
  { path }: Project,
): void {
  const read = parsePythonRequest(value);
  if (read.kind !== "version" || canBothHold(read.specifier, requires.value)) return;
  throw new PosyError(
    "invalid-project",
    `in \`${path}\`, line ${line}, Python \`${value}\` is outside of \`requires-python\`, which is \`${requires.value.text}\` in line ${requires.line}`,
    { hint: "change one of both" },
  );
}

/** A version's request with more clauses: `cpython>=3.10,==3.12.*+freethreaded`. */
function within(request: string | undefined, requires: string): string {
  if (request === undefined) return requires;
  const read = parsePythonRequest(request);
  if (read.kind !== "version") return request;
  const clauses = [...new Set([requires, read.specifier.text])].filter((text) => text !== "").join(",");
  const implementation = read.implementation === "cpython" ? "" : read.implementation;
  return `${implementation}${clauses}${read.freeThreaded ? "+freethreaded" : ""}`;
}
