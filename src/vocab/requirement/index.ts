/**
 * Requirements: names, extras, version specifiers, URLs and markers (PEP 508, 503, 685).
 *
 * parse-marker.ts reads a marker into a tree, marker.ts evaluates and formats it, requirement.ts reads a whole
 * requirement.
 */
export { type MarkerEnvironment, type MarkerVariable, markerVariables } from "./marker-environment.ts";
export {
  evaluateMarker,
  formatMarker,
  type Marker,
  type MarkerOperator,
  markerVariablesOf,
} from "./marker.ts";
export { type ExtraName, normalizeName, type PackageName, parseExtraName, parsePackageName } from "./name.ts";
export { parseMarker } from "./parse-marker.ts";
export {
  formatRequirement,
  markerOfText,
  nameWithExtras,
  parseRequirement,
  type Requirement,
} from "./requirement.ts";
