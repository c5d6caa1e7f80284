import { pathToFileURL } from "node:url";
import {
  type PackageName,
  parseExtraName,
  parseMarker,
  parsePackageName,
} from "../../../vocab/requirement/index.ts";
import {
  entriesAt,
  flagAt,
  keyIn,
  keyPath,
  parsedAt,
  refuseKey,
  tableAt,
  type TomlTable,
} from "../../../toml/index.ts";
import { parseGroupName } from "../group-name.ts";
import type { PackageSource, ProjectIndex } from "../project.ts";
import type { ReadContext } from "../read-requirements.ts";
import { sourceOf } from "../read-sources.ts";

/** What reading uv's sources needs in addition to their table. */
export interface UvSourcesOptions {
  readonly context: ReadContext;
  readonly indexes: readonly ProjectIndex[];
  /** The folders of the workspace's members. */
  readonly members: ReadonlyMap<PackageName, string>;
  /** Called with a sentence for each key that is ignored. */
  warn(message: string): void;
}

const table = "tool.uv.sources";

/** The keys of a source that Posy knows. */
const knownKeys = [
  "index",
  "git",
  "branch",
  "tag",
  "rev",
  "url",
  "path",
  "subdirectory",
  "editable",
  "workspace",
  "marker",
  "extra",
  "group",
];

/**
 * Reads `[tool.uv.sources]`. Warns about unknown keys, which a newer uv may have, and ignores only these. If the
 * whole source was ignored, the package would come from an index, where somebody else may have published it. Throws
 * `invalid-project`.
 */
export function readUvSources(
  value: unknown,
  options: UvSourcesOptions,
): ReadonlyMap<PackageName, readonly PackageSource[]> {
  const sources = new Map<PackageName, readonly PackageSource[]>();
  entriesAt(value ?? {}, table, (written, key, nameText) => {
    const name = parsedAt(nameText, key, parsePackageName);
    const several = Array.isArray(written);
    const items: readonly unknown[] = several ? written : [written];
    const read = items.map((item, index) =>
      uvSource(item, several ? `${key}[${index}]` : key, name, options),
    );
    const bare = read.findIndex(
      ({ marker, extra, group }) => marker === undefined && extra === undefined && group === undefined,
    );
    if (read.length > 1 && bare !== -1) {
      throw refuseKey(`${key}[${bare}]`, "has no `marker`, `extra` or `group`, and is one of several", {
        hint: "say where each of them holds",
      });
    }
    sources.set(name, read);
  });
  return sources;
}

function uvSource(value: unknown, key: string, name: PackageName, options: UvSourcesOptions): PackageSource {
  const written = tableAt(value, key);
  for (const unknown of Object.keys(written).filter((each) => !knownKeys.includes(each))) {
    options.warn(`\`${keyIn(key, unknown)}\` is not known, and is ignored`);
  }
  const { extra, group, workspace, ...rest } = written;
  const plain = Object.fromEntries(Object.entries(rest).filter(([each]) => knownKeys.includes(each)));
  return {
    ...(workspace === undefined
      ? sourceOf(plain, key, options.indexes, options.context)
      : memberSource(written, key, name, options)),
    ...(extra === undefined ? {} : { extra: parsedAt(extra, `${key}.extra`, parseExtraName) }),
    ...(group === undefined ? {} : { group: parsedAt(group, `${key}.group`, parseGroupName) }),
  };
}

/** Returns the folder of a workspace member as a source, editable by default. */
function memberSource(
  { workspace, editable, marker }: TomlTable,
  key: string,
  name: PackageName,
  { members, context }: UvSourcesOptions,
): PackageSource {
  if (workspace !== true) {
    throw refuseKey(`${key}.workspace`, "is not `true`: other workspaces are not followed", {
      hint: `say where its folder is: \`${name} = { path = "…", editable = true }\``,
    });
  }
  const folder = members.get(name);
  if (folder === undefined) {
    throw refuseKey(key, `refers to the workspace, and \`${name}\` is not a member of it`, {
      hint:
        members.size === 0
          ? "there is no workspace here: `[tool.uv.workspace]` with `members` makes one"
          : `its members are: ${[...members.keys()].sort().join(", ")}`,
    });
  }
  const live = editable === undefined || flagAt(editable, `${key}.editable`);
  return {
    from: { kind: "url", url: `${pathToFileURL(folder).href}${live ? "#editable=true" : ""}` },
    line: context.document.lineOf(keyPath(key)),
    ...(marker === undefined ? {} : { marker: parsedAt(marker, `${key}.marker`, parseMarker) }),
  };
}
