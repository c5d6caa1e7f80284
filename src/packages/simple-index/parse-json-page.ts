import type { Hashes } from "../../vocab/hash.ts";
import { addClaim, hashesOfFragment } from "./hash-claims.ts";
import type { IndexPage, PageFile } from "./index-page.ts";
import { linkTarget } from "./link-target.ts";

/**
 * Parses a project's page in JSON (PEP 691, 700, 708, 714, 792). Returns undefined if it is not such a page.
 * A malformed file entry is left out. Validated by hand and not by a schema, for speed: a page has thousands
 * of entries, and every resolve parses pages.
 */
export function parseJsonPage(text: string, url: string): IndexPage | undefined {
  let page: unknown;
  try {
    page = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(page) || !Array.isArray(page["files"])) return undefined;
  const meta = isRecord(page["meta"]) ? page["meta"] : {};
  const project = isRecord(page["project-status"]) ? page["project-status"] : {};
  const status = project["status"];
  const reason = project["reason"];
  const version = meta["api-version"];
  return {
    files: page["files"].flatMap((entry) => fileOf(entry, url) ?? []),
    alternateLocations: texts(page["alternate-locations"]),
    tracks: texts(meta["tracks"]),
    ...(typeof version === "string" ? { version } : {}),
    ...(typeof status !== "string" || status === "active"
      ? {}
      : { status: { status, ...(typeof reason === "string" ? { reason } : {}) } }),
  };
}

function fileOf(entry: unknown, base: string): PageFile | undefined {
  if (!isRecord(entry) || typeof entry["url"] !== "string") return undefined;
  const target = linkTarget(entry["url"], base);
  if (!target) return undefined;
  // The entry has a separate file name, because the URL may be anything (`/blobs/1234`).
  const filename = entry["filename"];
  const requiresPython = entry["requires-python"];
  const { yanked, size } = entry;
  const uploadTime = entry["upload-time"];
  const metadata = metadataClaim(entry["core-metadata"] ?? entry["dist-info-metadata"]);
  return {
    filename: typeof filename === "string" && isPlainName(filename) ? filename : target.filename,
    url: target.url,
    hashes: { ...hashesOfFragment(target.fragment), ...hashesOf(entry["hashes"]) },
    yanked: typeof yanked === "string" ? yanked : yanked === true ? "" : false,
    ...(typeof requiresPython !== "string" || requiresPython === "" ? {} : { requiresPython }),
    ...(typeof size === "number" && Number.isSafeInteger(size) && size >= 0 ? { size } : {}),
    ...(typeof uploadTime === "string" ? { uploadTime } : {}),
    ...(metadata === undefined ? {} : { coreMetadata: metadata }),
  };
}

function metadataClaim(value: unknown): Hashes | true | undefined {
  if (value === true) return true;
  if (!isRecord(value)) return undefined;
  const hashes = hashesOf(value);
  return Object.keys(hashes).length > 0 ? hashes : true;
}

function hashesOf(value: unknown): Hashes {
  const hashes: Record<string, string> = {};
  // A value that is not an object was probably intended as a hash. Ignoring it would leave the file
  // unchecked, so it becomes a malformed claim.
  if (value !== undefined && value !== null && !isRecord(value)) addClaim(hashes, "sha256", value);
  if (isRecord(value)) for (const name of Object.keys(value)) addClaim(hashes, name, value[name]);
  return hashes;
}

// oxlint-disable-next-line no-control-regex
const isPlainName = (name: string) => name !== "" && !/[/\\\u0000-\u001f]/.test(name);
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
