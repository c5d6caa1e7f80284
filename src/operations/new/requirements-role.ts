/** The purpose of a requirements file in a project, by its name. */
export type RequirementsRole =
  | { readonly kind: "dependencies" }
  | { readonly kind: "group"; readonly name: string }
  | { readonly kind: "constraints" }
  /** A tool made it from another file. */
  | { readonly kind: "lock" };

const mainNames = [
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
const devNames = ["dev", "devel", "develop", "development"];
const lockNames = ["lock", "locked", "freeze", "frozen", "pinned", "hashes"];

/**
 * Returns the role of `requirements.txt`, `requirements-dev.txt`, `dev-requirements.in`, `requirements/test.txt`, …;
 * undefined for a file that does not have the name of a requirements file. `path` is relative to the project, with
 * `/`.
 */
export function roleOf(path: string): RequirementsRole | undefined {
  const [, name = "", inFolder] =
    /^requirements?(?:[-_.]([\w.-]+?))?\.(?:txt|in)$/i.exec(path) ??
    /^([\w.-]+?)[-_.]requirements?\.(?:txt|in)$/i.exec(path) ??
    /^requirements?\/(?:requirements?[-_.])?([\w.-]+?)\.(?:txt|in)$/i.exec(path) ??
    (/^constraints?\.txt$/i.test(path) ? ["", "constraints"] : [undefined, undefined, false]);
  if (inFolder !== undefined) return undefined;
  const role = name.toLowerCase();
  if (mainNames.includes(role) || role === "requirements") return { kind: "dependencies" };
  if (/^constraints?$/.test(role)) return { kind: "constraints" };
  if (role.split(/[-_.]/).some((word) => lockNames.includes(word))) return { kind: "lock" };
  return { kind: "group", name: devNames.includes(role) ? "dev" : role.replaceAll(/[-_.]+/g, "-") };
}
