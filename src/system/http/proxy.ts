import { PosyError } from "../../errors/posy-error.ts";
import { safeUrl } from "./safe-url.ts";
import { parseUrl } from "../../vocab/urls/index.ts";

/**
 * The proxy for a URL: the one that was set, else what the environment says (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`,
 * in either case, the lower one first as curl and Python have it), unless `NO_PROXY` names the host.
 */
export function proxyFor(url: string, environment: NodeJS.ProcessEnv, setting?: string): string | undefined {
  const target = new URL(url);
  const read = (name: string) => environment[name.toLowerCase()] || environment[name.toUpperCase()];
  if (excludedFromProxy(target, read("no_proxy") ?? "")) return undefined;
  const scheme = target.protocol === "https:" ? "https_proxy" : "http_proxy";
  const found = setting || read(scheme) || read("all_proxy");
  if (!found) return undefined;
  const proxy = /^[a-z][a-z0-9+.-]*:\/\//i.test(found) ? found : `http://${found}`;
  if (!/^https?:$/.test(parseUrl(proxy)?.protocol ?? "")) {
    throw new PosyError("invalid-configuration", `the proxy \`${safeUrl(proxy)}\` can't be used`, {
      hint: "give an `http://` or `https://` proxy",
    });
  }
  return proxy;
}

/** `NO_PROXY`: `*`, host names (subdomains included, with or without a leading dot), addresses, IPv4 networks, each with an optional port. */
export function excludedFromProxy(target: URL, list: string): boolean {
  const host = target.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = target.port || (target.protocol === "https:" ? "443" : "80");
  return list.split(/[\s,]+/).some((item) => {
    if (item === "") return false;
    if (item === "*") return true;
    const network = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(item);
    if (network) return inNetwork(host, network[1] ?? "", Number(network[2]));
    const [, name = "", itemPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(item.toLowerCase()) ?? [];
    // An IPv6 address has colons of its own.
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
