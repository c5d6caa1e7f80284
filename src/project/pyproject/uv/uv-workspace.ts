import { basename, dirname, join } from "node:path";
import { foldersUpwards } from "../../../packages/index.ts";
import { type PackageName, parsePackageName } from "../../../vocab/requirement/index.ts";
import {
  isTable,
  nonEmptyTextsAt,
  openDocument,
  parseToml,
  tableAt,
  type TomlDocument,
  type TomlTable,
  withLine,
} from "../../../toml/index.ts";
import { foldersMatching } from "./folders-matching.ts";
import { readNamedText } from "../../../system/fs/index.ts";

/** A uv workspace: several folders with a project each, which are locked together. */
export interface UvWorkspace {
  /** The `pyproject.toml` of the root, which declares the workspace. */
  readonly document: TomlDocument;
  /** The absolute folder of the root. */
  readonly folder: string;
  /** The absolute folders of the members, without excluded ones and without the root. */
  readonly folders: readonly string[];
}

/**
 * Returns the workspace that a folder is the root or a member of; undefined if there is none. Throws
 * `invalid-project`.
 */
export async function workspaceOf(folder: string, document: TomlDocument): Promise<UvWorkspace | undefined> {
  // A script belongs to no workspace.
  if (basename(document.path) !== "pyproject.toml") return undefined;
  if (workspaceTable(document) !== undefined) return openWorkspace(folder, document);
  for (const above of foldersUpwards(dirname(folder))) {
    const path = join(above, "pyproject.toml");
    const text = await readNamedText(path).catch(() => undefined);
    // As in uv, the nearest project or workspace decides. A file with neither is passed over.
    if (text === undefined || !/\bworkspace\b|\bproject\b/.test(text)) continue;
    const outer = await openDocument(text, path);
    if (workspaceTable(outer) === undefined) {
      if (outer.value["project"] === undefined) continue;
      return undefined;
    }
    const workspace = await openWorkspace(above, outer);
    return workspace.folders.includes(folder) ? workspace : undefined;
  }
  return undefined;
}

async function openWorkspace(folder: string, document: TomlDocument): Promise<UvWorkspace> {
  const key = "tool.uv.workspace";
  const table = workspaceTable(document) ?? {};
  try {
    const [members, exclude] = await Promise.all(
      ["members", "exclude"].map(async (name) => {
        const patterns = nonEmptyTextsAt(table[name] ?? [], `${key}.${name}`);
        return (await Promise.all(patterns.map((pattern) => foldersMatching(folder, pattern)))).flat();
      }),
    );
    const left = new Set(exclude);
    const folders = [...new Set(members)].filter((each) => each !== folder && !left.has(each));
    return { document, folder, folders };
  } catch (error) {
    throw withLine(error, document);
  }
}

function workspaceTable({ value }: TomlDocument): TomlTable | undefined {
  const tool = value["tool"];
  const uv = isTable(tool) ? tool["uv"] : undefined;
  const workspace = isTable(uv) ? uv["workspace"] : undefined;
  return workspace === undefined ? undefined : tableAt(workspace, "tool.uv.workspace");
}

/**
 * Returns the folders of a workspace's members by name, with the root. A folder without a project is not a member.
 * Throws `invalid-project`.
 */
export async function membersOf({
  document,
  folder,
  folders,
}: UvWorkspace): Promise<ReadonlyMap<PackageName, string>> {
  const members = new Map<PackageName, string>();
  const add = (value: unknown, where: string) => {
    const name = nameIn(value);
    if (name !== undefined && !members.has(name)) members.set(name, where);
  };
  add(document.value, folder);
  for (const member of folders) {
    const path = join(member, "pyproject.toml");
    const text = await readNamedText(path).catch(() => "");
    try {
      add(await parseToml(text), member);
    } catch {
      // Throws with the line. A member that cannot be read is an error, not a missing member.
      await openDocument(text, path);
    }
  }
  return members;
}

function nameIn(value: unknown): PackageName | undefined {
  const project = isTable(value) ? value["project"] : undefined;
  const name = isTable(project) ? project["name"] : undefined;
  return typeof name === "string" ? parsePackageName(name) : undefined;
}
