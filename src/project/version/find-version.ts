import { join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { type TomlDocument, tomlString } from "../../toml/index.ts";
import { flitVersion } from "./flit-version.ts";
import { manifestOf, tableIn, textIn, type VersionManifest } from "./version-manifest.ts";
import { matchedVersion } from "./python-source.ts";
import { setuptoolsVersion } from "./setuptools-version.ts";
import { fromTag, tagTool } from "./tag-version.ts";
import {
  type FoundVersion,
  readSource,
  type VersionElsewhere,
  versionIn,
  type VersionLocation,
} from "./version-location.ts";

/** The default pattern of hatchling's source `regex` and of scikit-build-core's provider `regex`. */
const variablePattern = `(?i)^(__version__|VERSION)(?: ?\\: ?str)? *= *(['"])v?(?P<version>.+?)\\2`;

/**
 * Finds where the version of a project is written: `[project] version`, or the place that its build backend reads if
 * the version is dynamic. Throws `dynamic-version` if nothing provides a version, `invalid-version`, and `not-found`
 * if a file is missing that a setting names.
 */
export async function findVersion(document: TomlDocument): Promise<FoundVersion> {
  const written = tomlVersion(document, ["project", "version"]);
  if (written !== undefined) return written;
  const manifest = manifestOf(document);
  const { backend } = manifest;
  const isPoetry = backend.startsWith("poetry.") || (backend === "" && "poetry" in manifest.tool);
  if (isPoetry) return poetryVersion(manifest, document);
  if (backend.startsWith("hatchling")) return hatchVersion(manifest);
  if (backend.startsWith("setuptools") || backend === "") return setuptoolsVersion(manifest);
  if (backend.startsWith("flit_core") || backend.startsWith("flit.")) return flitVersion(manifest);
  if (backend.startsWith("pdm.backend") || backend.startsWith("pdm.pep517")) return pdmVersion(manifest);
  if (backend.startsWith("scikit_build_core")) return scikitVersion(manifest);
  const tag = tagTool(manifest);
  if (tag !== undefined) return fromTag(tag);
  return knownFile(backend) ?? elsewhere(`from the build backend \`${backend}\``);
}

/** Returns a version that is a string of `pyproject.toml`. */
function tomlVersion(document: TomlDocument, keys: readonly string[]): VersionLocation | undefined {
  const node = document.locate(keys)?.node;
  if (node?.type !== "TOMLValue" || node.kind !== "string") return undefined;
  const { path, text } = document;
  const [start, end] = node.range;
  const quote = text[start] === "'" ? "'" : '"';
  return {
    path,
    text,
    start,
    end,
    version: versionIn(node.value, path),
    replacement: (version) => tomlString(version.text, quote),
  };
}

async function hatchVersion({ folder, tool, requires }: VersionManifest): Promise<FoundVersion> {
  const settings = tableIn(tool, "hatch", "version");
  const source = textIn(settings, "source") ?? "regex";
  const path = textIn(settings, "path");
  if (source === "vcs") return fromTag("hatch-vcs");
  if (source !== "regex" || path === undefined) {
    const tag = tagTool({ requires, tool });
    if (tag !== undefined) return fromTag(tag);
    return elsewhere(
      `from the source \`${source}\` of hatchling`,
      "`[tool.hatch.version]` says how it is found",
    );
  }
  const file = await readSource(join(folder, path), "tool.hatch.version.path");
  const pattern = textIn(settings, "pattern") ?? variablePattern;
  return matchedVersion(file, pattern, { group: "version", setting: "tool.hatch.version.pattern" });
}

async function pdmVersion({ folder, tool }: VersionManifest): Promise<FoundVersion> {
  const settings = { ...tableIn(tool, "pdm"), ...tableIn(tool, "pdm", "version") };
  const source = textIn(settings, "source");
  const path = textIn(settings, "path");
  if (source === "scm") return fromTag("pdm-backend");
  if (source !== "file" || path === undefined) {
    return elsewhere("from pdm-backend", "`[tool.pdm.version]` says how it is found");
  }
  const file = await readSource(join(folder, path), "tool.pdm.version.path");
  const pattern = textIn(settings, "pattern") ?? `^__version__\\s*=\\s*["'](.+?)["']\\s*(?:#.*)?$`;
  const group = /\(\?P<version>/.test(pattern) ? "version" : 1;
  return matchedVersion(file, pattern, { group, setting: "tool.pdm.version.pattern" });
}

function poetryVersion(manifest: VersionManifest, document: TomlDocument): FoundVersion {
  if (tableIn(manifest.tool, "poetry-dynamic-versioning")["enable"] === true) {
    return fromTag("poetry-dynamic-versioning");
  }
  const written = tomlVersion(document, ["tool", "poetry", "version"]);
  if (written !== undefined) return written;
  throw new PosyError("dynamic-version", `\`${document.path}\` has no version`, {
    hint: "write `version` into `[project]` or `[tool.poetry]`",
  });
}

async function scikitVersion(manifest: VersionManifest): Promise<FoundVersion> {
  const settings = tableIn(manifest.tool, "scikit-build", "metadata", "version");
  const provider = textIn(settings, "provider") ?? "";
  const input = textIn(settings, "input");
  if (provider.endsWith("setuptools_scm")) return fromTag("setuptools-scm");
  if (provider !== "scikit_build_core.metadata.regex" || input === undefined || "result" in settings) {
    const tag = tagTool(manifest);
    if (tag !== undefined) return fromTag(tag);
    return elsewhere("from scikit-build-core", "`[tool.scikit-build.metadata.version]` says how it is found");
  }
  const setting = "tool.scikit-build.metadata.version";
  const file = await readSource(join(manifest.folder, input), `${setting}.input`);
  const given = textIn(settings, "regex");
  const group = given === undefined ? "version" : "value";
  return matchedVersion(file, given ?? variablePattern, { group, setting: `${setting}.regex` });
}

/** Other backends that keep the version in a file of another tool. */
function knownFile(backend: string): VersionElsewhere | undefined {
  if (backend.startsWith("maturin")) {
    return elsewhere("from `Cargo.toml` (maturin)", "change `version` in `Cargo.toml`: `cargo set-version`");
  }
  if (backend.startsWith("mesonpy")) {
    return elsewhere(
      "from `meson.build` (meson-python)",
      "change the `version` of `project()` in `meson.build`",
    );
  }
  return undefined;
}

function elsewhere(source: string, hint = "change it there"): VersionElsewhere {
  return { source, hint: () => hint };
}
