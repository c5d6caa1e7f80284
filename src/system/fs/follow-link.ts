/** More links on the way to one file than any honest tree has; systems allow 40. */
const mostHops = 40;

/**
 * Walks from a symbolic link to what it means, segment by segment, as the system would: through the other links of
 * the tree. `links`: path → target as written, both with forward slashes. Says what is wrong, or undefined.
 */
export function followLink(
  links: ReadonlyMap<string, string>,
  path: string,
  target: string,
): "outside" | "loop" | undefined {
  let at = path.split("/").slice(0, -1);
  let waiting = target.split("/");
  for (let hops = 1; waiting.length > 0; ) {
    const [segment = "", ...rest] = waiting;
    waiting = rest;
    if (segment === "" || segment === ".") continue;
    if (segment === "..") {
      if (at.length === 0) return "outside";
      at = at.slice(0, -1);
      continue;
    }
    const next = [...at, segment];
    const through = links.get(next.join("/"));
    if (through === undefined) {
      at = next;
      continue;
    }
    if (++hops > mostHops) return "loop";
    waiting = [...through.split("/"), ...waiting];
  }
  return undefined;
}
