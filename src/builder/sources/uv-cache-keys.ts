import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseToml } from "../../toml/index.ts";
import { buildFileText } from "./build-file-heuristics.ts";
import { isIgnoredSource } from "./source-ignore.ts";
import { statIfThere } from "../../system/fs/index.ts";

/** What `cache-keys` of `[tool.uv]` names. */
export interface UvCacheKeys {
  /** Absolute paths of files. */
  readonly paths: readonly string[];
  /** Absolute paths of folders: those that are named, and those that more files of a pattern may appear in. */
  readonly folders: readonly string[];
  readonly variables: readonly string[];
  /** The commit or the tags count. Either also watches the other, which costs a build too many at most. */
  readonly usesHistory: boolean;
}

const none: UvCacheKeys = { paths: [], folders: [], variables: [], usesHistory: false };

/**
 * Reads `cache-keys` of `[tool.uv]`: `"FILE"`, `{ file = … }`, `{ dir = … }`, `{ git = … }` and `{ env = … }`. Files
 * may be patterns. In uv they replace what it watches; Posy adds them to what it finds by itself. A value of another
 * form is left out, as is an unreadable file: other code reports both.
 */
export async function uvCacheKeys(project: string): Promise<UvCacheKeys> {
  const text = buildFileText(join(project, "pyproject.toml"));
  if (!/cache-keys/.test(text)) return none;
  const document = await parseToml(text).catch(() => ({}));
  const keys = valueAt(document, "tool", "uv", "cache-keys");
  if (!Array.isArray(keys)) return none;
  const texts = (name: string) => keys.flatMap((key) => valueAt(key, name) ?? []).filter(isText);
  const files = [...keys.filter(isText), ...texts("file")];
  const matches = files.map((file) => filesMatching(project, file));
  return {
    paths: matches.flatMap(({ paths }) => paths),
    folders: [
      ...texts("dir").map((dir) => join(project, dir)),
      ...matches.flatMap(({ folders: searched }) => searched),
    ],
    variables: texts("env"),
    usesHistory: keys.some((key) => {
      const git = valueAt(key, "git");
      return git === true || valueAt(git, "commit") === true || valueAt(git, "tags") === true;
    }),
  };
}

function valueAt(value: unknown, ...keys: readonly string[]): unknown {
  const [key, ...others] = keys;
  if (key === undefined) return value;
  if (typeof value !== "object" || value === null) return undefined;
  return valueAt((value as Record<string, unknown>)[key], ...others);
}

const isText = (value: unknown): value is string => typeof value === "string";

/**
 * Returns the files that match a pattern, relative to the project, and the folders that were searched for them. `*`,
 * `?`, `[…]` and `{…,…}` stand for parts of one name, `**` for any folders. A file without these may not exist.
 */
function filesMatching(project: string, pattern: string): Pick<UvCacheKeys, "paths" | "folders"> {
  const paths = new Set<string>();
  const folders = new Set<string>();
  const follow = (folder: string, [step = "", ...others]: readonly string[]): void => {
    const isLast = others.length === 0;
    if (!/[*?[{]/.test(step)) {
      const path = join(folder, step);
      if (isLast) paths.add(path);
      else follow(path, others);
      return;
    }
    if (!statIfThere(folder)?.isDirectory()) return;
    folders.add(folder);
    const entries = readdirSync(folder, { withFileTypes: true });
    // As in uv, links to folders are not followed: they may form a cycle.
    const below = entries.filter(
      (entry) => entry.isDirectory() && !isIgnoredSource(folder, entry.name, true),
    );
    if (step === "**") {
      follow(folder, isLast ? ["*"] : others);
      for (const { name } of below) follow(join(folder, name), [step, ...others]);
      return;
    }
    const expression = nameExpression(step);
    for (const { name } of isLast ? entries : below) {
      if (!expression.test(name)) continue;
      const path = join(folder, name);
      if (!isLast) follow(path, others);
      else if (!isFolder(path)) paths.add(path);
    }
  };
  follow(
    project,
    pattern.split("/").filter((step) => step !== "" && step !== "."),
  );
  return { paths: [...paths], folders: [...folders] };
}

function isFolder(path: string): boolean {
  return statIfThere(path)?.isDirectory() ?? false;
}

function nameExpression(step: string): RegExp {
  const source = step.replace(/\[!?[^\]]+\]|\{[^{}]*\}|[*?]|[^*?[{]+|[[{]/g, (part) => {
    if (part === "*") return ".*";
    if (part === "?") return ".";
    if (part.length > 1 && part.startsWith("[")) return part.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
    if (part.length > 1 && part.startsWith("{"))
      return `(${part.slice(1, -1).split(",").map(escaped).join("|")})`;
    return escaped(part);
  });
  return new RegExp(`^${source}$`);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`);
}
