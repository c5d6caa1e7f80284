/** The build number of a wheel or pybi (binary distribution format): `1`, `2local`. */
export interface BuildTag {
  /** The leading digits without leading zeros; text, since a hostile or dated one exceeds 2⁵³. */
  readonly number: string;
  /** What follows the digits; may be empty. */
  readonly suffix: string;
  /** As written. */
  readonly text: string;
}

/** Undefined where the text does not begin with a digit, as it must. */
export function parseBuildTag(text: string): BuildTag | undefined {
  const digits = /^[0-9]+/.exec(text)?.[0];
  if (digits === undefined) return undefined;
  return { number: digits.replace(/^0+(?=.)/, ""), suffix: text.slice(digits.length), text };
}

/** By number, then by suffix; no build tag comes before any (higher is the better tie-break). */
export function compareBuildTags(a: BuildTag | undefined, b: BuildTag | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  if (a.number.length !== b.number.length) return a.number.length - b.number.length;
  if (a.number !== b.number) return a.number < b.number ? -1 : 1;
  if (a.suffix !== b.suffix) return a.suffix < b.suffix ? -1 : 1;
  return 0;
}
