import type { BlueprintTarget, PackagePin } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import { markerEnvironment } from "../pythons/compatibility/index.ts";
import {
  evaluateMarker,
  type MarkerEnvironment,
  normalizeName,
  parseRequirement,
} from "../vocab/requirement/index.ts";
import { anyVersion, formatSpecifierSet } from "../vocab/version/index.ts";

/**
 * A package in the tree. Its children are its dependencies, or, in an inverted tree, the packages that depend on it.
 */
export interface TreeNode {
  readonly name: string;
  readonly version: string;
  /** True if the project itself asks for the package. */
  readonly requested: boolean;
  /**
   * The specifiers of the requirement between this package and its parent, as in metadata (`>=2,<3`); "" if any
   * version will do. Only requirements count whose markers hold for the target and the locked extras. Missing at the
   * top level.
   */
  readonly asked?: string;
  readonly children: readonly TreeNode[];
  /**
   * True if the package has children that are left out here, because they are listed under an earlier node of the
   * package.
   */
  readonly repeated: boolean;
}

export interface TreeShape {
  /** Show the packages that need a package, not those that it needs. */
  readonly inverted: boolean;
  /** How many levels are shown below the top. */
  readonly depth: number;
  /**
   * The packages at the top. If it is empty, these are the packages that the project asks for, or, inverted, those
   * without dependencies.
   */
  readonly names: readonly string[];
}

/** Returns the locked packages of a target as a tree. Throws `not-found` for a name that is not locked. */
export function dependencyTree(target: BlueprintTarget, options: TreeShape): readonly TreeNode[] {
  const pins = new Map(target.packages.map((pin) => [pin.name, pin]));
  const needs = new Map(target.packages.map((pin) => [pin.name, [] as PackagePin[]]));
  for (const pin of target.packages) for (const asker of pin.requiredBy) needs.get(asker)?.push(pin);
  const below = ({ name, requiredBy }: PackagePin): readonly PackagePin[] =>
    options.inverted ? requiredBy.flatMap((asker) => pins.get(asker) ?? []) : (needs.get(name) ?? []);
  const environment = markerEnvironment(target.python);
  const shown = new Set<string>();
  const nodeOf = (pin: PackagePin, above: PackagePin | undefined, depth: number): TreeNode => {
    const children = depth >= options.depth ? [] : below(pin);
    const repeated = children.length > 0 && shown.has(pin.name);
    shown.add(pin.name);
    const [asker, wanted] = options.inverted ? [pin, above] : [above, pin];
    return {
      name: pin.name,
      version: pin.version,
      requested: pin.requested,
      ...(asker && wanted && above ? { asked: askedOf(asker, wanted, environment) } : {}),
      children: repeated ? [] : children.map((child) => nodeOf(child, pin, depth + 1)),
      repeated,
    };
  };
  return topOf(target, pins, options).map((pin) => nodeOf(pin, undefined, 0));
}

function topOf(
  { packages }: BlueprintTarget,
  pins: ReadonlyMap<string, PackagePin>,
  { names, inverted }: TreeShape,
): readonly PackagePin[] {
  if (names.length === 0) {
    const asking = new Set(packages.flatMap(({ requiredBy }) => requiredBy));
    return packages.filter((pin) => (inverted ? !asking.has(pin.name) : pin.requested));
  }
  return names.map((name) => {
    const pin = pins.get(normalizeName(name));
    if (pin !== undefined) return pin;
    throw new PosyError("not-found", `\`${name}\` is not among the locked packages`, {
      hint: "`posy tree` shows them; `posy add` adds one",
    });
  });
}

/**
 * Returns the specifiers that `asker` has for `wanted`. Several requirements (by extra or marker) are joined by `, `.
 */
function askedOf(asker: PackagePin, wanted: PackagePin, environment: MarkerEnvironment): string {
  const extras = new Set(asker.extras);
  const texts = asker.metadata.requiresDist.flatMap((text) => {
    const { name, specifier, marker } = parseRequirement(text, { lenient: true });
    const holds = marker === undefined || evaluateMarker(marker, environment, extras);
    return name === wanted.name && holds && specifier !== anyVersion ? [formatSpecifierSet(specifier)] : [];
  });
  return [...new Set(texts.filter((text) => text !== ""))].join(", ");
}
