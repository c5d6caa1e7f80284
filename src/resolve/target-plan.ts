import {
  type BlueprintTarget,
  type Brief,
  type Interpreter,
  isPythonAskedFor,
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
  /** What it may be, best first. */
  readonly interpreters: readonly Interpreter[];
  /** Targets of an earlier answer that it may have come to: they are tried first. */
  readonly earlier: readonly BlueprintTarget[];
}

/**
 * What a Brief wants to be solved, in the order in which it says so: its first Python on all platforms, then the next. A
 * Python that one before it on the same platform answers already (`3.12` after `3.12.4`) is not wanted again.
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
    ...others.map(({ optional = false, ...each }) => ({
      brief: { ...first, pythonOrigin: undefined, ...each },
      optional,
    })),
  ];
  const wanted: TargetPlan[] = [];
  const missing = new Map<Brief, PlatformName[]>(briefs.map((each) => [each.brief, []]));
  for (const platform of platforms) {
    const wishes: PythonRequestTargets[] = [];
    for (const each of briefs) {
      const interpreters = await interpretersFor(platform, each.brief, context);
      if (interpreters.length === 0 && each.optional) missing.get(each.brief)?.push(platform);
      else wishes.push({ brief: each.brief, interpreters });
    }
    const there = (context.preferences?.targets ?? []).filter((target) => target.platform === platform);
    const had: Interpreter[] = [];
    for (const wish of wishes) {
      const earlier = there.filter(({ python }) => !isOfAnother(python, wish, wishes));
      const [best] = interpretersToTry(wish.interpreters, earlier);
      if (had.some((python) => answers(python, wish, best))) continue;
      if (best !== undefined) had.push(best);
      wanted.push({ platform, ...wish, earlier });
    }
  }
  tellMissing(missing, context);
  const order = new Map(briefs.map((each, place) => [each.brief, place]));
  return wanted.sort((a, b) => (order.get(a.brief) ?? 0) - (order.get(b.brief) ?? 0));
}

/**
 * The order in which they are solved, as each keeps to those before it: from the newest Python to the oldest, whose needs hold
 * nobody back then. Where the lowest versions are wanted it is the other way round.
 */
export function inSolvingOrder(wanted: readonly TargetPlan[], { prefer }: Brief): readonly TargetPlan[] {
  const sign = prefer === "highest" ? -1 : 1;
  const versions = new Map(
    wanted.map((each) => {
      const [best] = interpretersToTry(each.interpreters, each.earlier);
      return [each, best && parseVersion(best.version)];
    }),
  );
  return wanted.toSorted((a, b) => {
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
  return isPythonAskedFor(brief.python === undefined ? undefined : parsePythonRequest(brief.python), python);
}

/** Whether another wish can have come to it only, of those that leave no choice but of the last part of the version. */
function isOfAnother(
  python: Interpreter,
  wish: PythonRequestTargets,
  wishes: readonly PythonRequestTargets[],
): boolean {
  const isNarrow = ({ interpreters }: PythonRequestTargets) => new Set(interpreters.map(minorKey)).size === 1;
  const key = exactKey(python);
  return (
    !isNarrow(wish) &&
    wishes.some((other) => isNarrow(other) && other.interpreters.some((each) => exactKey(each) === key))
  );
}

function tellMissing(
  missing: ReadonlyMap<Brief, readonly PlatformName[]>,
  { reporter }: ResolveContext,
): void {
  for (const [brief, platforms] of missing) {
    if (platforms.length === 0) continue;
    const places = platforms.map((platform) => `\`${platform}\``).join(", ");
    const message = `no Python that meets ${requestedPython(brief)} is to be had for ${places}: it is left out there`;
    reporter.report({ kind: "warning", message, key: message });
  }
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

/** What a version's request lets is within it as it is. */
function withinRequired(
  found: readonly Interpreter[],
  { python = "", requiresPython }: Brief,
): readonly Interpreter[] {
  const [first] = found;
  if (requiresPython === undefined || first === undefined) return found;
  const required = parseSpecifierSet(requiresPython);
  const fit = found.filter(({ version }) => satisfies(required, parseVersion(version)));
  if (fit.length > 0) return fit;
  throw new PosyError(
    "no-interpreter",
    `\`${python}\` is Python ${first.version}, and \`requires-python\` is \`${requiresPython}\``,
    { hint: "name another Python, or change `requires-python` in `pyproject.toml`" },
  );
}
