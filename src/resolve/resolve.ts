import type { Blueprint, BlueprintTarget } from "../blueprint/blueprint.ts";
import type { Brief } from "../blueprint/brief.ts";
import { describeInterpreter } from "../pythons/describe-interpreter.ts";
import type { Interpreter } from "../pythons/interpreter.ts";
import type { PlatformName } from "../vocab/platform-name.ts";
import { parseVersion } from "../vocab/version.ts";
import { explainFailure } from "./explain/explain-failure.ts";
import { anotherPythonMayHelp } from "./explain/another-python.ts";
import { sayingWhoAsked, tellWhoAsks } from "./explain/who-asked.ts";
import { Facts } from "./facts.ts";
import { interpretersToTry } from "./interpreters-to-try.ts";
import { pinPackages } from "./pin-packages.ts";
import { type Preferences, preferencesOf } from "./policy.ts";
import type { ResolveContext } from "./resolve-context.ts";
import { type Failed, solveTarget } from "./solve-target.ts";
import { makeTarget } from "./target.ts";
import { tellOddities } from "./tell-oddities.ts";

/**
 * Brief → Blueprint: for each platform the best interpreter that can work, and a pin for every package. Each target
 * is solved with the pins of those before as preferences, so that they agree wherever they can. Throws
 * `unsatisfiable` or `unknown-package` with an explanation, `no-interpreter`, and what the `PackageDB` throws.
 */
export async function resolve(brief: Brief, context: ResolveContext): Promise<Blueprint> {
  const platforms = brief.platforms.length > 0 ? [...new Set(brief.platforms)] : [context.machine.platform];
  const facts = new Facts(context);
  const targets: BlueprintTarget[] = [];
  context.reporter.report({ kind: "stage", stage: "resolve", state: "start" });
  try {
    for (const platform of platforms) {
      targets.push(await resolveFor(platform, brief, facts, targets, context));
    }
  } finally {
    context.reporter.report({ kind: "stage", stage: "resolve", state: "end" });
  }
  return { blueprintVersion: 1, targets };
}

/** Python is part of the problem: where the best interpreter can't work, the next one may. */
async function resolveFor(
  platform: PlatformName,
  brief: Brief,
  facts: Facts,
  before: readonly BlueprintTarget[],
  context: ResolveContext,
): Promise<BlueprintTarget> {
  const earlier = context.preferences?.targets ?? [];
  const own = earlier.filter((target) => target.platform === platform);
  // The last word counts: what this platform had before, then what the other targets have now.
  const preferences: Preferences = new Map(
    [...earlier, ...before, ...own].flatMap(({ packages }) => [...preferencesOf(packages)]),
  );
  const interpreters = await interpretersFor(platform, brief, context);
  const failures: Failed[] = [];
  for (const interpreter of interpretersToTry(interpreters, [...own, ...before])) {
    const target = makeTarget(interpreter, context.machine);
    const outcome = await solveTarget(brief, target, facts, preferences, context);
    if (outcome.kind === "solved") {
      const packages = await pinPackages(outcome, facts, context);
      tellOddities(outcome, facts, context.reporter);
      return { platform, python: interpreter, packages };
    }
    failures.push(outcome);
    if (!anotherPythonMayHelp(outcome.derivation)) break;
  }
  throw explainFailure(failures, platform, brief);
}

async function interpretersFor(
  platform: PlatformName,
  brief: Brief,
  context: ResolveContext,
): Promise<readonly Interpreter[]> {
  if (brief.pythonVersion === undefined) {
    tellWhoAsks(brief, context.reporter);
    return context.interpreters(brief.python, platform).catch((error: unknown) => {
      throw sayingWhoAsked(error, brief);
    });
  }
  return [describeInterpreter(parseVersion(brief.pythonVersion), platform)];
}
