import type { Interpreter } from "./interpreter.ts";
import { canBothHold, parseSpecifierSet, minorOf } from "../vocab/version/index.ts";
import { matchesPythonRequest, parsePythonRequest, type PythonRequest } from "./python-request.ts";
import type { PlatformName } from "../vocab/tags/index.ts";
import type { Blueprint, BlueprintTarget } from "./blueprint.ts";

/** Finds the Pythons of a request that is a path, a name on the PATH or a `.pybi`, best first. */
type FindPythons = (request: string) => Promise<readonly Interpreter[]>;

/**
 * Returns the first target of a platform whose Python matches the request, or simply the first one if there is no
 * request. Undefined if none matches. A request for a version is compared with the Blueprint only; `find` is not
 * called. A target whose interpreter is open matches if an interpreter of its minor version can meet the request.
 */
export async function findTarget(
  { targets }: Blueprint,
  platform: PlatformName,
  requested: string | undefined,
  find: FindPythons,
): Promise<BlueprintTarget | undefined> {
  const candidates = targets.filter((target) => target.platform === platform);
  if (requested === undefined) return candidates[0];
  const open = candidates.filter(({ python }) => python.source.kind === "open");
  const request = parsePythonRequest(requested);
  if (request.kind === "version") {
    const exact = candidates.find(({ python }) => matchesPythonRequest(request, python));
    return exact ?? open.find(({ python }) => mayMeet(python, request));
  }
  const [interpreter] = await find(requested);
  if (interpreter === undefined) return undefined;
  const exact = candidates.find(({ python }) => identityOf(python) === identityOf(interpreter));
  return exact ?? open.find(({ python }) => kindOf(python) === kindOf(interpreter));
}

/** Whether another patch version of an interpreter can meet a request for a version. */
function mayMeet(python: Interpreter, request: Extract<PythonRequest, { kind: "version" }>): boolean {
  const { implementation, freeThreaded } = request;
  const isSameKind = implementation === python.implementation && freeThreaded === python.freeThreaded;
  return isSameKind && canBothHold(request.specifier, parseSpecifierSet(`==${minorOf(python.version)}.*`));
}

function kindOf(python: Interpreter): string {
  return [python.implementation, minorOf(python.version), python.freeThreaded].join(" ");
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
