import { PosyError } from "../../errors/posy-error.ts";
import { followLink } from "../../system/fs/index.ts";
import { quote } from "../../text/index.ts";

/** The rules of PEP 711 that a link can break. */
export type LinkRule =
  | "link-on-windows"
  | "link-in-info"
  | "link-target"
  | "link-target-absolute"
  | "link-target-outside"
  | "link-loop";

export interface LinkProblem {
  readonly rule: LinkRule;
  /** The end of a sentence that begins with the link. */
  readonly why: string;
}

/**
 * Checks the links of a pybi by the rules of PEP 711: no link on Windows, none in `pybi-info/`, none that is absolute,
 * and none that leaves the tree. Links are followed through other links of the archive, as the system would do.
 * `links` maps paths to targets as written. Throws `invalid-pybi`.
 */
export function checkLinks(links: ReadonlyMap<string, string>, filename: string, platform: string): void {
  for (const path of links.keys()) {
    const problem = linkProblem(links, path, platform.startsWith("windows-"));
    if (problem === undefined) continue;
    throw new PosyError("invalid-pybi", `\`${filename}\` has a link, ${quote(path)}, that ${problem.why}`, {
      hint: "such an archive can overwrite other files: do not use it, and tell its author",
    });
  }
}

/** Returns which rule one link of a pybi breaks; undefined if it breaks none. `links` has all links of the pybi. */
export function linkProblem(
  links: ReadonlyMap<string, string>,
  path: string,
  forWindows: boolean,
): LinkProblem | undefined {
  const target = links.get(path) ?? "";
  if (forWindows) return { rule: "link-on-windows", why: "is not allowed on Windows" };
  if (/^pybi-info(\/|$)/i.test(path)) return { rule: "link-in-info", why: "is in `pybi-info`" };
  if (target === "" || /\p{Cc}|\\/u.test(target))
    return { rule: "link-target", why: `leads to ${quote(target)}, which is not a path` };
  if (target.startsWith("/") || /^[A-Za-z]:/.test(target))
    return { rule: "link-target-absolute", why: `is absolute: ${quote(target)}` };
  const problem = followLink(links, path, target);
  if (problem === undefined) return undefined;
  const { rule, why } = problems[problem];
  return { rule, why: `${why}: ${quote(target)}` };
}

const problems = {
  outside: { rule: "link-target-outside", why: "leads out of the tree" },
  loop: { rule: "link-loop", why: "leads through too many others" },
} as const;
