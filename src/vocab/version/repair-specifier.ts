/** From what to what, one after the other, until the specifier can be read. */
const repairs: readonly (readonly [RegExp, string])[] = [
  // `>=7.2.0<8.0.0` and `>=7.2.0 <8.0.0`: a missing comma.
  [/([\d*])\s*(?=[<>]|[=~!]=)/g, "$1,"],
  // `!=~5.0`: a wildcard was meant.
  [/!=~((?:\d+\.)*\d+)/g, "!=$1.*"],
  // `>=1.9.*`: a star where no star goes.
  [/(<=|>=|<|>)(\s*\d+(?:\.\d+)*)\.\*/g, "$1$2"],
  // `!=3.0*`: a missing dot.
  [/(\d\.\d+)\*/g, "$1.*"],
  // `==*`: any version.
  [/(^|,)\s*==\s*\*\s*(?=,|$)/g, "$1"],
  // `>dev`: any version, development releases too.
  [/>\s*dev\b/g, ">0.0.0dev"],
  // `>=9.0.0a1.0`: a zero too many.
  [/(\d(?:a|b|rc|post|dev)\d+)\.0(?=\s*(?:,|$))/g, "$1"],
  // `'>=2.7'`, `>=3.6'`, `>= "3.6"`: stray quotes.
  [/['"]/g, ""],
];

/**
 * What old metadata on the index has instead of specifiers, put right step by step: after each change the text is
 * yielded, to be tried. The same steps as uv's, and two more of its kind.
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
