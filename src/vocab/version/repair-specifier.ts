/** Pattern → replacement. They are applied in this order until the specifier is valid. */
const repairs: readonly (readonly [RegExp, string])[] = [
  // `>=7.2.0<8.0.0` and `>=7.2.0 <8.0.0`: a missing comma.
  [/([\d*])\s*(?=[<>]|[=~!]=)/g, "$1,"],
  // `!=~5.0`: the author meant a wildcard.
  [/!=~((?:\d+\.)*\d+)/g, "!=$1.*"],
  // `>=1.9.*`: a star that is not allowed here.
  [/(<=|>=|<|>)(\s*\d+(?:\.\d+)*)\.\*/g, "$1$2"],
  // `!=3.0*`: a missing dot.
  [/(\d\.\d+)\*/g, "$1.*"],
  // `==*`: any version.
  [/(^|,)\s*==\s*\*\s*(?=,|$)/g, "$1"],
  // `>dev`: any version, including development releases.
  [/>\s*dev\b/g, ">0.0.0dev"],
  // `>=9.0.0a1.0`: a zero too many.
  [/(\d(?:a|b|rc|post|dev)\d+)\.0(?=\s*(?:,|$))/g, "$1"],
  // `'>=2.7'`, `>=3.6'`, `>= "3.6"`: stray quotes.
  [/['"]/g, ""],
];

/**
 * Repairs malformed specifiers of old metadata step by step, and yields the text after each change, so that the caller
 * can try it. The steps are those of uv, and two more.
 */
export function* repairSpecifier(text: string): Generator<string> {
  let repaired = text;
  for (const [wrong, right] of repairs) {
    const next = repaired.replace(wrong, right);
    if (next === repaired) continue;
    repaired = next;
    yield repaired;
  }
}
