import { type Interpreter, isIsolated, type PackagePin } from "../../model/index.ts";
import type { Buildable } from "../buildable.ts";
import { type BuildRequest, labelOf } from "../build-request.ts";
import { pinRequirements } from "./pin-requirements.ts";
import type { BuildDispatch } from "../build-dispatch.ts";

/** Returns the pins of the Env for a build without isolation: all other packages that the Brief asks for. */
export function sharedEnvironment(
  source: Buildable,
  python: Interpreter,
  request: BuildRequest,
  dispatch: BuildDispatch,
): Promise<readonly PackagePin[]> {
  const others = (request.brief?.requirements ?? [])
    .map(({ requirement }) => requirement)
    .filter(({ name }) => name !== source.name && isIsolated(request.policy, name));
  return pinRequirements(others, python, labelOf(source), request, dispatch);
}
