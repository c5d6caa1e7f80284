import {
  type Interpreter,
  isIsolated,
  type PackagePin,
  type PinnedBuild,
  settingsFor,
} from "../model/index.ts";
import type { PosyError } from "../errors/posy-error.ts";
import { formatRequirement } from "../vocab/requirement/index.ts";
import { declaresAllRequirements } from "./backend/extra-requirements.ts";
import { buildEntry } from "./store/build-store.ts";
import { type Buildable, identityOf, isRequested, isEditable } from "./buildable.ts";
import { readMetadataOfWheel } from "./assumed-metadata.ts";
import { declaredRequirements } from "./requirements/declared-requirements.ts";
import { type BuildRequest, nestedRequest, labelOf } from "./build-request.ts";
import { failedBuild, inOneLine } from "./diagnose/failed-build.ts";
import { isKnownToFail, unlessKnownToFail } from "./store/known-failures.ts";
import { areFoldersUnchanged } from "./requirements/unchanged-folders.ts";
import { pinRequirements } from "./requirements/pin-requirements.ts";
import { runBuild } from "./run-build.ts";
import { canRunHere } from "./host-interpreter.ts";
import type { BuildDispatch } from "./build-dispatch.ts";

/**
 * Returns how a source is built for an interpreter, with its build requirements pinned. Pins that are known from
 * before are reused.
 */
export async function pinBuild(
  source: Buildable,
  python: Interpreter,
  request: BuildRequest,
  dispatch: BuildDispatch,
): Promise<PinnedBuild> {
  const build = buildOf(source, request);
  if (build.isolated === false) return { ...build, packages: [] };
  const declared = async (): Promise<PinnedBuild> => {
    const requires = await declaredRequirements(source, dispatch);
    const nested = nestedRequest(request, source);
    const packages = await pinRequirements(requires, python, labelOf(source), nested, dispatch);
    return { ...build, packages, unasked: true };
  };
  const reportLocked = (failure: PosyError, rest: string) =>
    dispatch.context.reporter.report({
      // If its metadata had to come from elsewhere, a warning has already given the reason.
      kind: isKnownToFail(source, python, dispatch) ? "debug" : "warning",
      key: `locked:${source.url} ${rest}`,
      message: `${inOneLine(failure)}; ${rest}`,
    });
  /**
   * The declared requirements themselves may be unsatisfiable. Then the build resolves them again and reports why it
   * fails.
   */
  const declaredOrNothing = async (): Promise<PinnedBuild> => {
    try {
      return await declared();
    } catch (error) {
      const failure = failedBuild(error, request);
      if (failure === undefined || isRequested(source, request)) throw error;
      reportLocked(failure, "it is locked without what it needs to be built");
      return { ...build, packages: [], unasked: true };
    }
  };
  // Additional requirements can only be learned by running the backend, and usually there are none.
  if (
    !canRunHere(python, dispatch.context) ||
    (await needsNoBackend(source, dispatch)) ||
    (await hasMetadataOfWheel(source, python, request, dispatch))
  ) {
    return declaredOrNothing();
  }
  try {
    return { ...build, packages: await resolveAllRequirements(source, python, build, request, dispatch) };
  } catch (error) {
    const failure = failedBuild(error, request);
    if (failure === undefined) throw error;
    // A lock is for other machines, too. A person who builds it here gets the whole error.
    const pinned = await declaredOrNothing();
    if (pinned.packages.length > 0)
      reportLocked(failure, "it is locked with what it declares, and can't be built here");
    return pinned;
  }
}

async function needsNoBackend(source: Buildable, { context }: BuildDispatch): Promise<boolean> {
  return (
    source.kind === "sdist" && declaresAllRequirements(await context.db.sdistFiles(source), labelOf(source))
  );
}

/** Whether the metadata came from a wheel: then a resolve does not run the backend for the requirements, either. */
async function hasMetadataOfWheel(
  source: Buildable,
  python: Interpreter,
  request: BuildRequest,
  dispatch: BuildDispatch,
): Promise<boolean> {
  if (source.kind !== "sdist" || isRequested(source, request)) return false;
  return (await readMetadataOfWheel(source, python, dispatch)) !== undefined;
}

/** Returns what the policy says about building a source. */
export function buildOf(
  { name }: Buildable,
  { policy }: BuildRequest,
): Pick<PinnedBuild, "settings" | "isolated"> {
  const settings = settingsFor(policy, name);
  return {
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
    ...(isIsolated(policy, name) ? {} : { isolated: false as const }),
  };
}

async function resolveAllRequirements(
  source: Buildable,
  python: Interpreter,
  build: Pick<PinnedBuild, "settings" | "isolated">,
  outer: BuildRequest,
  dispatch: BuildDispatch,
): Promise<readonly PackagePin[]> {
  const { context, trees } = dispatch;
  const label = labelOf(source);
  const identity = await identityOf(source, context.db);
  const entry = buildEntry(identity, python, build, source, context);
  const policyKey = requirementPolicy(outer);
  const found = await entry.requirements(policyKey);
  // A build tool in a local folder changes with its files, so its pin must be made again.
  const stored = found && (await areFoldersUnchanged(found, context.environment)) ? found : undefined;
  if (stored !== undefined && !context.refresh) return stored;
  const request = nestedRequest(outer, source);
  const goal = isEditable(source) ? "editable-requirements" : "requirements";
  const job = {
    label,
    root: await trees.forBuild(source),
    goal,
    python,
    build,
    pins: stored ?? [],
    request,
  } as const;
  const run = () =>
    runBuild(job, dispatch, async ({ outcome, pins }) => {
      const requires = outcome.kind === "requirements" ? outcome.requires : [];
      const packages = await pinRequirements(requires, python, label, request, dispatch, pins);
      await entry.keepRequirements(policyKey, { platform: python.platform, python, packages });
      return packages;
    });
  return isRequested(source, outer) ? run() : unlessKnownToFail(entry, ["asked", policyKey], dispatch, run);
}

/** Returns the part of the policy that decides which build requirements are chosen. */
export function requirementPolicy({ policy }: BuildRequest): unknown {
  const { constraints, noBinary, noBuild } = policy;
  return [
    constraints.map(({ requirement }) => formatRequirement(requirement)).sort(),
    [noBinary.all, [...noBinary.names].sort()],
    [noBuild.all, [...noBuild.names].sort()],
  ];
}
