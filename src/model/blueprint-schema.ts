import * as v from "valibot";
import { parseUrl, withoutCredentials } from "../vocab/urls/index.ts";
import { pybiPathNames } from "../vocab/metadata/index.ts";
import { markerVariables, normalizeName } from "../vocab/requirement/index.ts";
import { platformNames } from "../vocab/tags/index.ts";
import { tryParseVersion } from "../vocab/version/index.ts";
import type { PackagePin } from "./blueprint.ts";

const text = v.pipe(v.string(), v.maxLength(100_000));
const texts = v.array(text);
const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const name = v.pipe(
  text,
  v.check(
    (value) => /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(value) && normalizeName(value) === value,
    "a normalised name",
  ),
);
const version = v.pipe(
  text,
  v.check((value) => tryParseVersion(value)?.text === value, "a normalised version"),
);
/** One component of a path, because downloads are stored under this name. */
const filename = v.pipe(
  text,
  // oxlint-disable-next-line no-control-regex
  v.check((value) => !/[/\\\u0000-\u001f]/.test(value) && !/^\.{0,2}$/.test(value), "a file name"),
);
/** A URL with credentials must not be stored at all. */
const url = v.pipe(
  text,
  v.check((value) => {
    const parsed = parseUrl(value);
    if (parsed === undefined) return false;
    const { protocol, username, password } = parsed;
    return /^(https?|file):$/.test(protocol) && username === "" && password === "";
  }, "an `https:`, `http:` or `file:` URL without credentials"),
);
const hashes = v.pipe(
  v.record(
    v.pipe(text, v.regex(/^[a-z0-9_]+$/)),
    v.pipe(text, v.regex(/^[0-9a-f]+$/, "a digest in hexadecimal")),
  ),
  v.check((all) => all["sha256"] === undefined || all["sha256"].length === 64, "a SHA-256 of 64 digits"),
);
/** Relative to the interpreter's root, and inside it. */
const insidePath = v.pipe(
  text,
  v.check((path) => !/^[/\\]|^[a-z]:|\\/i.test(path) && !path.split("/").includes(".."), "a path inside"),
);

const source = v.variant("kind", [
  v.strictObject({ kind: v.literal("catalogue"), purl: text, filename, size, hashes }),
  v.strictObject({ kind: v.literal("standalone"), url, filename, size: v.exactOptional(size), hashes }),
  v.strictObject({ kind: v.literal("pybi"), url, filename, size: v.exactOptional(size), hashes }),
  v.strictObject({ kind: v.literal("adopted"), executable: text, fingerprint: text }),
  v.strictObject({ kind: v.literal("described") }),
  v.strictObject({ kind: v.literal("open"), request: text }),
]);

const python = v.strictObject({
  implementation: v.pipe(text, v.regex(/^[a-z][a-z0-9_]*$/)),
  version,
  freeThreaded: v.boolean(),
  platform: v.picklist(platformNames),
  platformTags: texts,
  source,
  markers: v.strictObject(v.entriesFromList(markerVariables, v.exactOptional(text))),
  wheelTags: texts,
  paths: v.strictObject(v.entriesFromList(pybiPathNames, insidePath)),
  lacks: texts,
});

/** The URL of a source: git's schemes are allowed, too. */
const sourceUrl = v.pipe(
  text,
  v.check((value) => {
    const [, scheme] = /^(?:git\+)?(https?|ssh|git|file):/.exec(value) ?? [];
    return scheme !== undefined && withoutCredentials(value) === value;
  }, "a URL of sources without credentials"),
);
const origin = v.variant("kind", [
  v.strictObject({
    kind: v.literal("archive"),
    url: sourceUrl,
    subdirectory: v.exactOptional(insidePath),
    hashes,
  }),
  v.strictObject({
    kind: v.literal("directory"),
    url: sourceUrl,
    subdirectory: v.exactOptional(insidePath),
    editable: v.boolean(),
  }),
  v.strictObject({
    kind: v.literal("vcs"),
    url: sourceUrl,
    subdirectory: v.exactOptional(insidePath),
    vcs: v.literal("git"),
    requestedRevision: v.exactOptional(text),
    commitId: v.pipe(text, v.regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/, "a commit in hexadecimal")),
  }),
]);

const artifact = v.strictObject({
  kind: v.picklist(["wheel", "sdist"]),
  filename,
  url,
  hashes,
  size: v.exactOptional(size),
  index: v.exactOptional(text),
  direct: v.exactOptional(v.literal(true)),
  uploadTime: v.exactOptional(v.pipe(text, v.isoTimestamp())),
});
const tree = v.strictObject({
  kind: v.literal("source"),
  filename,
  url: sourceUrl,
  hashes,
  direct: v.literal(true),
  origin,
  identity: v.pipe(text, v.regex(/^[0-9a-f]{64}$/, "a SHA-256 of 64 digits")),
});

export const pinSchema: v.GenericSchema<PackagePin> = v.strictObject({
  name,
  version,
  extras: v.array(name),
  artifact: v.variant("kind", [artifact, tree]),
  metadata: v.strictObject({
    requiresDist: texts,
    requiresPython: v.exactOptional(text),
    providesExtra: v.array(name),
    unread: v.exactOptional(v.literal(true)),
    assumed: v.exactOptional(v.literal(true)),
  }),
  requiredBy: v.array(name),
  requested: v.boolean(),
  build: v.exactOptional(
    v.strictObject({
      packages: v.lazy(() => packages),
      unasked: v.exactOptional(v.literal(true)),
      settings: v.exactOptional(v.record(text, v.union([text, texts]))),
      isolated: v.exactOptional(v.literal(false)),
    }),
  ),
});

const packages: v.GenericSchema<readonly PackagePin[]> = v.pipe(
  v.array(pinSchema),
  v.check((pins) => new Set(pins.map((pin) => pin.name)).size === pins.length, "one pin for each package"),
);

export const blueprintSchema = v.strictObject({
  blueprintVersion: v.literal(1),
  targets: v.array(v.strictObject({ platform: v.picklist(platformNames), python, packages })),
});
