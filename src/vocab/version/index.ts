/**
 * Versions and specifiers (PEP 440, PEP 508).
 *
 * A version has an `order`: a text that sorts as the version does (version-order.ts). Nearly every specifier is an
 * interval of such texts, so that `satisfies` compares strings. Start reading at version.ts.
 */
export { bumpParts, bumpVersion, type VersionBump } from "./bump-version.ts";
export { minorOf } from "./minor-of.ts";
export {
  anyVersion,
  canBothHold,
  formatSpecifierSet,
  lenientSpecifierSet,
  namesPrerelease,
  parseSpecifier,
  parseSpecifierSet,
  satisfies,
  satisfiesOne,
  type Specifier,
  type SpecifierSet,
} from "./specifier.ts";
export { orderOfPlainRelease } from "./version-order.ts";
export { compareVersions, isPrerelease, parseVersion, tryParseVersion, type Version } from "./version.ts";
