import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import type { Reporter } from "../../../report/reporter.ts";
import { asPosyError, sha256Of, sha256OfFile } from "../../../system/fs/index.ts";
import { type NewZipMember, writeZip } from "../../../system/archives/index.ts";
import { parseBuildTag } from "../../../vocab/filenames/index.ts";
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
  /** By default `cpython`, `pypy`, or `cpython-freethreaded`: otherwise both builds would have the same file name. */
  readonly name?: string;
  /** By default the version of the interpreter. */
  readonly version?: string;
  readonly build?: string;
  /** A platform tag with a higher level than is needed: `manylinux_2_39_x86_64`. */
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
  /** Which file needs the level of the platform tag, and for which symbols. */
  readonly platformReason?: TagReason;
  readonly vendored: readonly Vendored[];
  readonly dropped: Readonly<Partial<Record<DropReason, { files: number; bytes: number }>>>;
  readonly warnings: readonly string[];
}

/**
 * Makes a relocatable pybi (PEP 711) from an installed interpreter. The same prefix gives the same bytes. Linux only.
 * Throws `not-found`, `invalid-interpreter`, `usage`, `unknown-platform`, and errors of the file system.
 */
export async function packPrefix(options: PackOptions): Promise<Packed> {
  const { output, reporter } = options;
  const keep = new Set(options.keep);
  // Windows has no Python for Linux, and its Pythons are not where the probe looks.
  if (process.platform === "win32") throw notOfLinux();
  reporter.report({ kind: "stage", stage: "probe", state: "start", detail: options.prefix });
  const answer = await probePrefix(options.prefix).finally(() => {
    reporter.report({ kind: "stage", stage: "probe", state: "end" });
  });
  if (answer.markers["sys_platform"] !== "linux") throw notOfLinux();
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

function notOfLinux(): PosyError {
  return new PosyError("unknown-platform", "only Pythons for Linux can be packed", {
    hint: "`posy pybi convert` makes pybis from archives of Python for other systems",
  });
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
  // Several releases of PyPy implement one version of Python, so PyPy's version is the build tag.
  const release = answer.implementation === "cpython" ? undefined : markers.implementation_version;
  const build = options.build ?? release;
  if (build !== undefined && !/^\d[\w.]*$/.test(build)) {
    throw new PosyError("usage", `\`${build}\` is not a build tag`, {
      hint: "a build tag begins with a digit: `1`",
    });
  }
  const parts = [
    name.replaceAll("-", "_"),
    version.replaceAll("-", "_"),
    ...(build ? [build] : []),
    platformTags.join("."),
  ];
  const filename = `${parts.join("-")}.pybi`;
  return { filename, name, version, build };
}

interface Packing {
  readonly answer: PrefixAnswer;
  readonly selection: Selection;
  readonly libraries: Libraries;
  readonly interpreter: Interpreter;
  readonly naming: Naming;
}

/** Yields the archive's members: the tree sorted by path, then `pybi-info/`, so that one range request reads it. */
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
    const entry = entries.get(path);
    if (extra !== undefined) {
      yield file(path, extra, path.startsWith("lib/lib"));
    } else if (entry?.kind === "symlink") {
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

/** Returns warnings about limits of old Pythons. */
function limitsOf({ version }: Interpreter): readonly string[] {
  const [major, minor] = version.split(".").map(Number) as [number, number];
  if (major === 2) {
    return [
      "Python 2 does not read `pyvenv.cfg`, so no environment can be made with it: this pybi only runs where it is unpacked; it has no `implementation_name` (PEP 508), it can't use `abi3` or `py3` wheels, and its pip accepts wheels up to `manylinux2014`",
    ];
  }
  if (minor < 7) {
    return [
      `Python ${major}.${minor} is older than the Pythons of PEP 711: its ABI tag has an \`m\`, and its bundled pip accepts wheels up to \`manylinux2010\``,
    ];
  }
  return [];
}
