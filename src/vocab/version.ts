import { PosyError } from "../errors/posy-error.ts";

/** A component of a release or a counter: a number while it is exact, a bigint beyond 2^53. */
export type Digits = number | bigint;

export type PrereleaseKind = "a" | "b" | "rc";

/** A version of the "Version specifiers" specification (PEP 440). Equal versions have equal `key`s. */
export interface Version {
  readonly epoch: Digits;
  /** As written: `1.0` and `1.0.0` differ here, though they are equal. */
  readonly release: readonly Digits[];
  readonly pre?: readonly [PrereleaseKind, Digits];
  readonly post?: Digits;
  readonly dev?: Digits;
  readonly local?: readonly (string | Digits)[];
  /** Normalised text, `1!1.0rc1.post2.dev3+ubuntu.1`. */
  readonly text: string;
  /** The normalised text without trailing zeros in the release: equal versions ⇔ equal keys. */
  readonly key: string;
}

// Appendix B of PEP 440. Every repetition is bounded by another character class, so matching is linear.
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

/** Throws `invalid-version`. */
export function parseVersion(text: string): Version {
  const version = tryParseVersion(text);
  if (version) return version;
  throw new PosyError("invalid-version", `\`${text}\` is not a valid version`, {
    hint: "a version looks like `1.2.3`, `2.0rc1` or `1.0.post1` (PEP 440)",
  });
}

export function tryParseVersion(text: string): Version | undefined {
  const match = pattern.exec(text.trim());
  if (!match) return undefined;
  const [
    ,
    epoch,
    release = "",
    preKind,
    preNumber,
    implicitPost,
    postWord,
    postNumber,
    devWord,
    devNumber,
    local,
  ] = match;
  return makeVersion({
    epoch: digits(epoch),
    release: release.split(".").map(digits),
    pre: preKind === undefined ? undefined : [kinds[preKind.toLowerCase()] ?? "rc", digits(preNumber)],
    post:
      implicitPost !== undefined
        ? digits(implicitPost)
        : postWord === undefined
          ? undefined
          : digits(postNumber),
    dev: devWord === undefined ? undefined : digits(devNumber),
    local: local?.split(/[-_.]/).map((part) => (/^\d+$/.test(part) ? digits(part) : part.toLowerCase())),
  });
}

interface VersionParts {
  readonly epoch: Digits;
  readonly release: readonly Digits[];
  readonly pre?: readonly [PrereleaseKind, Digits] | undefined;
  readonly post?: Digits | undefined;
  readonly dev?: Digits | undefined;
  readonly local?: readonly (string | Digits)[] | undefined;
}

/** A version from its parts, with its texts. */
export function makeVersion(parts: VersionParts): Version {
  const { epoch, release, pre, post, dev, local } = parts;
  const head = epoch === 0 ? "" : `${epoch}!`;
  let tail = "";
  if (pre) tail += `${pre[0]}${pre[1]}`;
  if (post !== undefined) tail += `.post${post}`;
  if (dev !== undefined) tail += `.dev${dev}`;
  if (local) tail += `+${local.join(".")}`;
  let length = release.length;
  while (length > 1 && release[length - 1] === 0) length -= 1;
  const text = head + release.join(".") + tail;
  return {
    epoch,
    release,
    ...(pre && { pre }),
    ...(post !== undefined && { post }),
    ...(dev !== undefined && { dev }),
    ...(local && { local }),
    text,
    key: length === release.length ? text : head + release.slice(0, length).join(".") + tail,
  };
}

function digits(text: string | undefined): Digits {
  if (!text) return 0;
  return text.length < 16 ? Number(text) : exact(BigInt(text));
}

function exact(value: bigint): Digits {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** The total order of PEP 440: negative, zero or positive. */
export function compareVersions(a: Version, b: Version): number {
  return compareDigits(a.epoch, b.epoch) || compareReleases(a.release, b.release) || compareSuffixes(a, b);
}

export function compareDigits(a: Digits, b: Digits): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Releases compare as if the shorter went on in zeros. */
export function compareReleases(a: readonly Digits[], b: readonly Digits[]): number {
  const length = Math.max(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareDigits(a[index] ?? 0, b[index] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}

const kindRank = { dev: 0, a: 1, b: 2, rc: 3, final: 4 } as const;

function compareSuffixes(a: Version, b: Version): number {
  return (
    preRank(a) - preRank(b) ||
    compareDigits(a.pre?.[1] ?? 0, b.pre?.[1] ?? 0) ||
    compareDigits(a.post ?? -1, b.post ?? -1) ||
    compareDigits(a.dev ?? Number.POSITIVE_INFINITY, b.dev ?? Number.POSITIVE_INFINITY) ||
    compareLocals(a.local, b.local)
  );
}

/** `1.0.dev1` sorts before `1.0a1`: a development release with neither pre nor post is the least of its family. */
function preRank(version: Version): number {
  if (version.pre) return kindRank[version.pre[0]];
  return version.dev !== undefined && version.post === undefined ? kindRank.dev : kindRank.final;
}

/** No local part sorts first; in it, texts sort before numbers, and a prefix before what goes on. */
function compareLocals(a: Version["local"], b: Version["local"]): number {
  if (!a || !b) return (a ? 1 : 0) - (b ? 1 : 0);
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a[index] as string | Digits;
    const right = b[index] as string | Digits;
    if (typeof left === "string" || typeof right === "string") {
      if (typeof left !== typeof right && typeof left !== "string") return 1;
      if (typeof left !== typeof right && typeof right !== "string") return -1;
      if (left !== right) return left < right ? -1 : 1;
    } else {
      const order = compareDigits(left, right);
      if (order !== 0) return order;
    }
  }
  return a.length - b.length;
}

/** Pre-releases and development releases, as PEP 440 counts them. */
export function isPrerelease(version: Version): boolean {
  return version.pre !== undefined || version.dev !== undefined;
}
