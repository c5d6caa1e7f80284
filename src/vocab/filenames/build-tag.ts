/** The build tag of a wheel or pybi (binary distribution format): `1`, `2local`. */
export interface BuildTag {
  /** The leading digits without leading zeros. A text, since a hostile one or a timestamp may exceed 2⁵³. */
  readonly number: string;
  /** The text after the digits; may be empty. */
  readonly suffix: string;
  /** As written. */
  readonly text: string;
}

/** Parses a build tag. Undefined if it does not begin with a digit. */
export function parseBuildTag(text: string): BuildTag | undefined {
  const digits = /^[0-9]+/.exec(text)?.[0];
  if (digits === undefined) return undefined;
  return { number: digits.replace(/^0+(?=.)/, ""), suffix: text.slice(digits.length), text };
}

/** Compares by number, then by suffix. No build tag sorts first. Of equal wheels, the highest build tag is chosen. */
export function compareBuildTags(a: BuildTag | undefined, b: BuildTag | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  if (a.number.length !== b.number.length) return a.number.length - b.number.length;
  if (a.number !== b.number) return a.number < b.number ? -1 : 1;
  if (a.suffix !== b.suffix) return a.suffix < b.suffix ? -1 : 1;
  return 0;
}
