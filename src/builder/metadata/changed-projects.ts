import {
  allowsBuild,
  type Blueprint,
  buildableOfPin,
  type Interpreter,
  type PackagePin,
  type SourceArtifact,
} from "../../model/index.ts";
import { OnceMap } from "../../async/index.ts";
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
  // Targets share most projects, and what a project declares is the same for all of them.
  const declared = new OnceMap<string, CoreMetadata | undefined>();
  const declaredBy = (source: SourceArtifact) =>
    declared.getOrStart(source.url, () => staticMetadataOf(source, dispatch));
  for (const { packages, python } of targets) {
    for (const pin of packages) {
      if (pin.artifact.origin?.kind !== "directory" || pin.metadata.unread || changed.has(pin.name)) continue;
      const source = buildableOfPin(pin);
      if (source.kind !== "source") continue;
      const metadata =
        (await declaredBy(source)) ?? (await backendMetadata(source, python, request, dispatch));
      if (metadata !== undefined && !isUnchanged(pin, metadata)) changed.add(pin.name);
    }
  }
  return [...changed];
}

/** Returns what the backend says; undefined if it must not be asked (`--no-build`). */
async function backendMetadata(
  source: SourceArtifact,
  python: Interpreter,
  request: BuildRequest,
  dispatch: BuildDispatch,
): Promise<CoreMetadata | undefined> {
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
