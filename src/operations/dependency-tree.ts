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

/** A package in the tree, and what is below it: what it needs, or (inverted) who needs it. */
export interface TreeNode {
  readonly name: string;
  readonly version: string;
  /** The project itself asks for it. */
  readonly requested: boolean;
  /**
   * What the one asks of the other on this edge, as in metadata (`>=2,<3`); "" for any version. Only what holds for the target and
   * for the extras that are locked. Missing at the top.
   */
  readonly asked?: string;
  readonly children: readonly TreeNode[];
  /** It stands elsewhere with what is below it: that is not repeated. */
  readonly repeated: boolean;
}

export interface TreeShape {
  /** Who needs these, instead of what they need. */
  readonly inverted: boolean;
  /** How many levels below the top. */
  readonly depth: number;
  /** The top: what the project asks for without it, or inverted what nobody is below. */
  readonly names: readonly string[];
}

/** What is locked for a target, as the tree in which it came. Throws `not-found` for a name that is not locked. */
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
    throw new PosyError("not-found", `\`${name}\` is not among the packages that are locked`, {
      hint: "`posy tree` shows them; `posy add` adds one",
    });
  });
}

/** What one says of the other; several requirements on one package (by extras, by markers) stand side by side. */
function askedOf(asker: PackagePin, wanted: PackagePin, environment: MarkerEnvironment): string {
  const extras = new Set(asker.extras);
  const texts = asker.metadata.requiresDist.flatMap((text) => {
    const { name, specifier, marker } = parseRequirement(text, { lenient: true });
    const holds = marker === undefined || evaluateMarker(marker, environment, extras);
    return name === wanted.name && holds && specifier !== anyVersion ? [formatSpecifierSet(specifier)] : [];
  });
  return [...new Set(texts.filter((text) => text !== ""))].join(", ");
}
