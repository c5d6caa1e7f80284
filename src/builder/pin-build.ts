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
import { buildEntry } from "./build-store.ts";
import { type Buildable, identityOf, isAskedFor, isEditable } from "./buildable.ts";
import { declaredRequirements } from "./declared-requirements.ts";
import { type BuildRequest, nestedRequest, labelOf } from "./build-request.ts";
import { failedBuild, inOneLine } from "./diagnose/failed-build.ts";
import { isKnownToFail, unlessKnownToFail } from "./known-failures.ts";
import { pinRequirements } from "./pin-requirements.ts";
import { runBuild } from "./run-build.ts";
import { canRunHere } from "./host-interpreter.ts";
import type { BuildDispatch } from "./build-dispatch.ts";

/** How a source is to be built for an interpreter, with what it needs pinned: the same as before where that is known. */
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
    const own = nestedRequest(request, source);
    const packages = await pinRequirements(requires, python, labelOf(source), own, dispatch);
    return { ...build, packages, unasked: true };
  };
  const tell = (failure: PosyError, rest: string) =>
    dispatch.context.reporter.report({
      // Where its metadata had to come from elsewhere, a warning says why.
      kind: isKnownToFail(source, python, dispatch) ? "debug" : "warning",
      key: `locked:${source.url} ${rest}`,
      message: `${inOneLine(failure)}; ${rest}`,
    });
  /** What it declares may be what can't be had: then the build looks for it again, and says why it fails. */
  const declaredIfAny = async (): Promise<PinnedBuild> => {
    try {
      return await declared();
    } catch (error) {
      const failure = failedBuild(error, request);
      if (failure === undefined || isAskedFor(source, request)) throw error;
      tell(failure, "it is locked without what it needs to be built");
      return { ...build, packages: [], unasked: true };
    }
  };
  // What the backend would ask for besides can be known only where it runs, and mostly it would not.
  if (!canRunHere(python, dispatch.context) || (await mayStayUnasked(source, dispatch)))
    return declaredIfAny();
  try {
    return { ...build, packages: await askedRequirements(source, python, build, request, dispatch) };
  } catch (error) {
    const failure = failedBuild(error, request);
    if (failure === undefined) throw error;
    // A lock is for other machines too. Who builds it here is told all of it.
    const pinned = await declaredIfAny();
    if (pinned.packages.length > 0)
      tell(failure, "it is locked with what it declares, and can't be built here");
    return pinned;
  }
}

async function mayStayUnasked(source: Buildable, { context }: BuildDispatch): Promise<boolean> {
  return (
    source.kind === "sdist" && declaresAllRequirements(await context.db.sdistFiles(source), labelOf(source))
  );
}

/** What the policy says of building it. */
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

async function askedRequirements(
  source: Buildable,
  python: Interpreter,
  build: Pick<PinnedBuild, "settings" | "isolated">,
  before: BuildRequest,
  dispatch: BuildDispatch,
): Promise<readonly PackagePin[]> {
  const { context, trees } = dispatch;
  const label = labelOf(source);
  const identity = await identityOf(source, context.db);
  const entry = buildEntry(identity, python, build, isEditable(source), context);
  const wishes = wishesOf(before);
  const known = await entry.requirements(wishes);
  if (known !== undefined && !context.refresh) return known;
  const request = nestedRequest(before, source);
  const goal = isEditable(source) ? "editable-requirements" : "requirements";
  const job = {
    label,
    root: await trees.forBuild(source),
    goal,
    python,
    build,
    pins: known ?? [],
    errand: request,
  } as const;
  const run = () =>
    runBuild(job, dispatch, async ({ outcome, pins }) => {
      const requires = outcome.kind === "requirements" ? outcome.requires : [];
      const packages = await pinRequirements(requires, python, label, request, dispatch, pins);
      await entry.keepRequirements(wishes, { platform: python.platform, python, packages });
      return packages;
    });
  return isAskedFor(source, before) ? run() : unlessKnownToFail(entry, ["asked", wishes], dispatch, run);
}

/** What was said that the choice of build requirements depends on. */
export function wishesOf({ policy }: BuildRequest): unknown {
  const { constraints, noBinary, noBuild } = policy;
  return [
    constraints.map(({ requirement }) => formatRequirement(requirement)).sort(),
    [noBinary.all, [...noBinary.names].sort()],
    [noBuild.all, [...noBuild.names].sort()],
  ];
}
