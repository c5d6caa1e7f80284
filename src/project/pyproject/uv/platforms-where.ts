import { describeInterpreter, markerEnvironment } from "../../../pythons/compatibility/index.ts";
import { evaluateMarker, type Marker } from "../../../vocab/requirement/index.ts";
import { type PlatformName, platformNames } from "../../../vocab/tags/index.ts";
import { parseVersion } from "../../../vocab/version/index.ts";
import { defaultPlatforms } from "../project.ts";

/**
 * Returns the platforms on which one of the markers holds with some Python. For each marker these are default
 * platforms, or, if it holds on none of them, any platforms.
 */
export function platformsWhere(markers: readonly Marker[]): readonly PlatformName[] {
  const found = markers.flatMap((marker) => {
    const usual = defaultPlatforms.filter((platform) => mayHold(marker, platform));
    return usual.length > 0 ? usual : platformNames.filter((platform) => mayHold(marker, platform));
  });
  return platformNames.filter((platform) => found.includes(platform));
}

const pythons = ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"].map((minor) =>
  parseVersion(`${minor}.0`),
);

function mayHold(marker: Marker, platform: PlatformName): boolean {
  return pythons.some((version) => {
    const environment = markerEnvironment(describeInterpreter(version, platform));
    return evaluateMarker(marker, environment, new Set());
  });
}
