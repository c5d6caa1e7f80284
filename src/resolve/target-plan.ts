import {
  type BlueprintTarget,
  type Brief,
  type Interpreter,
  isRequestedPython,
  parsePythonRequest,
} from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import { describeInterpreter } from "../pythons/compatibility/index.ts";
import { compareVersions, parseSpecifierSet, parseVersion, satisfies } from "../vocab/version/index.ts";
import type { PlatformName } from "../vocab/tags/index.ts";
import { requestedPython, withRequestOrigin, reportRequestOrigin } from "./explain/request-origin.ts";
import { exactKey, interpretersToTry, minorKey } from "./interpreters-to-try.ts";
import type { ResolveContext } from "./resolve-context.ts";

/** One of the Pythons that a Brief asks for, on one of its platforms. */
export interface TargetPlan {
  readonly platform: PlatformName;
  /** The Brief, with this Python alone. */
  readonly brief: Brief;
  /** The interpreters that meet the request, best first. */
  readonly interpreters: readonly Interpreter[];
  /** Targets of an earlier Blueprint that may come from this request. Their interpreters are tried first. */
  readonly earlier: readonly BlueprintTarget[];
}

/**
 * Returns the targets of a Brief in the order in which the Brief lists them: its first Python on all platforms, then
 * the next. A Python that an earlier request on the same platform covers already (`3.12` after `3.12.4`) is left out.
 */
export async function planTargets(
  brief: Brief,
  platforms: readonly PlatformName[],
  context: ResolveContext,
): Promise<readonly TargetPlan[]> {
  const { morePythons = [], ...first } = brief;
  const others = brief.pythonVersion === undefined ? morePythons : [];
  const briefs = [
    { brief: first as Brief, optional: false },
    ...others.map(({ optional = false, ...fields }) => ({
      brief: { ...first, pythonOrigin: undefined, ...fields },
      optional,
    })),
  ];
  const available = new Map<Brief, Map<PlatformName, readonly Interpreter[]>>();
  for (const platform of platforms) {
    for (const { brief: request } of briefs) {
      const byPlatform = available.get(request) ?? new Map<PlatformName, readonly Interpreter[]>();
      available.set(request, byPlatform.set(platform, await interpretersFor(platform, request, context)));
    }
  }
  const plans: TargetPlan[] = [];
  const missing = new Map<Brief, PlatformName[]>(briefs.map((each) => [each.brief, []]));
  for (const platform of platforms) {
    const requests: PythonRequestTargets[] = [];
    for (const request of briefs) {
      const byPlatform = available.get(request.brief);
      const interpreters = byPlatform?.get(platform) ?? [];
      if (interpreters.length > 0) requests.push({ brief: request.brief, interpreters });
      else if (request.optional) missing.get(request.brief)?.push(platform);
      else {
        const others = [...(byPlatform?.values() ?? [])].flat();
        const open = await openFor(platform, request.brief, others, context);
        requests.push({ brief: request.brief, interpreters: open });
      }
    }
    const earlierTargets = (context.preferences?.targets ?? []).filter(
      (target) => target.platform === platform,
    );
    const chosen: Interpreter[] = [];
    for (const request of requests) {
      const earlier = earlierTargets.filter(({ python }) => !isClaimedByAnother(python, request, requests));
      const [best] = interpretersToTry(request.interpreters, earlier);
      if (chosen.some((python) => answers(python, request, best))) continue;
      if (best !== undefined) chosen.push(best);
      plans.push({ platform, ...request, earlier });
    }
  }
  warnMissing(missing, context);
  const order = new Map(briefs.map(({ brief }, index) => [brief, index]));
  return plans.sort((a, b) => (order.get(a.brief) ?? 0) - (order.get(b.brief) ?? 0));
}

/**
 * Returns the plans in the order in which they are solved. Each target keeps to the versions of those before it, so
 * the newest Python comes first: then the needs of the oldest hold nobody back. If the lowest versions are wanted,
 * the order is reversed.
 */
export function inSolvingOrder(plans: readonly TargetPlan[], { prefer }: Brief): readonly TargetPlan[] {
  const sign = prefer === "highest" ? -1 : 1;
  const versions = new Map(
    plans.map((each) => {
      const [best] = interpretersToTry(each.interpreters, each.earlier);
      return [each, best && parseVersion(best.version)];
    }),
  );
  return plans.toSorted((a, b) => {
    const [one, other] = [versions.get(a), versions.get(b)];
    return one && other ? sign * compareVersions(one, other) : 0;
  });
}

interface PythonRequestTargets {
  readonly brief: Brief;
  readonly interpreters: readonly Interpreter[];
}

function answers(
  python: Interpreter,
  { brief }: PythonRequestTargets,
  best: Interpreter | undefined,
): boolean {
  if (best !== undefined && exactKey(best) === exactKey(python)) return true;
  return isRequestedPython(brief.python === undefined ? undefined : parsePythonRequest(brief.python), python);
}

/**
 * Whether this interpreter must come from another request: one that leaves open only the last part of the version.
 */
function isClaimedByAnother(
  python: Interpreter,
  request: PythonRequestTargets,
  requests: readonly PythonRequestTargets[],
): boolean {
  const isNarrow = ({ interpreters }: PythonRequestTargets) => new Set(interpreters.map(minorKey)).size === 1;
  const key = exactKey(python);
  return (
    !isNarrow(request) &&
    requests.some((other) => isNarrow(other) && other.interpreters.some((each) => exactKey(each) === key))
  );
}

function warnMissing(
  missing: ReadonlyMap<Brief, readonly PlatformName[]>,
  { reporter }: ResolveContext,
): void {
  for (const [brief, platforms] of missing) {
    if (platforms.length === 0) continue;
    const platformList = platforms.map((platform) => `\`${platform}\``).join(", ");
    const message = `no Python that meets ${requestedPython(brief)} is available for ${platformList}: it is left out there`;
    reporter.report({ kind: "warning", message, key: message });
  }
}

/**
 * Returns interpreters for a platform for which no source has any. Those that are locked already stay; others are
 * described, so that the lock leaves them open. `others` are interpreters for other platforms.
 */
async function openFor(
  platform: PlatformName,
  brief: Brief,
  others: readonly Interpreter[],
  context: ResolveContext,
): Promise<readonly Interpreter[]> {
  if (context.openInterpreters === undefined || brief.pythonVersion !== undefined) return [];
  const request = brief.python === undefined ? undefined : parsePythonRequest(brief.python);
  const earlier = (context.preferences?.targets ?? [])
    .filter((target) => target.platform === platform)
    .map(({ python }) => python)
    .filter((python) => isRequestedPython(request, python));
  const locked = earlier.filter(({ source }) => "hashes" in source);
  const known = [...earlier, ...others].map(({ version }) => version);
  return withinRequired(
    [...locked, ...(await context.openInterpreters(brief.python, platform, known))],
    brief,
  );
}

async function interpretersFor(
  platform: PlatformName,
  brief: Brief,
  context: ResolveContext,
): Promise<readonly Interpreter[]> {
  if (brief.pythonVersion !== undefined) {
    return [describeInterpreter(parseVersion(brief.pythonVersion), platform)];
  }
  reportRequestOrigin(brief, context.reporter);
  try {
    return withinRequired(await context.interpreters(brief.python, platform), brief);
  } catch (error) {
    throw withRequestOrigin(error, brief);
  }
}

/** Drops interpreters outside `requires-python`. Throws `no-interpreter` if none is left. */
function withinRequired(
  interpreters: readonly Interpreter[],
  { python = "", requiresPython }: Brief,
): readonly Interpreter[] {
  const [first] = interpreters;
  if (requiresPython === undefined || first === undefined) return interpreters;
  const required = parseSpecifierSet(requiresPython);
  const allowed = interpreters.filter(({ version }) => satisfies(required, parseVersion(version)));
  if (allowed.length > 0) return allowed;
  throw new PosyError(
    "no-interpreter",
    `\`${python}\` is Python ${first.version}, and \`requires-python\` is \`${requiresPython}\``,
    { hint: "name another Python, or change `requires-python` in `pyproject.toml`" },
  );
}
