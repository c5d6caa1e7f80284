import type { BlueprintTarget, PackagePin } from "../model/index.ts";
import { markerEnvironment } from "../pythons/compatibility/index.ts";
import {
  evaluateMarker,
  type Marker,
  type MarkerEnvironment,
  normalizeName,
  parseRequirement,
  type Requirement,
} from "../vocab/requirement/index.ts";
import { parseSpecifierSet } from "../vocab/version/index.ts";
import type { TomlTable } from "../toml/index.ts";

/**
 * The fields of a pin that the standard lacks: the snapshot of its metadata, the requested extras, and whether the
 * Brief asks for it. The packages that require it are only stored if they do not follow from the metadata.
 */
export function writePinMetadata(
  pin: PackagePin,
  askedBy: readonly string[],
  /** What the entry itself says. */
  requiresPython: string | undefined,
): TomlTable {
  const { metadata, artifact } = pin;
  const tree = artifact.kind === "source";
  const facts = {
    version: tree ? pin.version : undefined,
    // The identity of a folder changes with every change in it, so it is computed again.
    identity:
      tree && artifact.origin?.kind !== "directory" && artifact.identity !== artifact.hashes["sha256"]
        ? artifact.identity
        : undefined,
    requested: pin.requested || undefined,
    extras: some(pin.extras),
    "requires-dist": some(metadata.requiresDist),
    "requires-python": metadata.requiresPython === requiresPython ? undefined : metadata.requiresPython,
    "provides-extra": some(metadata.providesExtra),
    unread: metadata.unread,
    assumed: metadata.assumed,
    "required-by": pin.requiredBy.join() === askedBy.join() ? undefined : pin.requiredBy,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/** Whether a specifier can stand where the standard wants a valid one. */
export function isSpecifier(text: string): boolean {
  try {
    return parseSpecifierSet(text).specifiers.length > 0;
  } catch {
    return false;
  }
}

function some<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}

/** A pin as far as who asks for whom goes. */
type Asking = Pick<PackagePin, "name" | "extras"> & { readonly requiresDist: readonly string[] };

/**
 * Returns, by name, the pins that require each package in the target's environment, according to the metadata.
 * Sorted.
 */
export function askersOf(
  pins: readonly Asking[],
  python: BlueprintTarget["python"],
): ReadonlyMap<string, readonly string[]> {
  const applies = appliesIn(markerEnvironment(python));
  const askers = new Map<string, Set<string>>(pins.map(({ name }) => [name, new Set()]));
  for (const { name, extras, requiresDist } of pins) {
    for (const text of requiresDist) {
      // Most belong to extras that nobody asked for, and need not be parsed.
      if (!askers.has(nameIn(text))) continue;
      const requirement = read(text);
      if (requirement.name !== name && applies(requirement, extras)) {
        askers.get(requirement.name)?.add(name);
      }
    }
  }
  return new Map([...askers].map(([name, names]) => [name, [...names].sort()]));
}

const leadingName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/;
/** Cached, since every target parses the same requirements. */
const names = new Map<string, string>();
const known = new Map<string, Requirement>();

function nameIn(text: string): string {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = normalizeName(leadingName.exec(text)?.[0] ?? "")));
  return name;
}

function read(text: string): Requirement {
  let requirement = known.get(text);
  if (requirement === undefined) known.set(text, (requirement = parseRequirement(text, { lenient: true })));
  return requirement;
}

/** Requirements share their markers (`parseRequirement`): each is worked out once without extras. */
function appliesIn(environment: MarkerEnvironment) {
  const answers = new Map<Marker, boolean>();
  return ({ marker }: Requirement, extras: readonly string[]): boolean => {
    if (marker === undefined) return true;
    let plain = answers.get(marker);
    if (plain === undefined) answers.set(marker, (plain = evaluateMarker(marker, environment)));
    return plain || extras.some((extra) => evaluateMarker(marker, environment, new Set([extra])));
  };
}
