import { normalizeName } from "../../vocab/requirement/index.ts";
import type { FileWithRole } from "./requirements-files.ts";
import type { TakenRequirement } from "./take-requirements.ts";

/** A list of `pyproject.toml` with the contents of some files. */
export interface PlannedList {
  /** The path of its key: `["project", "dependencies"]`. */
  readonly key: readonly string[];
  readonly files: readonly FileWithRole[];
  /** Names of the groups that it includes. */
  readonly includes: readonly string[];
  readonly requirements: readonly TakenRequirement[];
  /** A sentence for each line that cannot be expressed. */
  readonly left: readonly string[];
}

export interface PlanOptions {
  /** The group that replaces `project.dependencies` if the build backend provides these. */
  readonly main: string | undefined;
  /** The groups of the existing `pyproject.toml`, normalised, and the groups that they include. */
  readonly existingGroups: ReadonlyMap<string, readonly string[]>;
  /** Whether a list exists and must not change. */
  readonly isThere: (key: readonly string[]) => boolean;
}

/**
 * Returns the lists that requirements files become, in the order in which they are written. A `-r` of a group becomes
 * the inclusion of a group (PEP 735). Groups cannot include each other in a cycle, so the requirements of such a group
 * are copied instead. A list other than a group cannot include a group.
 */
export function planLists(files: readonly FileWithRole[], options: PlanOptions): readonly PlannedList[] {
  const { main, existingGroups, isThere } = options;
  const lists = groupedByKey(files, main);
  const pathOfFile = new Map(files.map((file) => [file.path, file]));

  /** Returns the lists that the files of a list include, each once. */
  const includedBy = (list: FilesOfList): readonly FilesOfList[] => {
    const keys = list.files.flatMap(({ includes }) =>
      includes.flatMap(({ path }) => {
        const file = pathOfFile.get(path);
        return file === undefined ? [] : [textOf(keyOf(file, files, main))];
      }),
    );
    return [...new Set(keys)].flatMap((key) => lists.get(key) ?? []).filter((other) => other !== list);
  };
  /** Returns the group that a list is or becomes. */
  const groupOf = ({ key }: FilesOfList) => (key[0] === "dependency-groups" ? key[1] : undefined);
  /** Returns the names of the groups that a group includes, directly and indirectly. */
  const reachable = (name: string): ReadonlySet<string> => {
    const seen = new Set<string>();
    const add = (group: string) => {
      const list = lists.get(textOf(["dependency-groups", group]));
      const isWritten = list !== undefined && !isThere(list.key);
      const next = isWritten
        ? includedBy(list).flatMap((other) => groupOf(other) ?? [])
        : (existingGroups.get(normalizeName(group)) ?? []);
      for (const other of next) {
        if (seen.has(normalizeName(other))) continue;
        seen.add(normalizeName(other));
        add(other);
      }
    };
    add(name);
    return seen;
  };
  /** Whether a group exists, or is written because it has requirements. */
  const exists = (name: string) =>
    [normalizeName(name), ...reachable(name)].some(
      (group) =>
        existingGroups.has(group) ||
        (lists.get(textOf(["dependency-groups", group]))?.requirements.length ?? 0) > 0,
    );

  return [...lists.values()].map((list) => {
    const includes: string[] = [];
    const copied: TakenRequirement[] = [];
    const left: string[] = [];
    const own = groupOf(list);
    for (const other of includedBy(list)) {
      const group = groupOf(other);
      if (group === undefined || (own !== undefined && !exists(group))) {
        // Every environment has the dependencies of the project, and constraints are no group.
        if (group === undefined && other.key[0] === "tool") copied.push(...other.requirements);
        continue;
      }
      if (own === undefined) {
        const what = `its requirements are in the group \`${group}\`, and \`${list.key.join(".")}\` cannot include a group`;
        left.push(...linesThatInclude(list, other).map((leave) => leave(what)));
      } else if (!reachable(group).has(normalizeName(own))) includes.push(group);
      else if (existingGroups.has(normalizeName(group))) {
        const what = `the group \`${group}\` includes \`${own}\`, and groups cannot include each other in a cycle`;
        left.push(...linesThatInclude(list, other).map((leave) => leave(what)));
      } else {
        const groups = [group, ...reachable(group)].filter(
          (name) => normalizeName(name) !== normalizeName(own),
        );
        copied.push(
          ...new Set(
            groups.flatMap((name) => lists.get(textOf(["dependency-groups", name]))?.requirements ?? []),
          ),
        );
      }
    }
    return { ...list, includes, requirements: withoutRepeats([...copied, ...list.requirements]), left };
  });
}

interface FilesOfList {
  readonly key: readonly string[];
  readonly files: readonly FileWithRole[];
  readonly requirements: readonly TakenRequirement[];
}

function linesThatInclude(list: FilesOfList, other: FilesOfList) {
  const paths = new Set(other.files.map(({ path }) => path));
  return list.files.flatMap(({ includes }) =>
    includes.filter(({ path }) => paths.has(path)).map(({ leave }) => leave),
  );
}

/** Returns the files by the list that they go to, in the order in which the lists are written. */
function groupedByKey(
  files: readonly FileWithRole[],
  main: string | undefined,
): ReadonlyMap<string, FilesOfList> {
  const byKey = new Map<string, { key: readonly string[]; files: FileWithRole[] }>();
  for (const file of files) {
    const key = keyOf(file, files, main);
    const entry = byKey.get(textOf(key)) ?? { key, files: [] };
    entry.files.push(file);
    byKey.set(textOf(key), entry);
  }
  const rank = (key: readonly string[]) => ["project", "dependency-groups", "tool"].indexOf(key[0] ?? "");
  const inOrder = [...byKey].sort(([, a], [, b]) => rank(a.key) - rank(b.key));
  return new Map(
    inOrder.map(([text, entry]) => [
      text,
      { ...entry, requirements: withoutRepeats(entry.files.flatMap(({ requirements }) => requirements)) },
    ]),
  );
}

/** Returns the key of the list that a file goes to. A group that is used only with `-c` is one of constraints. */
function keyOf(
  { role, path }: FileWithRole,
  files: readonly FileWithRole[],
  main: string | undefined,
): readonly string[] {
  const isNamed = (list: "includes" | "constraints") =>
    files.some((file) => file[list].some((included) => included.path === path));
  if (
    role.kind === "constraints" ||
    (role.kind === "group" && isNamed("constraints") && !isNamed("includes"))
  ) {
    return ["tool", "posy", "constraints"];
  }
  if (role.kind === "group") return ["dependency-groups", role.name];
  return main === undefined ? ["project", "dependencies"] : ["dependency-groups", main];
}

function textOf(key: readonly string[]): string {
  return key.join("\0");
}

function withoutRepeats(requirements: readonly TakenRequirement[]): readonly TakenRequirement[] {
  const byText = new Map<string, TakenRequirement>();
  for (const requirement of requirements) {
    const text = requirement.textWithUrl ?? requirement.text;
    if (!byText.has(text)) byText.set(text, requirement);
  }
  return [...byText.values()];
}
