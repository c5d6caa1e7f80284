import { type ApplicationTree, type FileSource, type TreeEntry, bytesOf } from "../tree/index.ts";

type FileEntry = TreeEntry & { readonly kind: "file" };

/** Longer texts are not licences. Bytes. */
const largest = 2 ** 20;

/**
 * Returns the licences of the interpreter and of all packages as one text: the fields of the metadata that name a
 * licence, and the licence files that packages bring in `.dist-info` (PEP 639).
 */
export async function licencesText(tree: ApplicationTree): Promise<string> {
  const { target, sitePackages } = tree;
  const files = tree.entries.filter((entry): entry is FileEntry => entry.kind === "file");
  const byOwner = new Map<string, FileEntry[]>();
  for (const file of files) {
    const list = byOwner.get(file.owner);
    if (list === undefined) byOwner.set(file.owner, [file]);
    else list.push(file);
  }
  const python = tree.python === "" ? [] : [{ name: "python", version: target.python.version }];
  const parts: string[] = [];
  for (const { name, version } of [...python, ...target.packages]) {
    const owned = byOwner.get(name) ?? [];
    const metadata = owned.find(
      ({ path }) => path.startsWith(sitePackages) && path.endsWith(".dist-info/METADATA"),
    );
    const fields = metadata === undefined ? [] : licenceFields(await textOf(metadata.source));
    parts.push(`${"=".repeat(78)}\n${name} ${version}\n${fields.map((field) => `${field}\n`).join("")}`);
    for (const file of owned.filter(({ path }) => isLicence(path, sitePackages))) {
      const text = await textOf(file.source);
      if (text.length <= largest) parts.push(`\n${"-".repeat(78)}\n${file.path}\n\n${text.trimEnd()}\n`);
    }
    parts.push("\n");
  }
  return parts.join("");
}

function isLicence(path: string, sitePackages: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const prefix = sitePackages === "" ? "" : `${sitePackages}/`;
  if (!path.startsWith(prefix)) return /^(LICEN[CS]E)(\.(txt|md|rst))?$/i.test(name);
  const inside = path.slice(prefix.length);
  if (/^[^/]+\.dist-info\/licenses\//.test(inside)) return true;
  return /^[^/]+\.dist-info\/(licen[cs]e|copying|notice|copyright|authors)[^/]*$/i.test(inside);
}

function licenceFields(metadata: string): readonly string[] {
  const [head = ""] = metadata.replaceAll("\r", "").split("\n\n", 1);
  return head.split("\n").filter((line) => /^(License(?!-File:)|Classifier: License ::)/.test(line));
}

async function textOf(source: FileSource): Promise<string> {
  return new TextDecoder().decode(await bytesOf(source)).replaceAll("\r\n", "\n");
}
