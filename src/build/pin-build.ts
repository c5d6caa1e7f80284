import { isIsolated, settingsFor } from "../blueprint/build-policy.ts";
import type { PackagePin, PinnedBuild } from "../blueprint/blueprint.ts";
import type { PosyError } from "../errors/posy-error.ts";
import type { Interpreter } from "../pythons/interpreter.ts";
import { formatRequirement } from "../vocab/requirement.ts";
import { needsNoMore } from "./backend/needs-no-more.ts";
import { buildEntry } from "./build-store.ts";
import { type Buildable, identityOf, isAskedFor, isEditable } from "./buildable.ts";
import { declaredRequirements } from "./declared-requirements.ts";
import { type Errand, errandFor, labelOf } from "./errand.ts";
import { failedBuild, inOneLine } from "./explain/failed-build.ts";
import { isKnownToFail, unlessKnownToFail } from "./known-failures.ts";
import { pinRequirements } from "./pin-requirements.ts";
import { runBuild } from "./run-build.ts";
import { runsHere } from "./stand-in.ts";
import type { Workshop } from "./workshop.ts";

/** How a source is to be built for an interpreter, with what it needs pinned: the same as before where that is known. */
export async function pinBuild(
  source: Buildable,
  python: Interpreter,
  errand: Errand,
  workshop: Workshop,
): Promise<PinnedBuild> {
  const build = buildOf(source, errand);
  if (build.isolated === false) return { ...build, packages: [] };
  const declared = async (): Promise<PinnedBuild> => {
    const requires = await declaredRequirements(source, workshop);
    const own = errandFor(errand, source);
    const packages = await pinRequirements(requires, python, labelOf(source), own, workshop);
    return { ...build, packages, unasked: true };
  };
  const tell = (failure: PosyError, rest: string) =>
    workshop.context.reporter.report({
      // Where its metadata had to come from elsewhere, a warning says why.
      kind: isKnownToFail(source, python, workshop) ? "debug" : "warning",
      key: `locked:${source.url} ${rest}`,
      message: `${inOneLine(failure)}; ${rest}`,
    });
  /** What it declares may be what can't be had: then the build looks for it again, and says why it fails. */
  const declaredIfAny = async (): Promise<PinnedBuild> => {
    try {
      return await declared();
    } catch (error) {
      const failure = failedBuild(error, errand);
      if (failure === undefined || isAskedFor(source, errand)) throw error;
      tell(failure, "it is locked without what it needs to be built");
      return { ...build, packages: [], unasked: true };
    }
  };
  // What the backend would ask for besides can be known only where it runs, and mostly it would not.
  if (!runsHere(python, workshop.context) || (await mayStayUnasked(source, workshop))) return declaredIfAny();
  try {
    return { ...build, packages: await askedRequirements(source, python, build, errand, workshop) };
  } catch (error) {
    const failure = failedBuild(error, errand);
    if (failure === undefined) throw error;
    // A lock is for other machines too. Who builds it here is told all of it.
    const pinned = await declaredIfAny();
    if (pinned.packages.length > 0)
      tell(failure, "it is locked with what it declares, and can't be built here");
    return pinned;
  }
}

async function mayStayUnasked(source: Buildable, { context }: Workshop): Promise<boolean> {
  return source.kind === "sdist" && needsNoMore(await context.db.sdistFiles(source), labelOf(source));
}

/** What the policy says of building it. */
export function buildOf({ name }: Buildable, { policy }: Errand): Pick<PinnedBuild, "settings" | "isolated"> {
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
  before: Errand,
  workshop: Workshop,
): Promise<readonly PackagePin[]> {
  const { context, trees } = workshop;
  const label = labelOf(source);
  const identity = await identityOf(source, context.db);
  const entry = buildEntry(identity, python, build, isEditable(source), context);
  const wishes = wishesOf(before);
  const known = await entry.requirements(wishes);
  if (known !== undefined && !context.refresh) return known;
  const errand = errandFor(before, source);
  const goal = isEditable(source) ? "editable-requirements" : "requirements";
  const job = {
    label,
    root: await trees.of(source),
    goal,
    python,
    build,
    pins: known ?? [],
    errand,
  } as const;
  const run = () =>
    runBuild(job, workshop, async ({ outcome, pins }) => {
      const requires = outcome.kind === "requirements" ? outcome.requires : [];
      const packages = await pinRequirements(requires, python, label, errand, workshop, pins);
      await entry.keepRequirements(wishes, { platform: python.platform, python, packages });
      return packages;
    });
  return isAskedFor(source, before) ? run() : unlessKnownToFail(entry, ["asked", wishes], workshop, run);
}

/** What was said that the choice of build requirements depends on. */
export function wishesOf({ policy }: Errand): unknown {
  const { constraints, noBinary, noBuild } = policy;
  return [
    constraints.map(({ requirement }) => formatRequirement(requirement)).sort(),
    [noBinary.all, [...noBinary.names].sort()],
    [noBuild.all, [...noBuild.names].sort()],
  ];
}
