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
import { relativeRequirement } from "./relative-location.ts";

/**
 * Returns the fields of a pin that the standard lacks: the snapshot of its metadata, the requested extras, and whether
 * the Brief asks for it. `requiredBy` are the packages that require it according to the metadata; the pin's are only
 * stored if they differ. `requiresPython` is what its entry in the lock has. `folder` is the absolute folder of the
 * lock.
 */
export function writePinMetadata(
  pin: PackagePin,
  requiredBy: readonly string[],
  requiresPython: string | undefined,
  folder: string,
): TomlTable {
  const { metadata, artifact } = pin;
  const tree = artifact.kind === "source";
  const fields = {
    version: tree ? pin.version : undefined,
    // The identity of a folder changes with every change in it, so it is computed again.
    identity:
      tree && artifact.origin?.kind !== "directory" && artifact.identity !== artifact.hashes["sha256"]
        ? artifact.identity
        : undefined,
    requested: pin.requested || undefined,
    extras: unlessEmpty(pin.extras),
    "requires-dist": unlessEmpty(metadata.requiresDist.map((text) => relativeRequirement(text, folder))),
    "requires-python": metadata.requiresPython === requiresPython ? undefined : metadata.requiresPython,
    "provides-extra": unlessEmpty(metadata.providesExtra),
    unread: metadata.unread,
    assumed: metadata.assumed,
    "required-by": pin.requiredBy.join() === requiredBy.join() ? undefined : pin.requiredBy,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Whether a text is a valid specifier set that is not empty. */
export function isSpecifier(text: string): boolean {
  try {
    return parseSpecifierSet(text).specifiers.length > 0;
  } catch {
    return false;
  }
}

function unlessEmpty<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}

/** The fields of a pin that decide which packages it requires. */
type RequiringPin = Pick<PackagePin, "name" | "extras"> & { readonly requiresDist: readonly string[] };

/**
 * Returns the names of the pins that require each package in the target's environment, according to the metadata. By
 * name; sorted.
 */
export function requiringPins(
  pins: readonly RequiringPin[],
  python: BlueprintTarget["python"],
): ReadonlyMap<string, readonly string[]> {
  const applies = appliesIn(markerEnvironment(python));
  const requiring = new Map<string, Set<string>>(pins.map(({ name }) => [name, new Set()]));
  for (const { name, extras, requiresDist } of pins) {
    for (const text of requiresDist) {
      // Most requirements belong to extras that were not requested, and need not be parsed.
      if (!requiring.has(nameIn(text))) continue;
      const requirement = readRequirement(text);
      if (requirement.name !== name && applies(requirement, extras)) {
        requiring.get(requirement.name)?.add(name);
      }
    }
  }
  return new Map([...requiring].map(([name, names]) => [name, [...names].sort()]));
}

const leadingName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/;
/** Cached, since every target parses the same requirements. */
const names = new Map<string, string>();
const requirements = new Map<string, Requirement>();

/** Returns the normalised name of a requirement without parsing the rest. */
export function nameIn(text: string): string {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = normalizeName(leadingName.exec(text)?.[0] ?? "")));
  return name;
}

/** Parses a requirement of a package. Cached, since every target parses the same requirements. */
export function readRequirement(text: string): Requirement {
  let requirement = requirements.get(text);
  if (requirement === undefined)
    requirements.set(text, (requirement = parseRequirement(text, { lenient: true })));
  return requirement;
}

/**
 * Returns a function that says whether a requirement applies, with any of some extras. `parseRequirement` shares equal
 * markers, so each is evaluated only once without extras.
 */
export function appliesIn(environment: MarkerEnvironment) {
  const answers = new Map<Marker, boolean>();
  return ({ marker }: Requirement, extras: readonly string[]): boolean => {
    if (marker === undefined) return true;
    let plain = answers.get(marker);
    if (plain === undefined) answers.set(marker, (plain = evaluateMarker(marker, environment)));
    return plain || extras.some((extra) => evaluateMarker(marker, environment, new Set([extra])));
  };
}
