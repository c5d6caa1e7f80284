import type { Interpreter, PackagePin } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { Reporter } from "../../report/reporter.ts";
import { markerEnvironment } from "../../pythons/compatibility/index.ts";
import { resolve } from "../../resolve/index.ts";
import { evaluateMarker, type Requirement } from "../../vocab/requirement/index.ts";
import { parseVersion, satisfies } from "../../vocab/version/index.ts";
import type { BuildContext } from "../build-context.ts";
import type { BuildRequest } from "../build-request.ts";
import type { BuildDispatch } from "../build-dispatch.ts";

/**
 * Resolves build requirements for exactly this interpreter. `preferences` are kept where they still fit. `label`
 * names what is built. Throws `unsatisfiable`, `unknown-package`, `build-cycle`, `build-failed`.
 */
export async function pinRequirements(
  requirements: readonly Requirement[],
  python: Interpreter,
  label: string,
  request: BuildRequest,
  dispatch: BuildDispatch,
  preferences: readonly PackagePin[] = [],
): Promise<readonly PackagePin[]> {
  const { db, machine, reporter } = dispatch.context;
  const { policy, brief } = request;
  const { platform } = python;
  try {
    const blueprint = await resolve(
      {
        requirements: requirements.map((requirement) => ({ requirement, origin: `to build ${label}` })),
        constraints: policy.constraints,
        overrides: [],
        platforms: [platform],
        prerelease: brief?.prerelease ?? { mode: "if-necessary", packages: new Map() },
        prefer: "highest",
        builds: policy,
      },
      {
        db,
        machine,
        reporter: withoutStages(reporter),
        interpreters: async () => [python],
        sources: dispatch.sources(request),
        preferences: { blueprintVersion: 1, targets: [{ platform, python, packages: preferences }] },
      },
    );
    return blueprint.targets[0]?.packages ?? [];
  } catch (error) {
    if (!(error instanceof PosyError) || !["unsatisfiable", "unknown-package"].includes(error.code))
      throw error;
    throw new PosyError(
      error.code,
      `the build requirements of \`${label}\` could not be resolved: ${error.message}`,
      {
        hint: error.hint,
        cause: error,
      },
    );
  }
}

/** Whether the pins satisfy all requirements. */
export function meets(
  pins: readonly PackagePin[],
  requirements: readonly Requirement[],
  python: Interpreter,
  { machine }: BuildContext,
): boolean {
  const environment = markerEnvironment(python, machine);
  const versions = new Map(pins.map(({ name, version }) => [name, version]));
  return requirements.every(({ name, specifier, marker, url }) => {
    if (marker !== undefined && !evaluateMarker(marker, environment, new Set())) return true;
    const version = versions.get(name);
    return version !== undefined && (url !== undefined || satisfies(specifier, parseVersion(version)));
  });
}

/** Hides stages and progress: this nested resolve is not a stage of the whole. */
function withoutStages(reporter: Reporter): Reporter {
  return {
    timings: reporter.timings,
    report(event) {
      if (event.kind !== "stage" && event.kind !== "progress") reporter.report(event);
    },
  };
}
