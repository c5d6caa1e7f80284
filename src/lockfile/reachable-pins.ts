import type { Interpreter, PackagePin } from "../model/index.ts";
import { markerEnvironment } from "../pythons/compatibility/index.ts";
import type { Requirement } from "../vocab/requirement/index.ts";
import { appliesIn, nameIn, readRequirement } from "./pin-metadata-table.ts";

/**
 * Returns the pins that some requirements need, directly or through other pins, in the environment of an interpreter.
 * `extras`, `requested` and `requiredBy` of each pin are those that follow from these requirements alone. A part of a
 * resolved set of pins is resolved, too, so this gives the answer to a part of a Brief without resolving.
 */
export function reachablePins(
  packages: readonly PackagePin[],
  python: Interpreter,
  roots: readonly Requirement[],
): readonly PackagePin[] {
  const applies = appliesIn(markerEnvironment(python));
  const pins = new Map<string, PackagePin>(packages.map((pin) => [pin.name, pin]));
  const reachedExtras = new Map<string, Set<string>>();
  const requiring = new Map<string, Set<string>>();
  const requested = new Set<string>();
  const queue: { readonly pin: PackagePin; readonly extra: string | undefined }[] = [];
  const reach = ({ name, extras }: Requirement): void => {
    const pin = pins.get(name);
    if (pin === undefined) return;
    let reached = reachedExtras.get(name);
    if (reached === undefined) {
      reachedExtras.set(name, (reached = new Set()));
      requiring.set(name, new Set());
      queue.push({ pin, extra: undefined });
    }
    for (const extra of extras) {
      if (reached.has(extra)) continue;
      reached.add(extra);
      queue.push({ pin, extra });
    }
  };
  for (const root of roots) {
    if (!applies(root, [])) continue;
    requested.add(root.name);
    reach(root);
  }
  // The queue grows during the loop.
  for (const { pin, extra } of queue) {
    for (const text of pin.metadata.requiresDist) {
      if (!pins.has(nameIn(text))) continue;
      const requirement = readRequirement(text);
      if (!applies(requirement, extra === undefined ? [] : [extra])) continue;
      reach(requirement);
      if (requirement.name !== pin.name) requiring.get(requirement.name)?.add(pin.name);
    }
  }
  return packages.flatMap((pin) => {
    const extras = reachedExtras.get(pin.name);
    if (extras === undefined) return [];
    const requiredBy = [...(requiring.get(pin.name) ?? [])].sort();
    return [{ ...pin, extras: [...extras].sort(), requested: requested.has(pin.name), requiredBy }];
  });
}
