import { writeFile } from "node:fs/promises";
import { openZipFile, type ZipFile } from "../../../system/archives/index.ts";
import { temporaryPath } from "../../../system/fs/index.ts";
import { parseVersion } from "../../../vocab/version/index.ts";
import type { PlatformName } from "../../../vocab/tags/index.ts";
import { describeInterpreter } from "../../compatibility/index.ts";
import type { Interpreter } from "../../../model/index.ts";
import type { Distribution } from "./distribution.ts";
import {
  embeddableTreePath,
  type TreeMember,
  writeTreeMembers,
  windowsTreePath,
} from "../../extract/index.ts";

const nugetPlatforms: Readonly<Record<string, PlatformName>> = {
  "": "windows-x86_64",
  x86: "windows-x86",
  arm64: "windows-arm64",
};

const embeddablePlatforms: Readonly<Record<string, PlatformName>> = {
  amd64: "windows-x86_64",
  win32: "windows-x86",
  arm64: "windows-arm64",
};

/** Recognizes a NuGet package: `python.3.13.5.nupkg`, `pythonx86.…`, `pythonarm64.…`, `python-freethreaded.…`. */
export function nugetPackage(filename: string): Distribution | undefined {
  const [, architecture = "", free, version = ""] =
    /^python(x86|arm64|)(-freethreaded|)\.(\d+\.\d+\.\d+(?:-?(?:a|b|rc)\d+)?)\.nupkg$/i.exec(filename) ?? [];
  const platform = nugetPlatforms[architecture.toLowerCase()];
  if (version === "" || platform === undefined) return undefined;
  const freeThreaded = free !== "";
  const interpreter = describeInterpreter(parseVersion(version), platform, { freeThreaded });
  return {
    kind: "NuGet package",
    interpreter,
    warnings: [],
    extract: (archivePath, into) =>
      withZip(archivePath, filename, (zip) =>
        writeTreeMembers(members(zip, "tools/", windowsTreePath), interpreter, filename, into),
      ),
  };
}

/** Recognizes an embeddable zip: `python-3.13.5-embed-amd64.zip`. */
export function embeddableZip(filename: string): Distribution | undefined {
  const [, version = "", architecture = ""] =
    /^python-(\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?)-embed-(amd64|win32|arm64)\.zip$/.exec(filename) ?? [];
  const platform = embeddablePlatforms[architecture];
  if (platform === undefined) return undefined;
  const interpreter = describeInterpreter(parseVersion(version), platform);
  return {
    kind: "embeddable zip",
    interpreter,
    warnings: ["its standard library is bytecode only; `ensurepip`, `venv` and the headers are missing"],
    extract: (archivePath, into) =>
      withZip(archivePath, filename, (zip) =>
        writeTreeMembers(embedded(zip, interpreter, into), interpreter, filename, into),
      ),
  };
}

async function withZip(path: string, label: string, use: (zip: ZipFile) => Promise<void>): Promise<void> {
  const zip = openZipFile(path, { label, names: "portable", foldNames: true });
  try {
    await use(zip);
  } finally {
    zip.close();
  }
}

function* members(
  zip: ZipFile,
  root: string,
  treePath: (path: string) => string | undefined,
): Generator<TreeMember> {
  for (const entry of zip.entries) {
    // NuGet percent-encodes names.
    const path = entry.path.startsWith(root) ? treePath(decoded(entry.path.slice(root.length))) : undefined;
    if (entry.kind !== "file" || path === undefined) continue;
    yield { path, executable: /\.(exe|dll|pyd)$/i.test(path), content: { bytes: zip.readSync(entry) } };
  }
}

function decoded(path: string): string {
  return path.replaceAll("%20", " ").replaceAll("%2B", "+");
}

/** Yields the members of the flat zip, and those of the inner zip with the standard library, as `Lib`. */
async function* embedded(zip: ZipFile, { version }: Interpreter, into: string): AsyncGenerator<TreeMember> {
  yield* members(zip, "", embeddableTreePath);
  const [major, minor] = version.split(".");
  const entry = zip.entry(`python${major}${minor}.zip`);
  if (entry === undefined) return;
  // `into` is in a folder for temporary files, which is removed as a whole.
  const inner = temporaryPath(`${into}/..`, "stdlib");
  await writeFile(inner, zip.readSync(entry), { flag: "wx" });
  const stdlib = openZipFile(inner, { label: entry.path, names: "portable", foldNames: true });
  try {
    yield* members(stdlib, "", (path) => (/(^|\/)__pycache__\//.test(path) ? undefined : `Lib/${path}`));
  } finally {
    stdlib.close();
  }
}
