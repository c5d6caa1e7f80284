import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { posix } from "node:path";
import type { OwnFile } from "./own-file.ts";

/** An entry of an Env. */
export type TreeNode = FolderNode | LinkNode | OwnNode;

export interface FolderNode {
  readonly kind: "folder";
  readonly children: Map<string, TreeNode>;
}

/** A link to a file or folder of the store. */
interface LinkNode {
  readonly kind: "link";
  readonly target: string;
  readonly isFolder: boolean;
  readonly owner: string;
}

/** A file that is written into the Env and not linked. */
interface OwnNode {
  readonly kind: "own";
  readonly owner: string;
  readonly file: OwnFile;
}

export interface LinkTreeOptions {
  /** Whether the disk can have links to folders. Otherwise all folders are real, and only files are linked. */
  readonly linksFolders: boolean;
  /** Whether the folder at this path is never linked as a whole. */
  readonly mustBeReal: (path: string) => boolean;
  /** Called when two wheels have different files at one path; the file of the first wheel is kept. */
  readonly conflict: (path: string, kept: string, dropped: string) => void;
  /** Whether names that differ only in case are the same. */
  readonly foldNames: boolean;
  /** Whether nothing may be written at this path, because it is in a shared store. */
  readonly isReadOnly?: (path: string) => boolean;
}

/**
 * What an Env consists of, before anything is written: folders of wheels linked as a whole where one wheel has them,
 * real folders with links inside, as deep as needed, where several do. Wheels are added in a fixed order and the
 * first keeps a file that two claim, so the same wheels always make the same tree.
 */
export class LinkTree {
  readonly root: FolderNode = folder();
  readonly #options: LinkTreeOptions;

  constructor(options: LinkTreeOptions) {
    this.#options = options;
  }

  /** Adds an empty folder, unless it exists. */
  addFolder(path: string): void {
    this.#slotFor(`${path}/`, "posy");
  }

  /**
   * Adds a `__pycache__` to each real folder that has Python sources. If the sources come from one folder of the
   * store, it is a link to the `__pycache__` there, so that all Envs share the bytecode. Otherwise, or if folders
   * cannot be linked, it is a folder of the Env. With it in place, writing bytecode never changes the folder of the
   * sources.
   */
  addBytecodeFolders(node = this.root): void {
    const sources = [...node.children].filter(
      ([name, child]) => name.endsWith(".py") && child.kind !== "folder",
    );
    for (const child of node.children.values()) if (child.kind === "folder") this.addBytecodeFolders(child);
    if (sources.length === 0 || node.children.has("__pycache__")) return;
    const stored = this.#options.linksFolders ? storeFolderOf(sources.map(([, child]) => child)) : undefined;
    const target = stored === undefined ? undefined : `${stored}/__pycache__`;
    const isThere =
      target !== undefined && (this.#isReadOnly(target) ? existsSync(target) : makeFolder(target));
    if (isThere) {
      node.children.set("__pycache__", { kind: "link", target, isFolder: true, owner: "posy" });
    } else {
      node.children.set("__pycache__", folder());
    }
  }

  /**
   * Returns the paths of the real folders to which nothing may be added: "" for the root. A folder below `packages`
   * counts only if several wheels share it. Those of a single wheel stay writable, since programs copy folders of
   * templates together with their mode; only `.dist-info` folders are in `readOnly`.
   */
  sealedFolders(packages: string): {
    readonly sealed: readonly string[];
    readonly readOnly: readonly string[];
  } {
    const sealed: string[] = [];
    const readOnly: string[] = [];
    const visit = (node: FolderNode, path: string): void => {
      const isShared =
        !path.startsWith(`${packages}/`) || storeFolderOf([...node.children.values()]) === undefined;
      if (isShared) sealed.push(path);
      else if (/^[^/]+\.dist-info(\/|$)/.test(path.slice(packages.length + 1))) readOnly.push(path);
      for (const [name, child] of node.children) {
        if (child.kind === "folder" && name !== "__pycache__")
          visit(child, path === "" ? name : `${path}/${name}`);
      }
    };
    visit(this.root, "");
    return { sealed, readOnly };
  }

  /** Adds a file that is not a link to the store, unless the path is taken. */
  addOwn(path: string, owner: string, file: OwnFile): void {
    const slot = this.#slotFor(path, owner);
    if (slot === undefined) return;
    const [parent, name] = slot;
    const before = parent.children.get(name);
    if (before === undefined) parent.children.set(name, { kind: "own", owner, file });
    else this.#options.conflict(path, ownerOf(before), owner);
  }

  /** Adds a link to a file or folder of the store; with `deep`, every file below it gets a link of its own. */
  add(path: string, target: string, isFolder: boolean, owner: string, deep = false): void {
    const slot = this.#slotFor(path, owner);
    if (slot === undefined) return;
    const [parent, name] = slot;
    const before = parent.children.get(name);
    if (before === undefined) {
      if (isFolder && (deep || !this.#options.linksFolders || this.#options.mustBeReal(path))) {
        parent.children.set(name, folder());
        this.#addChildren(path, target, owner, deep);
      } else {
        parent.children.set(name, { kind: "link", target, isFolder, owner });
      }
    } else if (isFolder && (before.kind === "folder" || (before.kind === "link" && before.isFolder))) {
      if (before.kind === "link") this.#expand(path, parent, name, before);
      this.#addChildren(path, target, owner, deep);
    } else if (!isSame(before, target, isFolder)) {
      this.#options.conflict(path, ownerOf(before), owner);
    }
  }

  #isReadOnly(path: string): boolean {
    return this.#options.isReadOnly?.(path) ?? false;
  }

  /** Returns the folder of `path`, made real, and the name in it; undefined if a file is in the way. */
  #slotFor(path: string, owner: string): [FolderNode, string] | undefined {
    const names = path.split("/");
    let parent = this.root;
    for (let depth = 0; depth < names.length - 1; depth++) {
      const name = this.#nameIn(parent, names[depth] as string);
      const parentPath = names.slice(0, depth + 1).join("/");
      const child = parent.children.get(name) ?? folder();
      parent.children.set(name, child);
      const next =
        child.kind === "link" && child.isFolder ? this.#expand(parentPath, parent, name, child) : child;
      if (next.kind !== "folder") {
        this.#options.conflict(parentPath, ownerOf(next), owner);
        return undefined;
      }
      parent = next;
    }
    return [parent, this.#nameIn(parent, names.at(-1) as string)];
  }

  #nameIn(parent: FolderNode, name: string): string {
    if (!this.#options.foldNames || parent.children.has(name)) return name;
    const folded = name.toLowerCase();
    for (const other of parent.children.keys()) if (other.toLowerCase() === folded) return other;
    return name;
  }

  #expand(path: string, parent: FolderNode, name: string, link: LinkNode): FolderNode {
    const real = folder();
    parent.children.set(name, real);
    this.#addChildren(path, link.target, link.owner, false);
    return real;
  }

  #addChildren(path: string, target: string, owner: string, deep: boolean): void {
    for (const child of readdirSync(target, { withFileTypes: true })) {
      // `addBytecodeFolders` decides where the bytecode of this folder is.
      if (child.name === "__pycache__" && child.isDirectory()) continue;
      this.add(`${path}/${child.name}`, `${target}/${child.name}`, child.isDirectory(), owner, deep);
    }
  }
}

function folder(): FolderNode {
  return { kind: "folder", children: new Map() };
}

/**
 * Returns the folder of the store that all links lead into; undefined if they lead into several or some entry is
 * neither a link nor a folder.
 */
function storeFolderOf(nodes: readonly TreeNode[]): string | undefined {
  const folders = new Set<string | undefined>();
  for (const node of nodes) {
    if (node.kind === "own") folders.add(undefined);
    if (node.kind === "link") folders.add(posix.dirname(node.target));
  }
  return folders.size === 1 ? [...folders][0] : undefined;
}

/** Makes a folder if it does not exist. Returns false if that is impossible, because the store is read-only. */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true });
    return true;
  } catch {
    return false;
  }
}

function ownerOf(node: TreeNode): string {
  if (node.kind !== "folder") return node.owner;
  for (const child of node.children.values()) return ownerOf(child);
  return "posy";
}

/**
 * Whether dropping the second file loses nothing: both have the same content, or both are an `__init__.py` that
 * declares a namespace package in the style that preceded PEP 420.
 */
function isSame(before: TreeNode, target: string, isFolder: boolean): boolean {
  if (before.kind !== "link" || before.isFolder || isFolder) return false;
  const both = [before.target, target] as const;
  const isInit = target.endsWith("/__init__.py");
  if (!isInit && statSync(both[0]).size !== statSync(both[1]).size) return false;
  const [a, b] = [readFileSync(both[0]), readFileSync(both[1])];
  return a.equals(b) || (isInit && declaresNamespace(a) && declaresNamespace(b));
}

function declaresNamespace(source: Buffer): boolean {
  return source.length < 4096 && (source.includes("extend_path") || source.includes("declare_namespace"));
}
