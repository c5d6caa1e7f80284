import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../vocab/quote.ts";

/** More links on the way to one file than any honest tree has; systems allow 40. */
const mostHops = 40;

/**
 * Holds the links of a pybi against PEP 711's rules: none on Windows, none in `pybi-info/`, none that is absolute,
 * and none that leaves the tree, followed as the system would follow it, through other links of the archive.
 * `links`: path → target as written. Throws `invalid-pybi`.
 */
export function checkLinks(links: ReadonlyMap<string, string>, filename: string, platform: string): void {
  const refuse = (path: string, why: string): never => {
    throw new PosyError("invalid-pybi", `\`${filename}\` has a link, ${quote(path)}, that ${why}`, {
      hint: "an archive like this can do harm: tell those who made it",
    });
  };
  for (const [path, target] of links) {
    if (platform.startsWith("windows-")) refuse(path, "can't be on Windows");
    if (/^pybi-info(\/|$)/i.test(path)) refuse(path, "lies in `pybi-info`");
    if (target === "" || /\p{Cc}|\\/u.test(target))
      refuse(path, `leads to ${quote(target)}, which is no path`);
    if (target.startsWith("/") || /^[A-Za-z]:/.test(target)) refuse(path, `is absolute: ${quote(target)}`);
    const problem = follow(links, path, target);
    if (problem !== undefined) refuse(path, `${problem}: ${quote(target)}`);
  }
}

/** Walks from a link to what it means, segment by segment; what is wrong, or undefined. */
function follow(links: ReadonlyMap<string, string>, path: string, target: string): string | undefined {
  let at = path.split("/").slice(0, -1);
  let waiting = target.split("/");
  for (let hops = 1; waiting.length > 0; ) {
    const [segment = "", ...rest] = waiting;
    waiting = rest;
    if (segment === "" || segment === ".") continue;
    if (segment === "..") {
      if (at.length === 0) return "leads out of the tree";
      at = at.slice(0, -1);
      continue;
    }
    const next = [...at, segment];
    const through = links.get(next.join("/"));
    if (through === undefined) {
      at = next;
      continue;
    }
    if (++hops > mostHops) return "leads through too many others";
    waiting = [...through.split("/"), ...waiting];
  }
  return undefined;
}
