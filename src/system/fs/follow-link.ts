/** The maximum number of links to follow to one file. Operating systems allow 40. */
const mostHops = 40;

/**
 * Follows a symbolic link to its target, segment by segment, as the operating system does, through the other
 * links of the tree. `links` maps a path to its target as written, both with forward slashes, and has all links of
 * the tree. The link is also followed as on a disk that ignores case, where `a/..` can lead through a link `A`.
 * Returns what is wrong, or undefined.
 */
export function followLink(
  links: ReadonlyMap<string, string>,
  path: string,
  target: string,
): "outside" | "loop" | undefined {
  const problem = follow(links, path, target);
  if (problem !== undefined) return problem;
  let folded = foldedLinks.get(links);
  if (folded === undefined) {
    folded = new Map([...links].map(([from, to]) => [fold(from), fold(to)]));
    foldedLinks.set(links, folded);
  }
  return follow(folded, fold(path), fold(target));
}

/** The links of a tree as a disk that ignores case compares them, so that they are not made anew for every link. */
const foldedLinks = new WeakMap<ReadonlyMap<string, string>, ReadonlyMap<string, string>>();

const fold = (name: string) => name.normalize("NFC").toLowerCase();

function follow(
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
