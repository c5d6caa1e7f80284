import { parsePythonRequest } from "../../model/index.ts";
import { type ExtraName, parseExtraName } from "../../vocab/requirement/index.ts";
import { type PlatformName, platformNames } from "../../vocab/tags/index.ts";
import {
  entriesAt,
  flagAt,
  keyIn,
  keyPath,
  knownTable,
  listAt,
  suggestNames,
  parsedAt,
  refuseKey,
  type TomlDocument,
  type TomlTable,
  wordAt,
} from "../../toml/index.ts";
import { quote } from "../../text/index.ts";
import { defaultEnv, parseEnvName, parseGroupName } from "./group-name.ts";
import type { EnvName, GroupName, Project, ProjectEnv, Written } from "./project.ts";

const envKeys = ["groups", "extras", "python", "platforms", "project"] as const;

/** The groups and extras that environments can have. */
interface Parts {
  readonly groups: Project["groups"];
  readonly extras: ReadonlySet<ExtraName>;
  /** True if any other extra is allowed, because only the build backend knows them all. */
  readonly hasDynamicExtras: boolean;
  /** The groups of `default` if it does not name any. The default is `dev`. */
  readonly usual?: readonly GroupName[] | undefined;
}

/** Reads `[tool.posy.envs]`. If there is no `default`, it is the project with the usual groups. */
export function readEnvs(
  value: unknown,
  parts: Parts,
  document: TomlDocument,
): ReadonlyMap<EnvName, ProjectEnv> {
  const usual = (parts.usual ?? ["dev" as GroupName]).flatMap((value): Written<GroupName>[] => {
    const group = parts.groups.get(value);
    return group === undefined ? [] : [{ value, line: group.line }];
  });
  const written = [
    ...entriesAt(value ?? {}, "tool.posy.envs", (table, key, name) =>
      envOf(table, key, parsedAt(name, key, parseEnvName), usual, parts, document),
    ).values(),
  ];
  const writtenDefault = written.find(({ name }) => name === defaultEnv);
  const first = writtenDefault ?? { name: defaultEnv, groups: usual, extras: [], project: true };
  const envs = [first, ...written.filter((env) => env !== writtenDefault)];
  refuseSameFile(envs);
  return new Map(envs.map((env) => [env.name, env]));
}

function envOf(
  value: unknown,
  key: string,
  name: EnvName,
  usual: readonly Written<GroupName>[],
  { groups, extras, hasDynamicExtras }: Parts,
  document: TomlDocument,
): ProjectEnv {
  const table = knownTable(value, key, envKeys, "an environment");
  const project = table["project"] === undefined ? true : flagAt(table["project"], `${key}.project`);
  const extraAt = (item: unknown, itemKey: string): Written<ExtraName> => {
    const extra = parsedAt(item, itemKey, parseExtraName);
    if (hasDynamicExtras) return { value: extra, line: document.lineOf(keyPath(itemKey)) };
    return oneOf(extra, itemKey, "an extra", extras, document);
  };
  const chosen = listAt(table["extras"] ?? [], `${key}.extras`, (item, itemKey) => extraAt(item, itemKey));
  if (!project && chosen.length > 0) {
    throw refuseKey(`${key}.extras`, "can't be where `project = false` leaves the project out", {
      hint: "leave out one of them",
    });
  }
  const pythons = pythonsAt(table, key, document);
  const platforms = platformsAt(table, key);
  return {
    name,
    line: document.lineOf(keyPath(key)),
    groups:
      table["groups"] === undefined && name === defaultEnv
        ? usual
        : listAt(table["groups"] ?? [], `${key}.groups`, (item, itemKey) =>
            oneOf(parsedAt(item, itemKey, parseGroupName), itemKey, "a dependency group", groups, document),
          ),
    extras: chosen,
    project,
    ...(pythons && { pythons }),
    ...(platforms && { platforms }),
  };
}

function oneOf<Name extends string>(
  value: Name,
  key: string,
  noun: string,
  known: { has(name: Name): boolean; keys(): Iterable<Name> },
  document: TomlDocument,
): Written<Name> {
  if (known.has(value)) return { value, line: document.lineOf(keyPath(key)) };
  throw refuseKey(key, `names ${noun} ${quote(value)}, and there is none`, {
    hint: suggestNames(value, [...known.keys()]),
  });
}

/** Reads `python` of a table: a request in the form of `--python`, or a list of requests. */
export function pythonsAt(
  table: TomlTable,
  key: string,
  document: TomlDocument,
): readonly Written<string>[] | undefined {
  const value = table["python"];
  if (value === undefined) return undefined;
  const itemsKey = keyIn(key, "python");
  const read = (item: unknown, itemKey: string): Written<string> => ({
    value: parsedAt(item, itemKey, (text) => parsePythonRequest(text).text),
    line: document.lineOf(keyPath(itemKey)),
  });
  if (!Array.isArray(value)) return [read(value, itemsKey)];
  if (value.length === 0) throw refuseKey(itemsKey, "is empty");
  const pythons = listAt(value, itemsKey, read);
  return pythons.filter(
    (python, index) => pythons.findIndex((other) => other.value === python.value) === index,
  );
}

export function platformsAt(table: TomlTable, key: string): readonly PlatformName[] | undefined {
  const value = table["platforms"];
  if (value === undefined) return undefined;
  const platforms = listAt(value, `${key}.platforms`, (item, itemKey) =>
    wordAt(item, itemKey, platformNames),
  );
  if (platforms.length === 0) {
    throw refuseKey(`${key}.platforms`, "is empty: then there is nothing to lock for", {
      hint: "leave it out for the usual ones",
    });
  }
  return [...new Set(platforms)];
}

/** Refuses names such as `Docs` and `docs`: on a file system that ignores case, they would share a lock file. */
function refuseSameFile(envs: readonly ProjectEnv[]): void {
  const seen = new Map<string, string>();
  for (const { name } of envs) {
    const before = seen.get(name.toLowerCase());
    if (before !== undefined) {
      throw refuseKey(keyIn("tool.posy.envs", name), `differs from ${quote(before)} only in case`, {
        hint: "give one of them another name",
      });
    }
    seen.set(name.toLowerCase(), name);
  }
}
