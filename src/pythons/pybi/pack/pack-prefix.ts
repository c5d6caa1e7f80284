import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import type { Reporter } from "../../../report/reporter.ts";
import { asPosyError, sha256Of, sha256OfFile } from "../../../system/fs/index.ts";
import { type NewZipMember, writeZip } from "../../../system/archives/index.ts";
import { parseBuildTag, parsePybiFilename } from "../../../vocab/filenames/index.ts";
import { parsePackageName } from "../../../vocab/requirement/index.ts";
import {
  formatPybiFile,
  formatPybiMetadata,
  formatRecord,
  type RecordRow,
} from "../../../vocab/metadata/index.ts";
import { parseVersion } from "../../../vocab/version/index.ts";
import type { Interpreter } from "../../../model/index.ts";
import { describePacked } from "./describe-packed.ts";
import { platformTagOf, type TagReason } from "./platform-tag-of.ts";
import { type PrefixAnswer, probePrefix } from "./probe-prefix.ts";
import { sitePackagesFile } from "./debian-layout.ts";
import { relocatePacked } from "./relocate-packed.ts";
import { type Selection, selectFiles } from "./select-files.ts";
import type { DropReason, Keepable } from "./unwanted.ts";
import { type Libraries, type Vendored, vendorLibraries } from "./vendor-libraries.ts";

export interface PackOptions {
  /** The folder that a Python was installed to, or its executable. */
  readonly prefix: string;
  /** The folder that the pybi is written to. */
  readonly output: string;
  /** `cpython`, `pypy`; `cpython-freethreaded` for such a build, which would have the same file name otherwise. */
  readonly name?: string;
  /** The interpreter's own. */
  readonly version?: string;
  readonly build?: string;
  /** A platform tag that promises less than could be: `manylinux_2_39_x86_64`. */
  readonly platform?: string;
  readonly keep?: readonly Keepable[];
  readonly reporter: Reporter;
}

export interface Packed {
  readonly path: string;
  readonly filename: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly platformTag: string;
  /** Which file wants so much, and for which symbols. */
  readonly platformReason?: TagReason;
  readonly vendored: readonly Vendored[];
  readonly dropped: Readonly<Partial<Record<DropReason, { files: number; bytes: number }>>>;
  readonly warnings: readonly string[];
}

/**
 * Makes a relocatable pybi (PEP 711) of an installed interpreter. The same prefix gives the same bytes. Linux only.
 * Throws `not-found`, `invalid-interpreter`, `usage`, `unknown-platform`, and what the disk says.
 */
export async function packPrefix(options: PackOptions): Promise<Packed> {
  const { output, reporter } = options;
  const keep = new Set(options.keep);
  reporter.report({ kind: "stage", stage: "probe", state: "start", detail: options.prefix });
  const answer = await probePrefix(options.prefix);
  reporter.report({ kind: "stage", stage: "probe", state: "end" });
  if (answer.markers["sys_platform"] !== "linux") {
    throw new PosyError("unknown-platform", "only Pythons for Linux can be packed yet", {
      hint: "`posy pybi convert` makes pybis of distributions for other systems",
    });
  }
  try {
    const selection = selectFiles(answer, keep);
    const libraries = vendorLibraries(selection.entries, answer.multiarch, !keep.has("debug"));
    const platform = platformTagOf(libraries, answer, options.platform);
    const interpreter = describePacked(answer, selection, platform.tag);
    const naming = namingOf(options, answer, interpreter);
    const warnings = [...selection.warnings, ...libraries.warnings, ...limitsOf(interpreter)];
    for (const message of warnings) reporter.report({ kind: "warning", message, key: message });
    const path = join(output, naming.filename);
    await writeZip(path, members({ answer, selection, libraries, interpreter, naming }));
    return {
      path,
      filename: naming.filename,
      sha256: await sha256OfFile(path),
      size: (await stat(path)).size,
      platformTag: platform.tag,
      ...(platform.reason === undefined ? {} : { platformReason: platform.reason }),
      vendored: libraries.vendored,
      dropped: selection.dropped,
      warnings,
    };
  } catch (error) {
    throw asPosyError(error, `packing \`${options.prefix}\``);
  }
}

interface Naming {
  readonly filename: string;
  readonly name: string;
  readonly version: string;
  readonly build: string | undefined;
}

function namingOf(options: PackOptions, answer: PrefixAnswer, interpreter: Interpreter): Naming {
  const { implementation, freeThreaded, platformTags, markers } = interpreter;
  const name = parsePackageName(options.name ?? `${implementation}${freeThreaded ? "-freethreaded" : ""}`);
  const version = parseVersion(options.version ?? interpreter.version).text;
  // Several releases of PyPy are of one version of Python.
  const release = answer.implementation === "cpython" ? undefined : markers.implementation_version;
  const build = options.build ?? release;
  if (build !== undefined && !/^\d[\w.]*$/.test(build)) {
    throw new PosyError("usage", `\`${build}\` is no build tag`, { hint: "it begins with a digit: `1`" });
  }
  const parts = [
    name.replaceAll("-", "_"),
    version.replaceAll("-", "_"),
    ...(build ? [build] : []),
    platformTags.join("."),
  ];
  const filename = `${parts.join("-")}.pybi`;
  parsePybiFilename(filename);
  return { filename, name, version, build };
}

interface Packing {
  readonly answer: PrefixAnswer;
  readonly selection: Selection;
  readonly libraries: Libraries;
  readonly interpreter: Interpreter;
  readonly naming: Naming;
}

/** The archive's members in their order: the tree by path, and what a reader asks for first at the end. */
function* members({ answer, selection, libraries, interpreter, naming }: Packing): Generator<NewZipMember> {
  const rows: RecordRow[] = [];
  const file = (path: string, data: Uint8Array, executable = false): NewZipMember => {
    rows.push({ path, hash: { algorithm: "sha256", digest: sha256Of(data) }, size: data.length });
    return { path, mode: executable ? 0o755 : 0o644, kind: "file", data };
  };
  const site = selection.debian ? sitePackagesFile(selection.packages) : undefined;
  const added = new Map<string, Uint8Array>(site === undefined ? [] : [[site.path, Buffer.from(site.text)]]);
  for (const { path } of libraries.vendored)
    added.set(path, libraries.contents.get(path) ?? new Uint8Array());
  const entries = new Map(selection.entries.map((entry) => [entry.path, entry]));
  for (const path of [...added.keys(), ...entries.keys()].sort()) {
    const extra = added.get(path);
    if (extra !== undefined) {
      yield file(path, extra, path.startsWith("lib/lib"));
      continue;
    }
    const entry = entries.get(path);
    if (entry?.kind === "symlink") {
      rows.push({ path, symlink: entry.target });
      yield { path, mode: 0o777, kind: "symlink", data: entry.target };
    } else if (entry !== undefined) {
      const content =
        libraries.contents.get(path) ?? relocatePacked(path, readFileSync(entry.source), answer, interpreter);
      yield file(path, content, entry.executable);
    }
  }
  const build = naming.build === undefined ? undefined : parseBuildTag(naming.build);
  const metadata = {
    name: parsePackageName(naming.name),
    version: parseVersion(naming.version),
    markers: interpreter.markers,
    paths: interpreter.paths,
    wheelTags: interpreter.wheelTags,
  };
  const tags = interpreter.platformTags;
  yield file(
    "pybi-info/PYBI",
    Buffer.from(formatPybiFile({ tags, ...(build === undefined ? {} : { build }) })),
  );
  yield file("pybi-info/METADATA", Buffer.from(formatPybiMetadata(metadata)));
  rows.push({ path: "pybi-info/RECORD" });
  yield { path: "pybi-info/RECORD", mode: 0o644, kind: "file", data: Buffer.from(formatRecord(rows)) };
}

/** What holds for other Pythons and not for this one. */
function limitsOf({ version }: Interpreter): readonly string[] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major === 2) {
    return [
      "Python 2 reads no `pyvenv.cfg`: this pybi runs where it is unpacked, but Envs can't be made of it; it has no `implementation_name` (PEP 508), `abi3` or `py3` wheels, and its pip takes no newer wheels than `manylinux2014`",
    ];
  }
  if (minor < 7) {
    return [
      `Python ${major}.${minor} is older than what PEP 711 was written for: its ABI tag has an \`m\`, and the pip that it brings knows wheels up to \`manylinux2010\` only`,
    ];
  }
  return [];
}
