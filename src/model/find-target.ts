import type { Interpreter } from "./interpreter.ts";
import { matchesPythonRequest, parsePythonRequest } from "./python-request.ts";
import type { PlatformName } from "../vocab/tags/index.ts";
import type { Blueprint, BlueprintTarget } from "./blueprint.ts";

/** Finds the Pythons of a request that is a path, a name on the PATH or a `.pybi`, best first. */
type FindPythons = (request: string) => Promise<readonly Interpreter[]>;

/**
 * Returns the first target of a platform whose Python matches the request, or simply the first one if there is no
 * request. Undefined if none matches. A request for a version is compared with the Blueprint only; `find` is not
 * called.
 */
export async function findTarget(
  { targets }: Blueprint,
  platform: PlatformName,
  requested: string | undefined,
  find: FindPythons,
): Promise<BlueprintTarget | undefined> {
  const candidates = targets.filter((target) => target.platform === platform);
  if (requested === undefined) return candidates[0];
  const request = parsePythonRequest(requested);
  if (request.kind === "version") {
    return candidates.find(({ python }) => matchesPythonRequest(request, python));
  }
  const [interpreter] = await find(requested);
  return interpreter && candidates.find(({ python }) => identityOf(python) === identityOf(interpreter));
}

function identityOf({ implementation, version, freeThreaded, source }: Interpreter): string {
  const origin =
    source.kind === "adopted"
      ? source.executable
      : source.kind === "described" || source.kind === "open"
        ? ""
        : JSON.stringify(source.hashes);
  return [implementation, version, freeThreaded, source.kind, origin].join(" ");
}
