/** The maximum number of links to follow to one file. Operating systems allow 40. */
const mostHops = 40;

/**
 * Follows a symbolic link to its target, segment by segment, as the operating system does, through the other
 * links of the tree. `links` maps a path to its target as written, both with forward slashes. Returns what is
 * wrong, or undefined.
 */
export function followLink(
  links: ReadonlyMap<string, string>,
  path: string,
  target: string,
): "outside" | "loop" | undefined {
  let current = path.split("/").slice(0, -1);
  let waiting = target.split("/");
  for (let hops = 1; waiting.length > 0; ) {
    const [segment = "", ...rest] = waiting;
    waiting = rest;
    if (segment === "" || segment === ".") continue;
    if (segment === "..") {
      if (current.length === 0) return "outside";
      current = current.slice(0, -1);
      continue;
    }
    const next = [...current, segment];
    const through = links.get(next.join("/"));
    if (through === undefined) {
      current = next;
      continue;
    }
    if (++hops > mostHops) return "loop";
    waiting = [...through.split("/"), ...waiting];
  }
  return undefined;
}
