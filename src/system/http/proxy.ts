import { PosyError } from "../../errors/posy-error.ts";
import { safeUrl, splitCredentials } from "./safe-url.ts";
import { parseUrl } from "../../vocab/urls/index.ts";

/** A proxy, and the setting that names it. */
export interface Proxy {
  /** `http://host:port`, optionally with credentials. */
  readonly url: string;
  /** `HTTPS_PROXY`, for messages. */
  readonly source: string;
}

/**
 * Returns the proxy for a URL: the configured one, otherwise that of the environment (`HTTPS_PROXY`,
 * `HTTP_PROXY`, `ALL_PROXY`, lower case before upper case as in curl and Python), unless `NO_PROXY` lists the
 * host. Throws `invalid-configuration`.
 */
export function proxyFor(url: string, environment: NodeJS.ProcessEnv, setting?: string): Proxy | undefined {
  const target = new URL(url);
  const scheme = target.protocol === "https:" ? "https_proxy" : "http_proxy";
  const spellings = (name: string) => [name, name.toUpperCase()];
  const variableOf = (names: readonly string[]) => names.find((name) => environment[name]);
  const excluded = variableOf(spellings("no_proxy"));
  if (excluded !== undefined && excludedFromProxy(target, environment[excluded] ?? "")) return undefined;
  const variable = setting ? undefined : variableOf([...spellings(scheme), ...spellings("all_proxy")]);
  const address = variable === undefined ? setting : environment[variable];
  if (!address) return undefined;
  const proxy = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
  const source = variable ?? "proxy";
  if (!/^https?:$/.test(parseUrl(proxy)?.protocol ?? "")) {
    throw new PosyError(
      "invalid-configuration",
      `the proxy \`${safeUrl(proxy)}\` of \`${source}\` can't be used`,
      { hint: "give an `http://` or `https://` proxy" },
    );
  }
  // From now on messages hide the password.
  splitCredentials(proxy);
  return { url: proxy, source };
}

/**
 * Returns whether `NO_PROXY` excludes a URL. Its items are `*`, host names (which include subdomains, with or
 * without a leading dot), addresses, and IPv4 networks, each with an optional port.
 */
export function excludedFromProxy(target: URL, list: string): boolean {
  const host = target.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = target.port || (target.protocol === "https:" ? "443" : "80");
  return list.split(/[\s,]+/).some((item) => {
    if (item === "") return false;
    if (item === "*") return true;
    const network = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(item);
    if (network) return inNetwork(host, network[1] ?? "", Number(network[2]));
    const [, name = "", itemPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(item.toLowerCase()) ?? [];
    // An IPv6 address contains colons, which do not precede a port.
    if (item.split(":").length > 2 && !item.startsWith("[")) return item.toLowerCase() === host;
    if (itemPort !== undefined && itemPort !== port) return false;
    const bare = name.replace(/^\*?\./, "");
    return bare !== "" && (host === bare || host.endsWith(`.${bare}`));
  });
}

function inNetwork(host: string, network: string, bits: number): boolean {
  const one = addressNumber(host);
  const other = addressNumber(network);
  if (one === undefined || other === undefined || bits > 32) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(one / size) === Math.floor(other / size);
}

function addressNumber(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!parts) return undefined;
  return parts.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0);
}
