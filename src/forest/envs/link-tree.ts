import { readdirSync, readFileSync, statSync } from "node:fs";

/** A place in an Env. */
type TreeNode = FolderNode | LinkNode | OwnNode;

export interface FolderNode {
  readonly kind: "folder";
  readonly children: Map<string, TreeNode>;
}

/** To a file or folder of the store. */
interface LinkNode {
  readonly kind: "link";
  readonly target: string;
  readonly isFolder: boolean;
  readonly owner: string;
}

/** A file that the Env writes by itself. */
interface OwnNode {
  readonly kind: "own";
  readonly owner: string;
}

export interface LinkTreeOptions {
  /** Folders that are never linked as a whole, by path. */
  readonly mustBeReal: (path: string) => boolean;
  /** Two wheels have a file at one place with different content: the first one's stays. */
  readonly conflict: (path: string, kept: string, dropped: string) => void;
  /** Names that differ in case only are one. */
  readonly foldNames: boolean;
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

  /** Keeps a place for a file of the Env's own. False where it is taken already. */
  reserve(path: string, owner: string): boolean {
    const at = this.#parent(path, owner);
    if (at === undefined) return false;
    const [parent, name] = at;
    const before = parent.children.get(name);
    if (before !== undefined) {
      this.#options.conflict(path, ownerOf(before), owner);
      return false;
    }
    parent.children.set(name, { kind: "own", owner });
    return true;
  }

  /** Places a file or folder of the store; with `deep` every file below is linked by itself. */
  add(path: string, target: string, isFolder: boolean, owner: string, deep = false): void {
    const at = this.#parent(path, owner);
    if (at === undefined) return;
    const [parent, name] = at;
    const before = parent.children.get(name);
    if (before === undefined) {
      if (isFolder && (deep || this.#options.mustBeReal(path))) {
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

  /** The folder that `path` lies in, made real; undefined where a file is in the way. */
  #parent(path: string, owner: string): [FolderNode, string] | undefined {
    const names = path.split("/");
    let at = this.root;
    for (let depth = 0; depth < names.length - 1; depth++) {
      const name = this.#nameIn(at, names[depth] as string);
      const here = names.slice(0, depth + 1).join("/");
      const found = at.children.get(name) ?? folder();
      at.children.set(name, found);
      const next = found.kind === "link" && found.isFolder ? this.#expand(here, at, name, found) : found;
      if (next.kind !== "folder") {
        this.#options.conflict(here, ownerOf(next), owner);
        return undefined;
      }
      at = next;
    }
    return [at, this.#nameIn(at, names.at(-1) as string)];
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
      // Bytecode of a real folder belongs to the Env: it must not land in one of several wheels.
      if (child.name === "__pycache__" && child.isDirectory()) continue;
      this.add(`${path}/${child.name}`, `${target}/${child.name}`, child.isDirectory(), owner, deep);
    }
  }
}

function folder(): FolderNode {
  return { kind: "folder", children: new Map() };
}

function ownerOf(node: TreeNode): string {
  if (node.kind !== "folder") return node.owner;
  for (const child of node.children.values()) return ownerOf(child);
  return "posy";
}

/** Whether nothing is lost: the same content, or two ways to say that a package is shared (PEP 420's forerunners). */
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
