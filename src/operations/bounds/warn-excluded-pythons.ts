import type { Blueprint } from "../../model/index.ts";
import type { Posy } from "../../posy.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { loadCatalogue } from "../../pythons/catalogue/index.ts";
import type { Compatibility, Target } from "../../resolve/index.ts";
import type { PackageName, Requirement } from "../../vocab/requirement/index.ts";
import {
  compareVersions,
  isPrerelease,
  parseVersion,
  satisfies,
  type SpecifierSet,
  type Version,
  minorOf,
} from "../../vocab/version/index.ts";
import { allowedPythons, compareMinors } from "./allowed-pythons.ts";
import {
  holdsOnAny,
  indexPins,
  newestUsable,
  pinWorksOn,
  type SupportContext,
  targetsFor,
} from "./python-support.ts";
import type { RequirementLine } from "./requirement-lines.ts";

/** What a project writes about Pythons and packages. */
export interface WrittenBounds {
  readonly requiresPython: SpecifierSet;
  readonly lines: readonly RequirementLine[];
}

/** An allowed Python that the lock has no target for. */
interface OtherPython {
  /** `3.11` */
  readonly minor: string;
  readonly targets: readonly Target[];
  /** True if it is newer than all Pythons of the lock. */
  readonly isNewer: boolean;
}

/**
 * Warns about each requirement of which no version within its bounds works on a Python that `requires-python` allows.
 * Pythons of the lock are not looked at, because resolving was successful on them. On a Python that is newer than
 * these, only `Requires-Python` counts: wheels for it may still come. An index is asked only for a package whose locked
 * version does not work there. An index that does not answer is no error.
 */
export async function warnExcludedPythons(
  { requiresPython, lines }: WrittenBounds,
  locked: Blueprint,
  context: SupportContext & { readonly posy: Posy },
): Promise<void> {
  const minors = locked.targets.map(({ python }) => minorOf(python.version));
  const others = await otherPythons(requiresPython, locked, context);
  if (others.length === 0) return;
  for (const line of lines) {
    const excluded = await orNone(excludedBy(line.requirement, others, locked, context));
    if (excluded.length === 0) continue;
    const { text } = line.requirement;
    const supported = [
      ...minors,
      ...others.filter((python) => !excluded.includes(python)).map(({ minor }) => minor),
    ];
    context.posy.pythons.reporter.report({
      kind: "warning",
      key: excludedPythonKey(line.requirement.name),
      message: `\`${text}\` (pyproject.toml:${line.line}) has no version for Python ${listed(excluded)}, which \`requires-python\` (\`${requiresPython.text}\`) allows`,
      hint: await hintFor(line.requirement, excluded, supported, context),
    });
  }
}

/** An index that does not answer says nothing about a requirement. */
async function orNone<T>(list: Promise<readonly T[]>): Promise<readonly T[]> {
  return list.catch((error: unknown) => {
    if (error instanceof PosyError) return [];
    throw error;
  });
}

/** The key of the warning for a package, so that it is shown once, whichever operation notices it first. */
export function excludedPythonKey(name: PackageName): string {
  return `excluded Python ${name}`;
}

async function otherPythons(
  requiresPython: SpecifierSet,
  { targets }: Blueprint,
  context: SupportContext,
): Promise<readonly OtherPython[]> {
  const locked = targets.map(({ python }) => python.version);
  const known = [...locked, ...(await loadCatalogue()).map(({ version }) => version)];
  const newest = known.map(parseVersion).sort(compareVersions).at(-1);
  if (newest === undefined) return [];
  const minors = new Set(locked.map(minorOf));
  return allowedPythons(requiresPython, newest)
    .filter((python) => !minors.has(minorOf(python)))
    .map((python) => ({
      minor: minorOf(python),
      targets: targetsFor(python, context),
      isNewer: locked.every((version) => compareMinors(version, python) < 0),
    }));
}

/** Returns the Pythons on which no version within the bounds of a requirement works. */
async function excludedBy(
  { name, url, marker, specifier }: Requirement,
  others: readonly OtherPython[],
  locked: Blueprint,
  context: SupportContext,
): Promise<readonly OtherPython[]> {
  const pins = url === undefined ? indexPins(locked, name) : [];
  const isReplaced = context.brief.overrides.some(({ requirement }) => requirement.name === name);
  if (pins.length === 0 || isReplaced) return [];
  const excluded: OtherPython[] = [];
  for (const python of others) {
    const targets =
      marker === undefined ? python.targets : python.targets.filter((each) => holdsOnAny(marker, [each]));
    if (targets.length === 0) continue;
    if (pins.some((pin) => targets.some((target) => pinWorksOn(pin, target, python.isNewer)))) continue;
    const isUsable = python.isNewer ? isUsableOnNewer : undefined;
    const version = await newestUsable(
      name,
      (candidate) => satisfies(specifier, candidate),
      targets,
      context,
      isUsable,
    );
    if (version === undefined) excluded.push(python);
  }
  return excluded;
}

function isUsableOnNewer(compatibility: Compatibility): boolean {
  return compatibility.kind === "candidate" || compatibility.rejection.kind !== "requires-python";
}

function listed(pythons: readonly OtherPython[]): string {
  const minors = pythons.map(({ minor }) => minor);
  const last = minors.pop() ?? "";
  return minors.length === 0 ? last : `${minors.join(", ")} and ${last}`;
}

/** Names what can be done: change `requires-python`, widen the requirement, or limit it with a marker. */
async function hintFor(
  { name }: Requirement,
  excluded: readonly OtherPython[],
  supported: readonly string[],
  context: SupportContext,
): Promise<string> {
  const [oldest] = excluded;
  const version = await newestUsable(name, isFinal, oldest?.targets ?? [], context).catch(() => undefined);
  const widen = version === undefined ? "" : `let the requirement allow ${version.text}, `;
  const { change, marker } = limits(
    excluded.map(({ minor }) => minor),
    supported,
  );
  return `${change}, ${widen}or add the marker \`${marker}\``;
}

function isFinal(version: Version): boolean {
  return !isPrerelease(version);
}

/** Returns how to exclude some Pythons: by `requires-python`, and by a marker. */
function limits(
  excluded: readonly string[],
  supported: readonly string[],
): { readonly change: string; readonly marker: string } {
  const sorted = supported.toSorted(compareMinors);
  const [oldest = "", newest = ""] = [sorted[0], sorted.at(-1)];
  if (excluded.every((minor) => compareMinors(minor, oldest) < 0)) {
    return {
      change: `raise \`requires-python\` to \`>=${oldest}\``,
      marker: `python_version >= '${oldest}'`,
    };
  }
  const first = excluded[0] ?? "";
  if (excluded.every((minor) => compareMinors(minor, newest) > 0)) {
    return { change: `add \`<${first}\` to \`requires-python\``, marker: `python_version < '${first}'` };
  }
  return {
    change: `add ${excluded.map((minor) => `\`!=${minor}.*\``).join(" and ")} to \`requires-python\``,
    marker: excluded.map((minor) => `python_version != '${minor}'`).join(" and "),
  };
}
