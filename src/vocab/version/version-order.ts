import type { Digits, VersionParts } from "./version.ts";

/**
 * Writes versions as texts that sort in the order of PEP 440. Comparing two versions, however long their numbers are,
 * is then one comparison of strings, and a specifier is an interval of strings.
 *
 *     order   = epoch release "!" suffix local?
 *     release = number*                   without trailing zeros; "!" sorts before any number
 *     suffix  = pre post dev              see `suffixOf`
 *     local   = "!" ("1" text "!" | "2" number)* "0"
 *
 * Each part marks its end, so no order is a prefix of another, except that of the same version without a local part.
 */
export function orderOf(parts: VersionParts): string {
  const { local } = parts;
  return local === undefined ? publicOrderOf(parts) : publicOrderOf(parts) + localOf(local);
}

function publicOrderOf({ epoch, release, pre, post, dev }: VersionParts): string {
  return releaseOf(epoch, release) + suffixOf(pre, post, dev);
}

/**
 * Returns the common prefix of the orders of a version without `post` and `dev`, its post-releases and local
 * versions.
 */
export function familyOrderOf({ epoch, release, pre }: VersionParts): string {
  return releaseOf(epoch, release) + preOf(pre);
}

function releaseOf(epoch: Digits, release: readonly Digits[]): string {
  let length = release.length;
  while (length > 0 && release[length - 1] === 0) length -= 1;
  let order = numberOf(epoch);
  for (let index = 0; index < length; index += 1) order += numberOf(release[index] ?? 0);
  return `${order}!`;
}

/** Returns the order of a normalised `1.2.3`, as nearly all versions are. Undefined for any other text. */
export function orderOfPlainRelease(text: string): string | undefined {
  let order = zero;
  /** The zeros that are not written yet, since they may be trailing ones. */
  let zeros = "";
  for (let from = 0; from <= text.length; ) {
    const dot = text.indexOf(".", from);
    const to = dot < 0 ? text.length : dot;
    if (!isPlainNumber(text, from, to)) return undefined;
    const number = String.fromCharCode(0x40 + to - from) + text.slice(from, to);
    if (number === zero) zeros += zero;
    else {
      order += zeros + number;
      zeros = "";
    }
    from = to + 1;
  }
  return `${order}!${finalSuffix}`;
}

/** Whether a part of a text is a number without leading zeros, and small enough to be exact. */
function isPlainNumber(text: string, from: number, to: number): boolean {
  const length = to - from;
  if (length === 0 || length > 15 || (length > 1 && text.charCodeAt(from) === 0x30)) return false;
  for (let index = from; index < to; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

/** `numberOf(0)` */
const zero = "A0";
/** The suffix of a version without `pre`, `post` and `dev`. */
const finalSuffix = "401";

function suffixOf(pre: VersionParts["pre"], post: Digits | undefined, dev: Digits | undefined): string {
  // Nearly all versions are plain releases.
  if (pre === undefined && post === undefined && dev === undefined) return finalSuffix;
  // A development release without `pre` and `post` sorts first: `1.0.dev1` before `1.0a1`.
  const first = pre === undefined && post === undefined ? "0" : preOf(pre);
  return `${first}${post === undefined ? "0" : `1${numberOf(post)}`}${dev === undefined ? "1" : `0${numberOf(dev)}`}`;
}

const preRanks = { a: "1", b: "2", rc: "3" } as const;

function preOf(pre: VersionParts["pre"]): string {
  return pre === undefined ? "4" : preRanks[pre[0]] + numberOf(pre[1]);
}

/** Texts sort before numbers, and a local version sorts before longer ones with the same beginning. */
function localOf(local: NonNullable<VersionParts["local"]>): string {
  let order = "!";
  for (const part of local) order += typeof part === "string" ? `1${part}!` : `2${numberOf(part)}`;
  return `${order}0`;
}

/** The number of digits as one character, then the digits, since a longer number is a greater one. */
function numberOf(digits: Digits): string {
  const text = String(digits);
  return String.fromCharCode(0x40 + text.length) + text;
}
