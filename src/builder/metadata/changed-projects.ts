import {
  allowsBuild,
  type Blueprint,
  buildableOfPin,
  type Interpreter,
  type PackagePin,
} from "../../model/index.ts";
import { formatSpecifierSet } from "../../vocab/version/index.ts";
import type { CoreMetadata } from "../../vocab/metadata/index.ts";
import { isEditable } from "../buildable.ts";
import type { BuildDispatch } from "../build-dispatch.ts";
import { type BuildRequest, labelOf } from "../build-request.ts";
import { builtMetadata, staticMetadataOf } from "./source-metadata.ts";

/**
 * Returns the names of the local projects whose requirements, extras or `requires-python` differ from those in a
 * Blueprint. Their `pyproject.toml` is read. If it leaves more than the version to the build backend, the backend is
 * asked. It has to run only if a file that it depends on has changed. Throws `build-failed`, `invalid-source`, …
 */
export async function changedProjects(
  { targets }: Blueprint,
  request: BuildRequest,
  dispatch: BuildDispatch,
): Promise<readonly string[]> {
  const changed = new Set<string>();
  for (const { packages, python } of targets) {
    for (const pin of packages) {
      if (pin.artifact.origin?.kind !== "directory" || pin.metadata.unread || changed.has(pin.name)) continue;
      const metadata = await currentMetadata(pin, python, request, dispatch);
      if (metadata !== undefined && !isUnchanged(pin, metadata)) changed.add(pin.name);
    }
  }
  return [...changed];
}

/** Returns undefined if the backend decides, and it must not be asked (`--no-build`). */
async function currentMetadata(
  pin: PackagePin,
  python: Interpreter,
  request: BuildRequest,
  dispatch: BuildDispatch,
): Promise<CoreMetadata | undefined> {
  const source = buildableOfPin(pin);
  if (source.kind !== "source") return undefined;
  const metadata = await staticMetadataOf(source, dispatch);
  if (metadata !== undefined) return metadata;
  if (!isEditable(source) && !allowsBuild(request.policy, source.name)) return undefined;
  return builtMetadata(source, labelOf(source), python, request, dispatch);
}

function isUnchanged({ metadata: locked }: PackagePin, metadata: CoreMetadata): boolean {
  const python = metadata.requiresPython && formatSpecifierSet(metadata.requiresPython);
  return (
    (locked.requiresPython ?? "") === (python ?? "") &&
    sorted(locked.requiresDist) === sorted(metadata.requirementTexts) &&
    sorted(locked.providesExtra) === sorted(metadata.providesExtra)
  );
}

function sorted(texts: readonly string[]): string {
  return JSON.stringify([...texts].sort());
}
