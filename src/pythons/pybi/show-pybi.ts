import { PosyError } from "../../errors/posy-error.ts";
import { type ByteReader, openZip } from "../../system/archives/index.ts";
import type { MarkerEnvironment } from "../../vocab/requirement/index.ts";
import { parsePybiFile, parsePybiMetadata } from "../../vocab/metadata/index.ts";
import type { PybiPaths } from "../../model/index.ts";

/** The metadata of a pybi, and a summary of its contents. Plain JSON. */
export interface PybiSummary {
  readonly filename: string;
  /** Bytes of the archive. */
  readonly size: number;
  readonly name: string;
  readonly version: string;
  readonly build?: string;
  readonly platformTags: readonly string[];
  readonly markers: Partial<MarkerEnvironment>;
  readonly paths: PybiPaths;
  /** Best first. */
  readonly wheelTags: readonly string[];
  readonly files: number;
  readonly links: number;
  /** Bytes of all members, unpacked. */
  readonly unpackedSize: number;
}

const largestText = 2 ** 20;

/** Summarizes a pybi. Reads only its zip directory and `pybi-info/`. Throws `invalid-archive`, `invalid-pybi`. */
export async function showPybi(reader: ByteReader, filename: string): Promise<PybiSummary> {
  const zip = await openZip(reader, { label: filename, names: "portable" });
  const text = async (file: string) => {
    const entry = zip.entry(`pybi-info/${file}`);
    if (entry?.kind === "file") return new TextDecoder().decode(await zip.read(entry, largestText));
    throw new PosyError("invalid-pybi", `\`${filename}\` has no \`pybi-info/${file}\``, {
      hint: "a pybi is an archive in the format of PEP 711",
    });
  };
  const { name, version, markers, paths, wheelTags } = parsePybiMetadata(await text("METADATA"));
  const { tags, build } = parsePybiFile(await text("PYBI"));
  const count = (kind: string) => zip.entries.filter((entry) => entry.kind === kind).length;
  return {
    filename,
    size: reader.size,
    name,
    version: version.text,
    ...(build === undefined ? {} : { build: build.text }),
    platformTags: tags,
    markers,
    paths,
    wheelTags,
    files: count("file"),
    links: count("symlink"),
    unpackedSize: zip.entries.reduce((sum, { size }) => sum + size, 0),
  };
}
