/** What a requirements file is to a project, by its name. */
export type RequirementsRole =
  | { readonly kind: "dependencies" }
  | { readonly kind: "group"; readonly name: string }
  | { readonly kind: "constraints" }
  /** Made by a tool from another file. */
  | { readonly kind: "lock" };

const plain = [
  "",
  "base",
  "main",
  "core",
  "common",
  "prod",
  "production",
  "run",
  "runtime",
  "install",
  "app",
];
const dev = ["dev", "devel", "develop", "development"];
const locked = ["lock", "locked", "freeze", "frozen", "pinned", "hashes"];

/**
 * The role of `requirements.txt`, `requirements-dev.txt`, `dev-requirements.in`, `requirements/test.txt`, …; undefined for what
 * is no requirements file by its name. `path` is relative to the project, with `/`.
 */
export function roleOf(path: string): RequirementsRole | undefined {
  const [, name = "", inFolder] =
    /^requirements?(?:[-_.]([\w.-]+?))?\.(?:txt|in)$/i.exec(path) ??
    /^([\w.-]+?)[-_.]requirements?\.(?:txt|in)$/i.exec(path) ??
    /^requirements?\/(?:requirements?[-_.])?([\w.-]+?)\.(?:txt|in)$/i.exec(path) ??
    (/^constraints?\.txt$/i.test(path) ? ["", "constraints"] : [undefined, undefined, false]);
  if (inFolder !== undefined) return undefined;
  const role = name.toLowerCase();
  if (plain.includes(role) || role === "requirements") return { kind: "dependencies" };
  if (/^constraints?$/.test(role)) return { kind: "constraints" };
  if (role.split(/[-_.]/).some((word) => locked.includes(word))) return { kind: "lock" };
  return { kind: "group", name: dev.includes(role) ? "dev" : role.replaceAll(/[-_.]+/g, "-") };
}
