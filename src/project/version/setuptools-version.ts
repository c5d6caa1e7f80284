import { join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { exists } from "../../system/fs/index.ts";
import type { TomlTable } from "../../toml/index.ts";
import { tableIn, textIn, type VersionManifest } from "./version-manifest.ts";
import { assignedVersion } from "./python-source.ts";
import { fromTag, tagTool } from "./tag-version.ts";
import { type FoundVersion, locationIn, readSource, type SourceFile } from "./version-location.ts";

/**
 * Finds the version that setuptools uses: `attr` or `file` of `[tool.setuptools.dynamic]`, or `version` of `setup.cfg`.
 * Throws `dynamic-version`.
 */
export async function setuptoolsVersion(manifest: VersionManifest): Promise<FoundVersion> {
  const { folder, tool } = manifest;
  const dynamic = tableIn(tool, "setuptools", "dynamic", "version");
  const packageDir = tableIn(tool, "setuptools", "package-dir");
  const attribute = textIn(dynamic, "attr");
  if (attribute !== undefined) return attributeVersion(attribute, folder, packageDir);
  const files = [dynamic["file"] ?? []].flat();
  const [file, second] = files;
  if (typeof file === "string" && second === undefined) return fileVersion(join(folder, file));
  const tag = tagTool(manifest);
  if (tag !== undefined) return fromTag(tag);
  const configuration = join(folder, "setup.cfg");
  if (await exists(configuration)) {
    const found = await configuredVersion(await readSource(configuration, "setup.cfg"), folder);
    if (found !== undefined) return found;
  }
  if (await exists(join(folder, "setup.py"))) {
    return { source: "from `setup.py`", hint: () => "change the version in `setup.py`" };
  }
  throw new PosyError("dynamic-version", `nothing says the version of the project in \`${folder}\``, {
    hint: 'write `version = "0.1.0"` into `[project]` of `pyproject.toml`',
  });
}

/** Finds `version` of `[metadata]` in a `setup.cfg`: a version, `attr:` or `file:`. */
async function configuredVersion(file: SourceFile, folder: string): Promise<FoundVersion | undefined> {
  const section = /^\[metadata\][^\n]*\n(?<body>(?:(?!\[)[^\n]*\n?)*)/dm.exec(file.text)?.indices?.groups?.[
    "body"
  ];
  if (section === undefined) return undefined;
  const pattern = /^version[ \t]*[=:][ \t]*(?<value>[^\s#;](?:[^\n\r]*[^\s])?)[ \t]*\r?$/dm;
  const span = pattern.exec(file.text.slice(...section))?.indices?.groups?.["value"];
  if (span === undefined) return undefined;
  const [start, end] = [section[0] + span[0], section[0] + span[1]];
  const value = file.text.slice(start, end);
  const [, kind, target = ""] = /^(attr|file):\s*(.*)$/.exec(value) ?? [];
  if (kind === undefined) return locationIn(file, start, end);
  if (kind === "file") return fileVersion(join(folder, target));
  const root = /^package_dir\s*=\s*(?:\n\s*)?=\s*(\S+)/m.exec(file.text)?.[1];
  return attributeVersion(target, folder, root === undefined ? {} : { "": root });
}

/** Finds the only line of a file. */
async function fileVersion(path: string): Promise<FoundVersion> {
  const file = await readSource(path, "file");
  const start = file.text.length - file.text.trimStart().length;
  return locationIn(file, start, Math.max(start, file.text.trimEnd().length));
}

/** Finds `package.module.NAME` as setuptools does: with `package-dir`, in `src`, or in the project's folder. */
async function attributeVersion(
  attribute: string,
  folder: string,
  packageDir: TomlTable,
): Promise<FoundVersion> {
  const parts = attribute.split(".");
  const name = parts.pop() ?? "";
  const [top = "", ...rest] = parts;
  const mapped = textIn(packageDir, top);
  const root = textIn(packageDir, "");
  const roots = [
    ...(mapped === undefined ? [] : [join(mapped, ...rest)]),
    ...(root === undefined ? [] : [join(root, ...parts)]),
    join("src", ...parts),
    join(...parts, ""),
  ];
  for (const path of roots.flatMap((each) => [
    `${each.replace(/[\\/]$/, "")}.py`,
    join(each, "__init__.py"),
  ])) {
    const file = join(folder, path);
    if (await exists(file)) {
      return assignedVersion(await readSource(file, "tool.setuptools.dynamic.version.attr"), name);
    }
  }
  throw new PosyError(
    "dynamic-version",
    `the module of the attribute \`${attribute}\` is not in \`${folder}\``,
    {
      hint: "check `attr` of the version in `[tool.setuptools.dynamic]` or `setup.cfg`",
    },
  );
}
