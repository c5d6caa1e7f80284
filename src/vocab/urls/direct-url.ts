import { PosyError } from "../../errors/posy-error.ts";
import type { Hashes } from "../hash.ts";

interface DirectUrlFields {
  /** Without credentials, except for environment variables and a bare user such as `git`. */
  readonly url: string;
  /** The folder of the project inside the archive, folder or repository. */
  readonly subdirectory?: string;
}

/** `direct_url.json` (PEP 610): where an installed distribution came from, if not from an index. */
export type DirectUrl =
  | (DirectUrlFields & { readonly kind: "archive"; readonly hashes: Hashes })
  | (DirectUrlFields & { readonly kind: "directory"; readonly editable: boolean })
  | (DirectUrlFields & {
      readonly kind: "vcs";
      /** `git`, `hg`, `bzr`, `svn`. */
      readonly vcs: string;
      readonly requestedRevision?: string;
      readonly commitId: string;
    });

/** Reads `direct_url.json`. Throws `invalid-metadata`. */
export function parseDirectUrl(text: string): DirectUrl {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw invalid("it is not JSON", cause);
  }
  const root = objectOf(json, "it");
  const subdirectory = optionalText(root, "subdirectory");
  const fields = {
    url: withoutCredentials(requiredText(root, "url")),
    ...(subdirectory === undefined ? {} : { subdirectory }),
  };
  const kinds = ["archive_info", "dir_info", "vcs_info"].filter((key) => Object.hasOwn(root, key));
  if (kinds.length !== 1) throw invalid("it has not exactly one of `archive_info`, `dir_info`, `vcs_info`");
  const kind = kinds[0] ?? "";
  const info = objectOf(root[kind], `\`${kind}\``);
  switch (kind) {
    case "archive_info":
      return { kind: "archive", ...fields, hashes: hashesOf(info) };
    case "dir_info":
      return { kind: "directory", ...fields, editable: info["editable"] === true };
    default: {
      const requestedRevision = optionalText(info, "requested_revision");
      return {
        kind: "vcs",
        ...fields,
        vcs: requiredText(info, "vcs"),
        ...(requestedRevision === undefined ? {} : { requestedRevision }),
        commitId: requiredText(info, "commit_id"),
      };
    }
  }
}

/** Writes `direct_url.json`, without credentials. */
export function formatDirectUrl(direct: DirectUrl): string {
  const url = withoutCredentials(direct.url);
  const subdirectory = direct.subdirectory === undefined ? {} : { subdirectory: direct.subdirectory };
  return JSON.stringify({ url, ...infoOf(direct), ...subdirectory });
}

function infoOf(direct: DirectUrl): Record<string, unknown> {
  switch (direct.kind) {
    case "archive":
      return { archive_info: archiveInfoOf(direct.hashes) };
    case "directory":
      return { dir_info: direct.editable ? { editable: true } : {} };
    default:
      return {
        vcs_info: {
          vcs: direct.vcs,
          ...(direct.requestedRevision === undefined ? {} : { requested_revision: direct.requestedRevision }),
          commit_id: direct.commitId,
        },
      };
  }
}

/** `hash` is the older key. It is written in addition to `hashes`, for tools that know only that. */
function archiveInfoOf(hashes: Hashes): Record<string, unknown> {
  const first = hashes["sha256"] === undefined ? Object.keys(hashes)[0] : "sha256";
  return first === undefined ? {} : { hash: `${first}=${hashes[first]}`, hashes };
}

function hashesOf(info: Readonly<Record<string, unknown>>): Hashes {
  const hashes = new Map<string, string>();
  const legacy = optionalText(info, "hash");
  if (legacy !== undefined)
    addHash(hashes, legacy.split("=", 1)[0] ?? "", legacy.slice(legacy.indexOf("=") + 1));
  if (info["hashes"] !== undefined) {
    for (const [algorithm, digest] of Object.entries(objectOf(info["hashes"], "`hashes`"))) {
      addHash(hashes, algorithm, digest);
    }
  }
  return Object.fromEntries(hashes);
}

function addHash(hashes: Map<string, string>, algorithm: string, digest: unknown): void {
  if (typeof digest !== "string" || !/^[0-9a-fA-F]+$/.test(digest) || !/^[a-zA-Z0-9_]+$/.test(algorithm)) {
    throw invalid("it has a malformed hash");
  }
  hashes.set(algorithm.toLowerCase(), digest.toLowerCase());
}

/** PEP 610 allows `${USER}` and `${USER}:${PASSWORD}`. */
const environmentVariables = /^\$\{[A-Za-z0-9_-]+\}(?::\$\{[A-Za-z0-9_-]+\})?$/;

/**
 * Removes user and password from a URL. Environment variables stay, and so do user names of ssh (`git@`): they are no
 * secret, and the address would be a different one without them.
 */
export function withoutCredentials(url: string): string {
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(url)?.[0];
  if (scheme === undefined) return url;
  const rest = url.slice(scheme.length);
  const end = rest.search(/[/?#\\]/);
  const authority = end === -1 ? rest : rest.slice(0, end);
  const at = authority.lastIndexOf("@");
  if (at === -1) return url;
  const user = authority.slice(0, at);
  if (user === "git" || environmentVariables.test(user)) return url;
  if (/^(git\+)?ssh:/i.test(scheme) && /^[\w.~+-]+$/.test(user)) return url;
  return scheme + rest.slice(at + 1);
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(`${what} is not an object`);
  return value as Readonly<Record<string, unknown>>;
}

function optionalText(from: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = Object.hasOwn(from, key) ? from[key] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw invalid(`\`${key}\` is not a string`);
  return value;
}

function requiredText(from: Readonly<Record<string, unknown>>, key: string): string {
  const value = optionalText(from, key);
  if (value === undefined || value === "") throw invalid(`it has no \`${key}\``);
  return value;
}

function invalid(reason: string, cause?: unknown): PosyError {
  return new PosyError("invalid-metadata", `direct_url.json can't be read: ${reason}`, { cause });
}
