import type { PackagePin, SourceRequirement } from "../model/index.ts";
import { nameWithExtras, parseRequirement, type Requirement } from "../vocab/requirement/index.ts";

/** Returns requirements for sources without a name. The name is that of the pin with the same URL. */
export function namedSources(
  sources: readonly Pick<SourceRequirement, "url" | "extras">[],
  pins: readonly PackagePin[],
): readonly Requirement[] {
  return sources.flatMap(({ url, extras }) => {
    const pin = pins.find(({ artifact: { origin } }) => origin?.url === url.replace(/#.*$/s, ""));
    if (pin === undefined) return [];
    return [parseRequirement(nameWithExtras(pin.name, extras))];
  });
}
