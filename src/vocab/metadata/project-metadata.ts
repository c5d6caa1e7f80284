import {
  type ExtraName,
  type PackageName,
  parseExtraName,
  parsePackageName,
  parseRequirement,
  type Requirement,
} from "../requirement/index.ts";
import { quote } from "../../text/index.ts";
import { parseSpecifierSet, parseVersion, type SpecifierSet, type Version } from "../version/index.ts";
import { entriesAt, listAt, parsedAt, refuseKey, tableAt, textAt } from "../../toml/index.ts";

/** The keys of `[project]` that a build backend may fill in (PEP 621, 639, 794): all but `name`. */
const dynamicKeys = [
  "version",
  "description",
  "readme",
  "requires-python",
  "license",
  "license-files",
  "authors",
  "maintainers",
  "keywords",
  "classifiers",
  "urls",
  "scripts",
  "gui-scripts",
  "entry-points",
  "dependencies",
  "optional-dependencies",
  "import-names",
  "import-namespaces",
] as const;
export type DynamicKey = (typeof dynamicKeys)[number];

export const projectKeys: readonly string[] = ["name", "dynamic", ...dynamicKeys];

/** Keys that may be present and also dynamic, since a build backend may add to them (PEP 808). */
const extensible: readonly string[] = dynamicKeys.filter(
  (key) => !["version", "description", "readme", "requires-python", "license"].includes(key),
);

/** The part of the `[project]` table of a `pyproject.toml` (PEP 621) that a resolver needs. */
export interface ProjectMetadata {
  readonly name: PackageName;
  /** As written. */
  readonly nameText: string;
  /** Missing if it is dynamic. */
  readonly version?: Version;
  readonly requiresPython?: SpecifierSet;
  readonly dependencies: readonly Requirement[];
  readonly optionalDependencies: ReadonlyMap<ExtraName, readonly Requirement[]>;
  /** The keys that the build backend fills in or adds to. */
  readonly dynamic: ReadonlySet<DynamicKey>;
}

/**
 * Reads the keys of `[project]` that a resolver needs, strictly. `parseProjectTable` reads the others, too. Throws
 * `invalid-project` with the key at fault.
 */
export function parseProjectMetadata(value: unknown): ProjectMetadata {
  const project = tableAt(value, "project");
  const dynamic = dynamicOf(project);
  const nameText = textAt(project["name"], "project.name");
  const python = project["requires-python"];
  if (project["version"] === undefined && !dynamic.has("version")) {
    throw refuseKey("project.version", "is missing", {
      hint: 'give a version, or say `dynamic = ["version"]` where the build backend knows it',
    });
  }
  return {
    name: parsedAt(nameText, "project.name", parsePackageName),
    nameText,
    ...(project["version"] === undefined
      ? {}
      : { version: parsedAt(project["version"], "project.version", parseVersion) }),
    ...(python === undefined
      ? {}
      : { requiresPython: parsedAt(python, "project.requires-python", parseSpecifierSet) }),
    dependencies: listAt(project["dependencies"] ?? [], "project.dependencies", requirementAt),
    optionalDependencies: extrasOf(project["optional-dependencies"]),
    dynamic,
  };
}

/** Returns the keys that a resolver needs and only the build backend knows. Empty if the table is enough. */
export function keysLeftToBackend({ dynamic }: ProjectMetadata): readonly DynamicKey[] {
  const needed = ["version", "requires-python", "dependencies", "optional-dependencies"] as const;
  return needed.filter((key) => dynamic.has(key));
}

function requirementAt(item: unknown, key: string): Requirement {
  return parsedAt(item, key, (text) => parseRequirement(text));
}

function extrasOf(value: unknown): ReadonlyMap<ExtraName, readonly Requirement[]> {
  const extras = new Map<ExtraName, readonly Requirement[]>();
  const table = "project.optional-dependencies";
  entriesAt(value ?? {}, table, (list, key, name) => {
    const extra = parsedAt(name, key, parseExtraName);
    if (extras.has(extra)) throw refuseKey(key, `repeats the extra \`${extra}\``);
    extras.set(extra, listAt(list, key, requirementAt));
  });
  return extras;
}

function dynamicOf(project: Readonly<Record<string, unknown>>): ReadonlySet<DynamicKey> {
  const keys = listAt(project["dynamic"] ?? [], "project.dynamic", (item, key) => {
    const text = textAt(item, key);
    const dynamicKey = dynamicKeys.find((each) => each === text);
    if (text === "name") throw refuseKey(key, "is `name`, which can't be dynamic");
    if (dynamicKey === undefined)
      throw refuseKey(key, `is ${quote(text)}, which is not a key of \`[project]\``);
    if (project[dynamicKey] !== undefined && !extensible.includes(dynamicKey)) {
      throw refuseKey(`project.${dynamicKey}`, "has a value, and is also listed in `dynamic`", {
        hint: "remove one of the two",
      });
    }
    return dynamicKey;
  });
  return new Set(keys);
}
