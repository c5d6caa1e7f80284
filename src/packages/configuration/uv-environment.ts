import { PosyError } from "../../errors/posy-error.ts";
import { parseFlag } from "../../text/index.ts";
import type { KnownCredentials } from "../../system/http/index.ts";
import type { IndexLocation } from "../index-settings.ts";
import { parseExcludeNewer, parsePackageCutoffs } from "./exclude-newer.ts";
import { parseIndexEntry, splitLocation, words } from "./index-entry.ts";
import type { ConfigurationLayer } from "./layer.ts";

/**
 * Returns the index settings from `POSY_…` or `UV_…` variables. Both families use the same names. Paths are
 * relative to `folder`. Throws `invalid-configuration`, `invalid-url`.
 */
export function environmentLayer(
  prefix: "POSY" | "UV",
  environment: NodeJS.ProcessEnv,
  folder: string,
): ConfigurationLayer {
  const text = (name: string) => environment[`${prefix}_${name}`] || undefined;
  const entries = [...words(text("INDEX")), ...words(text("EXTRA_INDEX_URL"))].map((entry) =>
    parseIndexEntry(entry, folder),
  );
  const mainText = text("DEFAULT_INDEX") ?? text("INDEX_URL");
  const main = mainText === undefined ? undefined : parseIndexEntry(mainText, folder);
  // uv separates these with commas, pip with white space. Both are accepted.
  const links = words(text("FIND_LINKS")?.replaceAll(",", " ")).map((link) => splitLocation(link, folder));
  const credentials = [
    ...[...entries, ...(main ? [main] : [])].flatMap((entry) => entry.credentials ?? []),
    ...links.flatMap(({ url, credentials }) => (credentials ? [{ url, credentials }] : [])),
  ];
  const strategy = text("INDEX_STRATEGY");
  const keyring = text("KEYRING_PROVIDER");
  const excludeNewer = text("EXCLUDE_NEWER");
  const cutoffs = words(text("EXCLUDE_NEWER_PACKAGE"));
  const insecure = words(text("INSECURE_HOST")?.replaceAll(",", " "));
  const timeout =
    number(prefix, environment, "HTTP_TIMEOUT") ?? number(prefix, environment, "REQUEST_TIMEOUT");
  const retries = number(prefix, environment, "HTTP_RETRIES");
  const concurrency = number(prefix, environment, "CONCURRENT_DOWNLOADS");
  const noIndex = flag(text("NO_INDEX"));
  const offline = flag(text("OFFLINE"));
  const certificates = prefix === "POSY" ? text("CERT") : undefined;
  const remoteStore = prefix === "POSY" ? text("REMOTE_STORE") : undefined;
  const remoteStorePush = prefix === "POSY" ? flag(text("REMOTE_STORE_PUSH")) : undefined;
  const clientCertificate =
    prefix === "POSY" ? text("CLIENT_CERT") : environment["SSL_CLIENT_CERT"] || undefined;
  return {
    ...(entries.length > 0 ? { indexes: entries.map(({ location }) => location) } : {}),
    ...(main ? { defaultIndex: main.location } : {}),
    ...(links.length > 0 ? { findLinks: links.map(({ url }) => url) } : {}),
    ...(credentials.length > 0 ? { credentials } : {}),
    ...(noIndex === undefined ? {} : { noIndex }),
    ...(offline === undefined ? {} : { offline }),
    ...(strategy === undefined ? {} : { strategy: parseStrategy(strategy) }),
    ...(keyring === undefined ? {} : { keyring: keyring === "subprocess" }),
    ...(excludeNewer === undefined ? {} : { excludeNewer: parseExcludeNewer(excludeNewer) }),
    ...(cutoffs.length > 0 ? { excludeNewerPackages: parsePackageCutoffs(cutoffs) } : {}),
    ...(insecure.length > 0 ? { trustedHosts: insecure } : {}),
    ...(timeout === undefined ? {} : { timeout }),
    ...(retries === undefined ? {} : { retries }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(certificates === undefined ? {} : { certificates }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    ...(remoteStore === undefined ? {} : { remoteStore }),
    ...(remoteStorePush === undefined ? {} : { remoteStorePush }),
  };
}

/**
 * Parses an index strategy. uv's two `unsafe-*` strategies look at every index, which is `merge` here. Throws
 * `invalid-configuration`.
 */
export function parseStrategy(text: string): "first-index" | "merge" {
  if (text === "first-index") return text;
  if (["merge", "unsafe-first-match", "unsafe-best-match"].includes(text)) return "merge";
  throw new PosyError("invalid-configuration", `\`${text}\` is not an index strategy`, {
    hint: "use `first-index` or `merge`",
  });
}

/**
 * Returns the credentials of named indexes from `UV_INDEX_<NAME>_USERNAME` and `_PASSWORD`. The same
 * variables with `POSY_` take precedence.
 */
export function namedCredentials(
  indexes: readonly IndexLocation[],
  environment: NodeJS.ProcessEnv,
): readonly KnownCredentials[] {
  return indexes.flatMap(({ name, url }) => {
    if (name === undefined) return [];
    const upper = name.toUpperCase().replace(/[^A-Z0-9]/g, "_");
    const read = (field: string) =>
      environment[`POSY_INDEX_${upper}_${field}`] || environment[`UV_INDEX_${upper}_${field}`] || "";
    const credentials = { username: read("USERNAME"), password: read("PASSWORD") };
    return credentials.username === "" && credentials.password === "" ? [] : [{ url, credentials }];
  });
}

function number(prefix: string, environment: NodeJS.ProcessEnv, name: string): number | undefined {
  const value = environment[`${prefix}_${name}`];
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  throw new PosyError("invalid-configuration", `\`${prefix}_${name}=${value}\` is not a number`, {
    hint: "correct or unset the variable",
  });
}

function flag(value: string | undefined): boolean | undefined {
  return value === undefined ? undefined : parseFlag(value);
}
