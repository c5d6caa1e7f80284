import { setImmediate } from "node:timers/promises";
import type { Blueprint, BlueprintTarget, Brief } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import { explainFailure } from "./explain/explain-resolution-failure.ts";
import { anotherPythonMayHelp } from "./explain/python-is-cause.ts";
import { MetadataIndex } from "./metadata-index.ts";
import { exactKey, interpretersToTry } from "./interpreters-to-try.ts";
import { pinPackages } from "./pin-packages.ts";
import { prereleaseModeOf } from "./candidates/candidate-policy.ts";
import { preferencesFor } from "./preferences-for.ts";
import type { ResolveContext } from "./resolve-context.ts";
import { type Failed, type Later, solveTarget } from "./solve-target.ts";
import { makeTarget } from "./target.ts";
import { reportResolutionWarnings } from "./resolution-warnings.ts";
import { inSolvingOrder, type TargetPlan, planTargets } from "./target-plan.ts";

/**
 * Brief → Blueprint: for each Python that is asked for, on each platform, the best interpreter that can work and a pin for every
 * package; the Brief's first Python comes first. Each target is solved with the pins of those solved before as preferences, so
 * that they agree wherever they can. Throws `unsatisfiable`, `build-failed` or `unknown-package` with an explanation, `no-interpreter`,
 * and what the `PackageDB` throws.
 */
export async function resolve(brief: Brief, context: ResolveContext): Promise<Blueprint> {
  try {
    return await resolveOnce(brief, context);
  } catch (error) {
    const mayRest = error instanceof PosyError && ["unsatisfiable", "build-failed"].includes(error.code);
    if (!mayRest || !(await context.sources?.retry?.())) throw error;
    return resolveOnce(brief, context);
  }
}

async function resolveOnce(brief: Brief, context: ResolveContext): Promise<Blueprint> {
  const platforms = brief.platforms.length > 0 ? [...new Set(brief.platforms)] : [context.machine.platform];
  const facts = new MetadataIndex(context);
  const solved = new Map<TargetPlan, BlueprintTarget>();
  const all = new AbortController();
  context.reporter.report({ kind: "stage", stage: "resolve", state: "start" });
  try {
    const wanted = await planTargets(brief, platforms, context);
    const order = inSolvingOrder(wanted, brief);
    for (const [place, each] of order.entries()) {
      const later = {
        targets: () => order.slice(place + 1).flatMap((one) => likelyTarget(one, context)),
        until: all.signal,
      };
      solved.set(each, await resolveFor(each, later, facts, solved, context));
      // Solving what everything is known of waits for nothing: so what has come for later targets meanwhile would lie until the end.
      if (place + 1 < order.length) await setImmediate();
    }
    return { blueprintVersion: 1, targets: eachOnce(wanted.flatMap((each) => solved.get(each) ?? [])) };
  } finally {
    all.abort();
    context.reporter.report({ kind: "stage", stage: "resolve", state: "end" });
  }
}

/** Python is part of the problem: where the best interpreter can't work, the next one may. */
async function resolveFor(
  { platform, brief, interpreters, earlier }: TargetPlan,
  later: Later,
  facts: MetadataIndex,
  solved: ReadonlyMap<TargetPlan, BlueprintTarget>,
  context: ResolveContext,
): Promise<BlueprintTarget> {
  const now = [...solved.values()];
  const same = [...solved].flatMap(([wanted, target]) => (wanted.brief === brief ? [target] : []));
  const failures: Failed[] = [];
  for (const interpreter of interpretersToTry(interpreters, [...earlier, ...same])) {
    const target = makeTarget(interpreter, context.machine);
    const preferences = preferencesFor(
      interpreter,
      context.preferences?.targets ?? [],
      now,
      (name) => prereleaseModeOf(brief, name) === "allow",
    );
    const outcome = await solveTarget(brief, target, facts, preferences, context, later);
    if (outcome.kind === "solved") {
      const packages = await pinPackages(outcome, facts, context);
      reportResolutionWarnings(outcome, facts, context);
      return { platform, python: interpreter, packages };
    }
    failures.push(outcome);
    if (!anotherPythonMayHelp(outcome.derivation)) break;
  }
  throw explainFailure(failures, platform, brief);
}

/** What it will come to unless that can't work. */
function likelyTarget({ brief, interpreters, earlier }: TargetPlan, { machine }: ResolveContext) {
  const [best] = interpretersToTry(interpreters, earlier);
  return best === undefined ? [] : [{ brief, target: makeTarget(best, machine) }];
}

/** Two requests can come to the same interpreter where the best for one of them did not work. */
function eachOnce(targets: readonly BlueprintTarget[]): readonly BlueprintTarget[] {
  const keys = targets.map(({ platform, python }) => `${platform} ${exactKey(python)}`);
  return targets.filter((_, place) => keys.indexOf(keys[place] ?? "") === place);
}
