import { isAbsolute, relative } from "node:path";
import { PosyError } from "../errors/posy-error.ts";
import { type IndexEntry, parseIndexEntry } from "../packages/index.ts";
import type { Project, ProjectIndex, WrittenIndex } from "../project/index.ts";
import { withoutCredentials } from "../vocab/urls/index.ts";
import { quote } from "../text/index.ts";
import { type OperationContext, warn } from "../settings/index.ts";

/** An index that packages are added from. */
export interface AddedIndex {
  /** By which a source can name it. */
  readonly name?: string;
  /** What the project does not say yet. */
  readonly written?: WrittenIndex;
}

interface AddedIndexes {
  readonly indexes: readonly AddedIndex[];
  /** What has to be said by option still: an address with a login, which is not written. */
  readonly remaining: readonly string[];
}

/** Reads what `posy add` has behind `--index`: `NAME=URL`, a URL, a folder, the name of one that the project has. Throws `usage`, `invalid-url`. */
export function parseAddIndexes(
  texts: readonly string[],
  project: Project,
  context: OperationContext,
): AddedIndexes {
  const remaining: string[] = [];
  const indexes = texts.map((text): AddedIndex => {
    const known = project.settings.indexes.find(({ name }) => name === text);
    if (known !== undefined) return { name: text };
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
  if (twin !== undefined && !isSame(twin)) throw otherPlace(twin, project);
  const known = twin ?? indexes.find((index) => isSame(index) && (name ?? index.name) === index.name);
  if (known !== undefined) return known.name === undefined ? {} : { name: known.name };
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

function otherPlace({ name, url, line }: ProjectIndex, { path }: Project): PosyError {
  return new PosyError(
    "usage",
    `the index \`${name}\` is another one in \`${path}\`, line ${line}: \`${url}\``,
    {
      hint: "take another name, or correct that one",
    },
  );
}
