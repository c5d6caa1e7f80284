import { parseMemberName } from "../zip/member-name.ts";

export interface XarChecksum {
  /** The name in `node:crypto`: `sha1`, `sha256`, `sha512`. */
  readonly algorithm: string;
  readonly digest: string;
}

/** A file of a xar archive; folders are not listed. Offsets count from the heap. */
export interface XarEntry {
  readonly path: string;
  readonly offset: number;
  /** The number of bytes in the archive (`length`) and unpacked (`size`). */
  readonly length: number;
  readonly size: number;
  readonly encoding: "stored" | "zlib";
  readonly archived: XarChecksum;
  readonly extracted: XarChecksum;
}

export interface XarToc {
  readonly entries: readonly XarEntry[];
  /** The position of the table's checksum in the heap. */
  readonly checksum: { readonly algorithm: string; readonly offset: number; readonly size: number };
}

/** An XML element with its children and its text. */
interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Node[];
  text: string;
}

const most = { depth: 64, nodes: 1_000_000 };

/** Parses the table of contents of a xar archive (XML). Throws an `Error` with the reason. */
export async function parseXarToc(xml: string): Promise<XarToc> {
  const toc = child(child(await parseXml(xml), "xar"), "toc");
  const checksum = child(toc, "checksum");
  const entries: XarEntry[] = [];
  const walk = (folder: Node, prefix: string): void => {
    for (const file of folder.children.filter(({ name }) => name === "file")) {
      const parsed = parseMemberName(`${prefix}${child(file, "name").text}`, "safe");
      if ("refused" in parsed)
        throw new Error(`its member ${JSON.stringify(prefix + child(file, "name").text)} ${parsed.refused}`);
      const kind = child(file, "type").text;
      if (kind === "directory") walk(file, `${parsed.path}/`);
      else if (kind === "file") entries.push(...entryOf(file, parsed.path));
      else throw new Error(`its member ${JSON.stringify(parsed.path)} is neither a file nor a folder`);
    }
  };
  walk(toc, "");
  const seen = new Set<string>();
  for (const { path } of entries) {
    if (seen.has(path)) throw new Error(`its member ${JSON.stringify(path)} is there twice`);
    seen.add(path);
  }
  const algorithm = algorithmOf(checksum);
  return {
    entries,
    checksum: { algorithm, offset: number(checksum, "offset"), size: number(checksum, "size") },
  };
}

/** Returns the entry of a file, or nothing for an empty file, which has no data. */
function entryOf(file: Node, path: string): readonly XarEntry[] {
  const data = file.children.find(({ name }) => name === "data");
  if (data === undefined) return [];
  const style = child(data, "encoding").attributes["style"] ?? "";
  const encoding = encodings[style];
  if (encoding === undefined)
    throw new Error(`its member ${JSON.stringify(path)} is compressed as ${JSON.stringify(style)}`);
  const checksum = (name: string): XarChecksum => {
    const node = child(data, name);
    return { algorithm: algorithmOf(node), digest: node.text.trim().toLowerCase() };
  };
  return [
    {
      path,
      offset: number(data, "offset"),
      length: number(data, "length"),
      size: number(data, "size"),
      encoding,
      archived: checksum("archived-checksum"),
      extracted: checksum("extracted-checksum"),
    },
  ];
}

const encodings: Readonly<Record<string, XarEntry["encoding"]>> = {
  "application/octet-stream": "stored",
  // The format that xar calls gzip is zlib's.
  "application/x-gzip": "zlib",
};

function algorithmOf({ attributes }: Node): string {
  const style = (attributes["style"] ?? "").toLowerCase().replace("-", "");
  if (/^(sha1|sha256|sha512)$/.test(style)) return style;
  throw new Error(`it has checksums of an unknown kind: ${JSON.stringify(style)}`);
}

function child(node: Node, wanted: string): Node {
  const found = node.children.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`its table of contents has no ${JSON.stringify(wanted)}`);
  return found;
}

function number(node: Node, name: string): number {
  const value = Number(child(node, name).text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`its table of contents has an invalid ${name}`);
  return value;
}

async function parseXml(xml: string): Promise<Node> {
  const { Parser } = await import("htmlparser2");
  const root: Node = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  let nodes = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const node: Node = { name, attributes, children: [], text: "" };
        if (++nodes > most.nodes || open.length > most.depth)
          throw new Error("its table of contents is too large");
        open.at(-1)?.children.push(node);
        open.push(node);
      },
      ontext(text) {
        const node = open.at(-1);
        if (node !== undefined) node.text += text;
      },
      onclosetag() {
        open.pop();
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(xml);
  return root;
}
