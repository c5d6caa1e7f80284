import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../text/index.ts";
import { orderOf } from "./version-order.ts";

/** A component of a release or a counter: a number if it is exact, a bigint beyond 2⁵³. */
export type Digits = number | bigint;

type PrereleaseKind = "a" | "b" | "rc";

/** The parts of a version. */
export interface VersionParts {
  readonly epoch: Digits;
  /** As written: `1.0` and `1.0.0` differ here, though they are equal. */
  readonly release: readonly Digits[];
  readonly pre?: readonly [PrereleaseKind, Digits] | undefined;
  readonly post?: Digits | undefined;
  readonly dev?: Digits | undefined;
  readonly local?: readonly (string | Digits)[] | undefined;
}

/** A version of the "Version specifiers" specification (PEP 440). Only `parseVersion` makes it. */
export interface Version extends VersionParts {
  /** Normalised text, `1!1.0rc1.post2.dev3+ubuntu.1`. */
  readonly text: string;
  /** The normalised text without trailing zeros in the release: equal versions ⇔ equal keys. */
  readonly key: string;
  /** A string that sorts as the version does (`version-order.ts`). */
  readonly order: string;
}

/** No real version is longer, and Python itself refuses numbers of more than 4300 digits. */
const longest = 4096;

// Appendix B of PEP 440. After a repetition, no part can begin with the repeated characters, so matching is linear.
const pattern =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|beta|preview|pre|rc|a|b|c)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/i;

const kinds: Readonly<Record<string, PrereleaseKind>> = {
  a: "a",
  alpha: "a",
  b: "b",
  beta: "b",
  c: "rc",
  rc: "rc",
  pre: "rc",
  preview: "rc",
};

/** Parses a version in any spelling of PEP 440 (`v1.0-beta_2` is `1.0b2`). Throws `invalid-version`. */
export function parseVersion(text: string): Version {
  const version = tryParseVersion(text);
  if (version) return version;
  throw new PosyError("invalid-version", `${quote(text)} is not a valid version`, {
    hint: "a version looks like `1.2.3`, `2.0rc1` or `1.0.post1` (PEP 440)",
    span: { text, start: 0, end: text.length },
  });
}

/** Like `parseVersion`, but returns undefined instead of throwing. */
export function tryParseVersion(text: string): Version | undefined {
  const plain = plainRelease(text);
  if (plain !== undefined) return complete({ epoch: 0, release: plain, text, key: "", order: "" });
  const match = text.length > longest ? null : pattern.exec(text.trim());
  if (!match) return undefined;
  const [
    ,
    epoch,
    release = "",
    preKind,
    preNumber,
    dashPost,
    postWord,
    postNumber,
    devWord,
    devNumber,
    local,
  ] = match;
  const version: Unfinished = {
    epoch: digits(epoch),
    release: release.split(".").map(digits),
    text: "",
    key: "",
    order: "",
  };
  // Assigned one by one, which is faster than spreading: an index page has thousands of versions.
  if (preKind !== undefined) version.pre = [kinds[preKind.toLowerCase()] ?? "rc", digits(preNumber)];
  if (dashPost !== undefined) version.post = digits(dashPost);
  if (postWord !== undefined) version.post = digits(postNumber);
  if (devWord !== undefined) version.dev = digits(devNumber);
  if (local !== undefined) version.local = local.toLowerCase().split(/[-_.]/).map(localPart);
  return complete(version);
}

type Unfinished = { -readonly [Part in keyof Version]: Version[Part] };

/** Fills in the texts of a version from its parts. */
function complete(version: Unfinished): Version {
  if (version.text === "") version.text = textOf(version, version.release.length);
  const length = significant(version.release);
  version.key = length === version.release.length ? version.text : textOf(version, length);
  version.order = orderOf(version);
  return version;
}

/**
 * Returns the numbers of `1.2.3`, as nearly all versions are written. Undefined for anything else, also for `1.02`,
 * which the pattern reads.
 */
function plainRelease(text: string): number[] | undefined {
  const release: number[] = [];
  let number = 0;
  let length = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x30 && code <= 0x39) {
      // A leading zero is not normalised.
      if (length > 0 && number === 0) return undefined;
      number = number * 10 + (code - 0x30);
      length += 1;
      // Numbers of up to 15 digits are exact.
      if (length > 15) return undefined;
    } else {
      if (code !== 0x2e || length === 0) return undefined;
      release.push(number);
      number = length = 0;
    }
  }
  if (length === 0 || text.length > longest) return undefined;
  release.push(number);
  return release;
}

/** Returns the length of a release without its trailing zeros, at least 1. */
function significant(release: readonly Digits[]): number {
  let length = release.length;
  while (length > 1 && release[length - 1] === 0) length -= 1;
  return length;
}

/** Returns the normalised text, with the first `length` numbers of the release. */
function textOf({ epoch, release, pre, post, dev, local }: VersionParts, length: number): string {
  let text = epoch === 0 ? "" : `${epoch}!`;
  text += (length === release.length ? release : release.slice(0, length)).join(".");
  if (pre) text += pre[0] + pre[1];
  if (post !== undefined) text += `.post${post}`;
  if (dev !== undefined) text += `.dev${dev}`;
  return local ? `${text}+${local.join(".")}` : text;
}

function localPart(text: string): string | Digits {
  return /^\d+$/.test(text) ? digits(text) : text;
}

function digits(text: string | undefined): Digits {
  if (!text) return 0;
  const number = Number(text);
  return number <= Number.MAX_SAFE_INTEGER ? number : BigInt(text);
}

/** Compares in the total order of PEP 440: negative, zero or positive. */
export function compareVersions(a: Version, b: Version): number {
  return a.order < b.order ? -1 : a.order > b.order ? 1 : 0;
}

/** Whether a version is a pre-release in the sense of PEP 440, which includes development releases. */
export function isPrerelease(version: Version): boolean {
  return version.pre !== undefined || version.dev !== undefined;
}
