import { type Interpreter, isIsolated, type PackagePin } from "../model/index.ts";
import type { Buildable } from "./buildable.ts";
import { type BuildRequest, labelOf } from "./build-request.ts";
import { pinRequirements } from "./pin-requirements.ts";
import type { BuildDispatch } from "./build-dispatch.ts";

/** Without isolation a source is built in an Env of all else that the Brief asks for: that, pinned. */
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
