import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type Marker,
  type PackageName,
  parseMarker,
  parsePackageName,
} from "../../vocab/requirement/index.ts";
import { quote } from "../../text/index.ts";
import { parseSourceReference } from "../../vocab/urls/index.ts";
import {
  entriesAt,
  flagAt,
  keyPath,
  knownTable,
  suggestNames,
  parsedAt,
  refuseKey,
  textAt,
  type TomlTable,
} from "../../toml/index.ts";
import type { PackageSource, ProjectIndex } from "./project.ts";
import type { ReadContext } from "./read-requirements.ts";

const kinds = ["index", "git", "url", "path"] as const;
/** The keys that each kind of source may have in addition. */
const additionalKeys: Readonly<Record<(typeof kinds)[number], readonly string[]>> = {
  index: [],
  git: ["branch", "tag", "rev", "subdirectory"],
  url: ["subdirectory"],
  path: ["editable", "subdirectory"],
};

/**
 * Reads `[tool.posy.sources]`, which has the form of uv's table: for each package a source, or a list of sources with
 * markers.
 */
export function readSources(
  value: unknown,
  indexes: readonly ProjectIndex[],
  context: ReadContext,
): ReadonlyMap<PackageName, readonly PackageSource[]> {
  const sources = new Map<PackageName, readonly PackageSource[]>();
  entriesAt(value ?? {}, "tool.posy.sources", (written, key, name) => {
    const several = Array.isArray(written);
    const items: readonly unknown[] = several ? written : [written];
    const read = items.map((item, index) =>
      sourceOf(item, several ? `${key}[${index}]` : key, indexes, context),
    );
    const bare = read.findIndex(({ marker }) => marker === undefined);
    if (read.length > 1 && bare !== -1) {
      throw refuseKey(`${key}[${bare}]`, "has no `marker`, and is one of several", {
        hint: "say with a `marker` where each of them holds",
      });
    }
    sources.set(parsedAt(name, key, parsePackageName), read);
  });
  return sources;
}

/** Reads one source, with the keys that both tables have. */
export function sourceOf(
  value: unknown,
  key: string,
  indexes: readonly ProjectIndex[],
  context: ReadContext,
): PackageSource {
  const all = [...kinds, ...Object.values(additionalKeys).flat(), "marker"];
  const table = knownTable(value, key, [...new Set(all)], "a source");
  const [kind, second] = kinds.filter((each) => table[each] !== undefined);
  if (kind === undefined || second !== undefined) {
    throw refuseKey(key, "must have one of `index`, `git`, `url` and `path`");
  }
  knownTable(value, key, [kind, ...additionalKeys[kind], "marker"], `a source with \`${kind}\``);
  const marker: Marker | undefined =
    table["marker"] === undefined ? undefined : parsedAt(table["marker"], `${key}.marker`, parseMarker);
  return {
    from: fromOf(kind, table, key, indexes, context),
    line: context.document.lineOf(keyPath(key)),
    ...(marker && { marker }),
  };
}

function fromOf(
  kind: (typeof kinds)[number],
  table: TomlTable,
  key: string,
  indexes: readonly ProjectIndex[],
  { folder }: ReadContext,
): PackageSource["from"] {
  const where = textAt(table[kind], `${key}.${kind}`);
  if (kind === "index") {
    if (indexes.some(({ name }) => name === where)) return { kind, name: where };
    const names = indexes.flatMap(({ name }) => name ?? []);
    throw refuseKey(`${key}.index`, `is ${quote(where)}, and no index has that name`, {
      hint: suggestNames(where, names),
    });
  }
  const url = kind === "git" ? gitUrl(table, where, key) : kind === "url" ? where : pathUrl(where, folder);
  const editable = table["editable"] !== undefined && flagAt(table["editable"], `${key}.editable`);
  const inside = table["subdirectory"];
  const fragment = [
    ...(editable ? ["editable=true"] : []),
    ...(inside === undefined ? [] : [`subdirectory=${encodeURI(textAt(inside, `${key}.subdirectory`))}`]),
  ].join("&");
  const whole = fragment === "" ? url : `${url}${url.includes("#") ? "&" : "#"}${fragment}`;
  parsedAt(table[kind], `${key}.${kind}`, () => parseSourceReference(whole));
  return { kind: "url", url: whole };
}

function gitUrl(table: TomlTable, where: string, key: string): string {
  const [which, second] = ["branch", "tag", "rev"].filter((each) => table[each] !== undefined);
  if (second !== undefined) throw refuseKey(key, `has both \`${which}\` and \`${second}\``);
  const revision = which === undefined ? "" : `@${encodeURI(textAt(table[which], `${key}.${which}`))}`;
  return `${where.startsWith("git+") ? "" : "git+"}${where.replace(/\/$/, "")}${revision}`;
}

function pathUrl(where: string, folder: string): string {
  return pathToFileURL(resolve(folder, where)).href;
}
