import { setImmediate } from "node:timers/promises";
import type { Blueprint, BlueprintTarget, Brief } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import { silentReporter } from "../report/reporter.ts";
import { timed } from "../report/timings.ts";
import type { PlatformName } from "../vocab/tags/index.ts";
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
import { reportResolutionWarnings, warnOpenInterpreters } from "./resolution-warnings.ts";
import { inSolvingOrder, type TargetPlan, planTargets } from "./target-plan.ts";

/**
 * Resolves a Brief into a Blueprint: for each requested Python on each platform, the best interpreter that works and
 * a pin for every package. The Brief's first Python comes first. Each target is solved with the pins of the targets
 * before it as preferences, so that targets agree wherever they can.
 *
 * Throws `unsatisfiable`, `build-failed` or `unknown-package` with an explanation, `no-interpreter`, and what the
 * `PackageDB` throws.
 */
export async function resolve(brief: Brief, context: ResolveContext): Promise<Blueprint> {
  try {
    return await resolveOnce(brief, context);
  } catch (error) {
    const mayHaveReusedFailures =
      error instanceof PosyError && ["unsatisfiable", "build-failed"].includes(error.code);
    if (!mayHaveReusedFailures || !(await context.sources?.retry?.())) throw error;
    return resolveOnce(brief, context);
  }
}

async function resolveOnce(brief: Brief, context: ResolveContext): Promise<Blueprint> {
  const platforms = brief.platforms.length > 0 ? [...new Set(brief.platforms)] : [context.machine.platform];
  const metadataIndex = new MetadataIndex(context);
  const solved = new Map<TargetPlan, BlueprintTarget>();
  const resolveEnd = new AbortController();
  context.reporter.report({ kind: "stage", stage: "resolve", state: "start" });
  try {
    const plans = await planTargets(brief, platforms, context);
    const order = inSolvingOrder(plans, brief);
    for (const [index, plan] of order.entries()) {
      const later = {
        targets: () => order.slice(index + 1).flatMap((one) => likelyTarget(one, context)),
        until: resolveEnd.signal,
      };
      solved.set(
        plan,
        await resolveFor(plan, later, metadataIndex, solved, context).catch(async (error: unknown) => {
          const others = order.filter(({ platform }) => platform !== plan.platform);
          const isAlone =
            context.comparesPlatforms === true &&
            isUnanswered(error) &&
            (await haveAnswers(others, metadataIndex, solved, context));
          throw isAlone ? onlyOn(plan.platform, error) : error;
        }),
      );
      // If all metadata are in memory, solving never waits. Without this turn of the event loop, responses for later
      // targets would stay unread until the end.
      if (index + 1 < order.length) await setImmediate();
    }
    const targets = withoutDuplicates(plans.flatMap((each) => solved.get(each) ?? []));
    warnOpenInterpreters(targets, context);
    return { blueprintVersion: 1, targets };
  } finally {
    resolveEnd.abort();
    context.reporter.report({ kind: "stage", stage: "resolve", state: "end" });
  }
}

function isUnanswered(error: unknown): error is PosyError {
  return (
    error instanceof PosyError && ["unsatisfiable", "build-failed", "no-interpreter"].includes(error.code)
  );
}

/** Whether there are plans, and all of them can be solved. */
async function haveAnswers(
  plans: readonly TargetPlan[],
  metadataIndex: MetadataIndex,
  solved: ReadonlyMap<TargetPlan, BlueprintTarget>,
  context: ResolveContext,
): Promise<boolean> {
  const later: Later = { targets: () => [], until: AbortSignal.abort() };
  const quiet = { ...context, reporter: { ...silentReporter, timings: context.reporter.timings } };
  for (const plan of plans) {
    if (solved.has(plan)) continue;
    try {
      await resolveFor(plan, later, metadataIndex, solved, quiet);
    } catch (error) {
      if (isUnanswered(error)) return false;
      throw error;
    }
  }
  return plans.length > 0;
}

/** Adds to an error that all other platforms have an answer, and how to leave this one out. */
function onlyOn(platform: PlatformName, { code, message, hint, span, cause }: PosyError): PosyError {
  const leaveOut = `leave \`${platform}\` out of \`platforms\` in \`[tool.posy]\`: all other platforms have an answer`;
  const isNamed = hint?.includes("`platforms`") === true;
  return new PosyError(code, message, {
    hint: hint === undefined || isNamed ? (hint ?? leaveOut) : `${hint}, or ${leaveOut}`,
    span,
    cause,
  });
}

/** Solves one target. Python is part of the problem: if the best interpreter can't work, the next one may. */
async function resolveFor(
  { platform, brief, interpreters, earlier }: TargetPlan,
  later: Later,
  metadataIndex: MetadataIndex,
  solved: ReadonlyMap<TargetPlan, BlueprintTarget>,
  context: ResolveContext,
): Promise<BlueprintTarget> {
  const solvedTargets = [...solved.values()];
  const sameRequest = [...solved].flatMap(([plan, target]) => (plan.brief === brief ? [target] : []));
  const failures: Failed[] = [];
  for (const interpreter of interpretersToTry(interpreters, [...earlier, ...sameRequest])) {
    const target = makeTarget(interpreter, context.machine);
    const preferences = preferencesFor(
      interpreter,
      context.preferences?.targets ?? [],
      solvedTargets,
      (name) => prereleaseModeOf(brief, name) === "allow",
    );
    const outcome = await timed(context.reporter, "solve", `${platform} ${interpreter.version}`, () =>
      solveTarget(brief, target, metadataIndex, preferences, context, later),
    );
    const { attempts, conflicts } = outcome.statistics;
    context.reporter.timings?.count("versions tried", attempts);
    context.reporter.timings?.count("conflicts", conflicts);
    if (outcome.kind === "solved") {
      const packages = await pinPackages(outcome, metadataIndex, context);
      reportResolutionWarnings(outcome, metadataIndex, context);
      return { platform, python: interpreter, packages };
    }
    failures.push(outcome);
    if (!anotherPythonMayHelp(outcome.derivation)) break;
  }
  throw explainFailure(failures, platform, brief);
}

/** The target that a plan most likely leads to: the one with its best interpreter. */
function likelyTarget({ brief, interpreters, earlier }: TargetPlan, { machine }: ResolveContext) {
  const [best] = interpretersToTry(interpreters, earlier);
  return best === undefined ? [] : [{ brief, target: makeTarget(best, machine) }];
}

/**
 * Drops repeated targets. Two requests can lead to the same interpreter if the best one for one of them did not work.
 */
function withoutDuplicates(targets: readonly BlueprintTarget[]): readonly BlueprintTarget[] {
  const keys = targets.map(({ platform, python }) => `${platform} ${exactKey(python)}`);
  return targets.filter((_, index) => keys.indexOf(keys[index] ?? "") === index);
}
