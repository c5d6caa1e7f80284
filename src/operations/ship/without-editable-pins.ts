import type { Blueprint, BlueprintTarget, Brief, PackagePin } from "../../model/index.ts";
import type { Posy } from "../../posy.ts";
import { parsePackageName } from "../../vocab/requirement/index.ts";
import { formatSourceReference, parseSourceReference } from "../../vocab/urls/index.ts";

/**
 * Returns a Blueprint whose local projects are built as ordinary wheels. An editable project is a link to its folder,
 * which other machines don't have. Its pin is made again, because that of an editable project does not change with the
 * project's Python files.
 */
export async function withoutEditablePins(
  blueprint: Blueprint,
  brief: Brief,
  posy: Posy,
): Promise<Blueprint> {
  const targets: BlueprintTarget[] = [];
  for (const target of blueprint.targets) {
    const packages = await Promise.all(
      target.packages.map(async (pin) => (isEditable(pin) ? ordinaryPin(pin, target, brief, posy) : pin)),
    );
    targets.push({ ...target, packages });
  }
  return { ...blueprint, targets };
}

function isEditable({ artifact: { origin } }: PackagePin): boolean {
  return origin?.kind === "directory" && origin.editable;
}

async function ordinaryPin(
  pin: PackagePin,
  { python }: BlueprintTarget,
  brief: Brief,
  posy: Posy,
): Promise<PackagePin> {
  const reference = parseSourceReference(pin.artifact.url);
  if (reference?.kind !== "folder") return pin;
  const url = formatSourceReference({ ...reference, editable: false });
  const source = await posy.sources(brief).direct(url, parsePackageName(pin.name), python);
  if (source === undefined) return pin;
  const { origin, identity } = source;
  // The backend may ask for other requirements than for an editable build, so it is asked again.
  const build = pin.build && { ...pin.build, unasked: true as const };
  return {
    ...pin,
    artifact: { ...pin.artifact, url: source.url, origin, identity },
    ...(build && { build }),
  };
}
