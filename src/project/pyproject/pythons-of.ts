import { type BriefPython, parsePythonRequest } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { canBothHold, type SpecifierSet } from "../../vocab/version/index.ts";
import type { AskedPython, BriefParts, BriefPartsOptions } from "./brief-parts.ts";
import { pythonsOfCommands } from "./commands/command-pythons.ts";
import { originOf } from "./tool-project.ts";
import type { Project, ProjectEnv, Written } from "./project.ts";

/**
 * Returns the Pythons of an environment, the default first. `requires-python` is joined to each that is a version.
 * Throws `invalid-project` for a version outside of `requires-python`.
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
    list.map((python) => {
      if (required !== undefined) refuseOutside(python, required, project);
      return { request: python.value, origin: originOf(project, python) };
    });
  const asked: AskedPython[] = typed ? [typed] : [...written(env.pythons)];
  if (asked.length === 0) {
    const ofProject = written(project.settings.pythons);
    // A version file replaces a single Python of the project, and comes before several.
    asked.push(...(pinned ? [pinned] : []), ...(pinned && ofProject.length === 1 ? [] : ofProject));
  }
  const commands = new Set(written(pythonsOfCommands(project, env.name)));
  // Without any request, there is still a first Python: the undefined request.
  const all: readonly (AskedPython | undefined)[] = [
    ...(asked.length === 0 ? [undefined] : asked),
    ...(typed ? [] : commands),
  ];
  const pythons = new Map<string | undefined, Partial<BriefPython>>();
  for (const each of all) {
    const python = requires === undefined ? each?.request : withClauses(each?.request, requires);
    const origin = each === undefined ? required && originOf(project, required) : each.origin;
    if (pythons.has(python)) continue;
    pythons.set(python, {
      ...(python !== undefined && { python }),
      ...(python !== undefined && origin && { pythonOrigin: origin }),
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

/** Checks a version against `requires-python`. The interpreter of a path is checked when it is used. */
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
    { hint: "change one of them" },
  );
}

/** Adds clauses to the request of a version: `cpython>=3.10,==3.12.*+freethreaded`. */
function withClauses(request: string | undefined, requires: string): string {
  if (request === undefined) return requires;
  const read = parsePythonRequest(request);
  if (read.kind !== "version") return request;
  const clauses = [...new Set([requires, read.specifier.text])].filter((text) => text !== "").join(",");
  const implementation = read.implementation === "cpython" ? "" : read.implementation;
  return `${implementation}${clauses}${read.freeThreaded ? "+freethreaded" : ""}`;
}
