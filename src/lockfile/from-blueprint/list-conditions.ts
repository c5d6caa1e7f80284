import { type Blueprint, type BlueprintTarget, isSameTarget } from "../../model/index.ts";
import { type Marker, parseMarker } from "../../vocab/requirement/index.ts";
import type { LockedList } from "../locked-lists.ts";
import { reachablePins } from "../reachable-pins.ts";
import type { MarkerFinder } from "../select-marker.ts";
import { markerText } from "./format-pylock.ts";

/** By target and name, the marker of the lists that need a package. Missing for packages of the environment itself. */
export type ListConditions = readonly ReadonlyMap<string, string>[];

/** Returns the conditions of a lock whose environment has the Blueprint, and whose lists have `whole`. */
export function listConditions(
  { targets }: Blueprint,
  whole: readonly BlueprintTarget[],
  lists: readonly LockedList[],
): ListConditions {
  return whole.map((target, index) => {
    const conditions = new Map<string, string[]>();
    const base = targets[index];
    if (base === undefined || !isSameTarget(base, target)) throw new Error("the lists have other targets");
    const inBase = new Set(base.packages.map(({ name }) => name));
    for (const list of lists) {
      for (const { name } of reachablePins(target.packages, target.python, list.requirements)) {
        if (inBase.has(name)) continue;
        const texts = conditions.get(name) ?? [];
        conditions.set(name, texts);
        texts.push(`'${list.name}' in ${list.kind === "extra" ? "extras" : "dependency_groups"}`);
      }
    }
    return new Map([...conditions].map(([name, texts]) => [name, texts.join(" or ")]));
  });
}

/**
 * Returns the marker of a package: for some targets (indexes), and for the lists that need it there. `"all"` if it is
 * always installed. Undefined if no marker distinguishes the targets from others.
 */
export function packageMarker(
  name: string,
  targets: Iterable<number>,
  finder: MarkerFinder,
  conditions: ListConditions,
): Marker | "all" | undefined {
  const byCondition = new Map<string, number[]>();
  for (const index of targets) {
    const condition = conditions[index]?.get(name) ?? "";
    const indexes = byCondition.get(condition) ?? [];
    byCondition.set(condition, indexes);
    indexes.push(index);
  }
  const parts: string[] = [];
  for (const [condition, indexes] of byCondition) {
    const marker = finder.find(indexes);
    if (marker === undefined) return undefined;
    if (marker === "all" && condition === "") return "all";
    const texts = [marker === "all" ? "" : markerText(marker), condition].filter((text) => text !== "");
    parts.push(texts.length === 1 ? texts.join("") : texts.map((text) => `(${text})`).join(" and "));
  }
  return parseMarker(parts.length === 1 ? parts.join("") : parts.map((part) => `(${part})`).join(" or "));
}
