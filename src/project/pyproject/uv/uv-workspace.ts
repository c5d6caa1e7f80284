import { dirname, join } from "node:path";
import { foldersUpwards } from "../../../packages/index.ts";
import { type PackageName, parsePackageName } from "../../../vocab/requirement/index.ts";
import {
  isTable,
  openDocument,
  tableAt,
  type TomlDocument,
  type TomlTable,
  withLine,
} from "../../../toml/index.ts";
import { foldersMatching } from "./folders-matching.ts";
import { textsAt } from "../read-requirements.ts";
import { readNamedText } from "../../../system/fs/index.ts";

/** A workspace of uv's: folders with a project each that are one whole. */
export interface UvWorkspace {
  /** The `pyproject.toml` that says so. */
  readonly document: TomlDocument;
  readonly folder: string;
  /** Absolute, without those that are excluded, the root's own not among them. */
  readonly folders: readonly string[];
}

/** The workspace that a project's folder is the root or a member of. Throws `invalid-project`. */
export async function workspaceOf(folder: string, document: TomlDocument): Promise<UvWorkspace | undefined> {
  if (workspaceTable(document) !== undefined) return openWorkspace(folder, document);
  for (const above of foldersUpwards(dirname(folder))) {
    const path = join(above, "pyproject.toml");
    const text = await readNamedText(path).catch(() => undefined);
    // As in uv the nearest project or workspace decides; a file with neither is passed over.
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
        const patterns = textsAt(table[name] ?? [], `${key}.${name}`);
        return (await Promise.all(patterns.map((each) => foldersMatching(folder, each)))).flat();
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

/** The folders of a workspace's members by their names, the root's too. What is no project is no member. Throws `invalid-project`. */
export async function membersOf({
  document,
  folder,
  folders,
}: UvWorkspace): Promise<ReadonlyMap<PackageName, string>> {
  const { parse } = await import("smol-toml");
  const members = new Map<PackageName, string>();
  const add = (value: unknown, where: string) => {
    const name = nameIn(value);
    if (name !== undefined && !members.has(name)) members.set(name, where);
  };
  add(document.value, folder);
  for (const each of folders) {
    const path = join(each, "pyproject.toml");
    const text = await readNamedText(path).catch(() => "");
    try {
      add(parse(text), each);
    } catch {
      // Says the line. A member that can't be read is not one that is not there.
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
