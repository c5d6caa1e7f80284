import { PosyError } from "../../errors/posy-error.ts";
import { parseExcludeNewer } from "./exclude-newer.ts";
import { parseIndexEntry, splitLocation, words } from "./index-entry.ts";
import type { ConfigurationLayer } from "./layer.ts";
import { parseIni } from "./parse-ini.ts";

/** pip's options: long name (`index-url`) → value. */
export type PipOptions = ReadonlyMap<string, string>;

/** Returns the options that are set by variables such as `PIP_INDEX_URL`. */
export function pipOptionsOfEnvironment(environment: NodeJS.ProcessEnv): PipOptions {
  const options = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith("PIP_") || !value || name === "PIP_CONFIG_FILE") continue;
    options.set(name.slice(4).toLowerCase().replaceAll("_", "-"), value);
  }
  return options;
}

/** Returns the options of a `pip.conf`: `[global]`, overridden by `[install]`. */
export function pipOptionsOfFile(text: string): PipOptions {
  const file = parseIni(text);
  return new Map([...(file.get("global") ?? []), ...(file.get("install") ?? [])]);
}

/**
 * Returns the index settings among pip's options. Paths are relative to `folder`. Throws `invalid-url`,
 * `invalid-configuration`.
 */
export function pipLayer(options: PipOptions, folder: string): ConfigurationLayer {
  const extra = words(options.get("extra-index-url")).map((text) => parseIndexEntry(text, folder));
  const [main] = [options.get("index-url"), options.get("pypi-url")].flatMap((text) =>
    text ? [parseIndexEntry(text, folder)] : [],
  );
  const links = words(options.get("find-links")).map((text) => splitLocation(text, folder));
  const credentials = [
    ...[...extra, ...(main ? [main] : [])].flatMap((entry) => entry.credentials ?? []),
    ...links.flatMap(({ url, credentials }) => (credentials ? [{ url, credentials }] : [])),
  ];
  const text = (name: string) => options.get(name) || undefined;
  const noIndex = pipFlag(options, "no-index");
  const trustedHosts = words(options.get("trusted-host"));
  const certificates = text("cert");
  const clientCertificate = text("client-cert");
  const uploadedPriorTo = text("uploaded-prior-to");
  const proxy = text("proxy");
  const keyring = text("keyring-provider");
  const timeout = number(options, "timeout") ?? number(options, "default-timeout");
  const retries = number(options, "retries");
  return {
    ...(extra.length > 0 ? { indexes: extra.map(({ location }) => location) } : {}),
    ...(main ? { defaultIndex: main.location } : {}),
    ...(links.length > 0 ? { findLinks: links.map(({ url }) => url) } : {}),
    ...(credentials.length > 0 ? { credentials } : {}),
    ...(noIndex === undefined ? {} : { noIndex }),
    ...(trustedHosts.length > 0 ? { trustedHosts } : {}),
    ...(certificates === undefined ? {} : { certificates }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    ...(uploadedPriorTo === undefined ? {} : { excludeNewer: priorTo(uploadedPriorTo) }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(keyring === undefined ? {} : { keyring: keyring === "subprocess" }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(retries === undefined ? {} : { retries }),
  };
}

/** Returns the cut-off for `uploaded-prior-to`. Unlike uv, pip excludes the named day itself. */
function priorTo(text: string): Date {
  const moment = parseExcludeNewer(text);
  const isDay = /^\s*\d{4}-\d{2}-\d{2}\s*$/.test(text);
  return isDay ? new Date(moment.getFullYear(), moment.getMonth(), moment.getDate() - 1) : moment;
}

/**
 * Parses a yes or no as pip does, which uses Python's old `strtobool`. Undefined if the option is absent or
 * empty.
 */
export function pipFlag(options: PipOptions, name: string): boolean | undefined {
  const value = options.get(name)?.toLowerCase();
  if (value === undefined || value === "") return undefined;
  if (["y", "yes", "t", "true", "on", "1"].includes(value)) return true;
  if (["n", "no", "f", "false", "off", "0"].includes(value)) return false;
  throw malformed(name, value, "a yes or a no");
}

function number(options: PipOptions, name: string): number | undefined {
  const value = options.get(name);
  if (value === undefined || value === "") return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  throw malformed(name, value, "a number");
}

function malformed(name: string, value: string, wanted: string): PosyError {
  return new PosyError("invalid-configuration", `pip's setting \`${name} = ${value}\` is not ${wanted}`, {
    hint: "correct it in `pip.conf` or in the environment",
  });
}
