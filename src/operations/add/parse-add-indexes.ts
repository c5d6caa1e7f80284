import { isAbsolute, relative } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { type IndexEntry, parseIndexEntry } from "../../packages/index.ts";
import type { Project, ProjectIndex, WrittenIndex } from "../../project/index.ts";
import { withoutCredentials } from "../../vocab/urls/index.ts";
import { quote } from "../../text/index.ts";
import { type OperationContext, warn } from "../../settings/index.ts";

/** An index that packages are added from. */
export interface AddedIndex {
  /** The name that a source can refer to. */
  readonly name?: string;
  /** The entry to write into `pyproject.toml`, if it is not there yet. */
  readonly written?: WrittenIndex;
}

interface AddedIndexes {
  readonly indexes: readonly AddedIndex[];
  /** Indexes that stay command-line options: their URL has a login, which is not written into `pyproject.toml`. */
  readonly remaining: readonly string[];
}

/**
 * Reads the values of `posy add --index`: `NAME=URL`, a URL, a folder, or the name of an index of the project. Throws
 * `usage`, `invalid-url`.
 */
export function parseAddIndexes(
  texts: readonly string[],
  project: Project,
  context: OperationContext,
): AddedIndexes {
  const remaining: string[] = [];
  const indexes = texts.map((text): AddedIndex => {
    const existing = project.settings.indexes.find(({ name }) => name === text);
    if (existing !== undefined) return { name: text };
    if (/^[\w.-]+$/.test(text) && !text.startsWith(".")) throw unknownName(text, project);
    const entry = parseIndexEntry(text, context.cwd);
    if (entry.credentials !== undefined) {
      remaining.push(text);
      warn(
        context,
        `the login of \`${entry.location.url}\` is not written into \`pyproject.toml\`: \`~/.netrc\` may have it, or POSY_INDEX_NAME_USERNAME and POSY_INDEX_NAME_PASSWORD with the index's name`,
      );
    }
    return fromEntry(entry, text, project);
  });
  return { indexes, remaining };
}

function fromEntry({ location }: IndexEntry, text: string, project: Project): AddedIndex {
  const { name, url } = location;
  const { indexes } = project.settings;
  const isSame = (index: ProjectIndex) => comparable(index.url) === comparable(url);
  const twin = indexes.find((index) => name !== undefined && index.name === name);
  if (twin !== undefined && !isSame(twin)) throw otherUrl(twin, project);
  const existing = twin ?? indexes.find((index) => isSame(index) && (name ?? index.name) === index.name);
  if (existing !== undefined) return existing.name === undefined ? {} : { name: existing.name };
  const typed = name === undefined ? text : text.slice(text.indexOf("=") + 1);
  const path = isAbsolute(url) && !isAbsolute(typed) ? relative(project.folder, url) || "." : undefined;
  const written = { ...(name !== undefined && { name }), url: path?.replaceAll("\\", "/") ?? url };
  return { ...(name !== undefined && { name }), written };
}

function comparable(url: string): string {
  return withoutCredentials(url).replace(/\/$/, "");
}

function unknownName(text: string, { settings }: Project): PosyError {
  const names = settings.indexes.flatMap(({ name }) => name ?? []);
  return new PosyError("usage", `no index of the project has the name ${quote(text)}`, {
    hint: `write it as \`${text}=URL\`, or a folder as \`./${text}\`; ${names.length === 0 ? "there are no names yet" : `there are: ${names.join(", ")}`}`,
  });
}

function otherUrl({ name, url, line }: ProjectIndex, { path }: Project): PosyError {
  return new PosyError(
    "usage",
    `the index \`${name}\` has another URL in \`${path}\`, line ${line}: \`${url}\``,
    {
      hint: "choose another name, or change the URL there",
    },
  );
}
