import { createHash } from "node:crypto";
import { type ZipMember, type ZipShape, writeZip } from "./zip-writer.ts";

export interface PybiRecipe {
  /** Default `3.13.5`. */
  readonly version?: string;
  /** Platform tag of the file name. Default: manylinux_2_17 for the processor of this machine. */
  readonly platformTag?: string;
  /** Files in addition to `bin/python`, a shell script that prints `fake` and its arguments. */
  readonly files?: Readonly<Record<string, string | Omit<ZipMember, "path">>>;
  /** Link targets by path, for the zip and for RECORD. */
  readonly links?: Readonly<Record<string, string>>;
  /** Additional lines of METADATA. */
  readonly metadata?: readonly string[];
  readonly paths?: Readonly<Record<string, string>>;
  readonly pybi?: string;
  readonly record?: (rows: readonly string[]) => readonly string[] | undefined;
  /** Additional members that are not in RECORD. */
  readonly extra?: readonly ZipMember[];
  readonly shape?: ZipShape;
}

/** Makes a pybi (PEP 711) in memory, correct except for what the recipe changes. Its Python is a shell script. */
export function makePybi(recipe: PybiRecipe = {}): { filename: string; bytes: Buffer } {
  const version = recipe.version ?? "3.13.5";
  const minor = version.split(".").slice(0, 2).join(".");
  const nodot = minor.replace(".", "");
  const host = process.arch === "arm64" ? "aarch64" : "x86_64";
  const platformTag = recipe.platformTag ?? `manylinux_2_17_${host}`;
  const architecture = /_(x86_64|aarch64)$/.exec(platformTag)?.[1] ?? host;
  const members: ZipMember[] = [
    { path: "bin/python", data: '#!/bin/sh\necho fake "$@"\n', mode: 0o100755 },
    { path: `lib/python${minor}/os.py`, data: "# the standard library\n" },
    { path: `lib/python${minor}/site-packages/README`, data: "" },
    ...Object.entries(recipe.files ?? {}).map(([path, file]) =>
      typeof file === "string" ? { path, data: file } : { path, ...file },
    ),
    ...Object.entries(recipe.links ?? {}).map(([path, target]) => ({ path, data: target, mode: 0o120777 })),
    { path: "pybi-info/METADATA", data: metadataText(version, minor, nodot, architecture, recipe) },
    {
      path: "pybi-info/PYBI",
      data: recipe.pybi ?? `Pybi-Version: 1.0\nGenerator: make-pybi\nTag: ${platformTag}\n`,
    },
  ];
  const honest = [...members.map(recordRow), "pybi-info/RECORD,,"];
  const rows = recipe.record ? recipe.record(honest) : honest;
  if (rows) members.push({ path: "pybi-info/RECORD", data: rows.map((row) => `${row}\n`).join("") });
  return {
    filename: `cpython_unofficial-${version}-${platformTag}.pybi`,
    bytes: writeZip([...members, ...(recipe.extra ?? [])], recipe.shape),
  };
}

function recordRow(member: ZipMember): string {
  const data = Buffer.from(member.data ?? "");
  if (((member.mode ?? 0) & 0o170000) === 0o120000)
    return `${String(member.path)},symlink=${data.toString()},`;
  return `${String(member.path)},sha256=${createHash("sha256").update(data).digest("base64url")},${data.length}`;
}

function metadataText(
  version: string,
  minor: string,
  nodot: string,
  architecture: string,
  recipe: PybiRecipe,
): string {
  const markers = {
    implementation_name: "cpython",
    implementation_version: version,
    os_name: "posix",
    platform_machine: architecture,
    platform_python_implementation: "CPython",
    platform_system: "Linux",
    python_full_version: version,
    python_version: minor,
    sys_platform: "linux",
  };
  const paths = {
    stdlib: `lib/python${minor}`,
    platstdlib: `lib/python${minor}`,
    purelib: `lib/python${minor}/site-packages`,
    platlib: `lib/python${minor}/site-packages`,
    include: `include/python${minor}`,
    platinclude: `include/python${minor}`,
    scripts: "bin",
    data: ".",
    ...recipe.paths,
  };
  return [
    "Metadata-Version: 2.2",
    "Name: cpython_unofficial",
    `Version: ${version}`,
    `Pybi-Environment-Marker-Variables: ${JSON.stringify(markers)}`,
    `Pybi-Paths: ${JSON.stringify(paths)}`,
    `Pybi-Wheel-Tag: cp${nodot}-cp${nodot}-PLATFORM`,
    `Pybi-Wheel-Tag: cp${nodot}-abi3-PLATFORM`,
    "Pybi-Wheel-Tag: py3-none-any",
    ...(recipe.metadata ?? []),
    "",
    "",
  ].join("\n");
}
