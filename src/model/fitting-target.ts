import type { Interpreter } from "./interpreter.ts";
import { matchesPythonRequest, parsePythonRequest } from "./python-request.ts";
import type { PlatformName } from "../vocab/tags/index.ts";
import type { Blueprint, BlueprintTarget } from "./blueprint.ts";

/** Finds what a request names by its place (a path, a name on the PATH, a `.pybi`), best first. */
type FindPythons = (request: string) => Promise<readonly Interpreter[]>;

/**
 * The first target of a platform whose Python is what is asked for; its first of all where nothing is. Whether a version fits is told
 * from the Blueprint alone. Undefined where there is none.
 */
export async function fittingTarget(
  { targets }: Blueprint,
  platform: PlatformName,
  asked: string | undefined,
  find: FindPythons,
): Promise<BlueprintTarget | undefined> {
  const there = targets.filter((target) => target.platform === platform);
  if (asked === undefined) return there[0];
  const request = parsePythonRequest(asked);
  if (request.kind === "version") return there.find(({ python }) => matchesPythonRequest(request, python));
  const [found] = await find(asked);
  return found && there.find(({ python }) => identityOf(python) === identityOf(found));
}

function identityOf({ implementation, version, freeThreaded, source }: Interpreter): string {
  const place =
    source.kind === "adopted"
      ? source.executable
      : source.kind === "described"
        ? ""
        : JSON.stringify(source.hashes);
  return [implementation, version, freeThreaded, source.kind, place].join(" ");
}
