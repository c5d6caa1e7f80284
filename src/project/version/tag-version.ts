import type { TomlTable } from "../../toml/index.ts";
import type { VersionElsewhere } from "./version-location.ts";

/** Build requirements that compute the version from the tags of a git repository. */
const tools = [
  "setuptools-scm",
  "setuptools-git-versioning",
  "hatch-vcs",
  "uv-dynamic-versioning",
  "vcs-versioning",
  "versioningit",
  "versioneer",
  "flit-scm",
  "poetry-dynamic-versioning",
  "dunamai",
  "pbr",
] as const;

/** Returns the tool that computes the version from a tag, if the project uses one. */
export function tagTool({
  requires,
  tool,
}: {
  readonly requires: readonly string[];
  readonly tool: TomlTable;
}): string | undefined {
  const required = tools.find((name) => requires.includes(name));
  return required ?? tools.find((name) => name in tool || name.replaceAll("-", "_") in tool);
}

/** Returns a version that `tool` computes from a git tag. */
export function fromTag(tool: string): VersionElsewhere {
  return {
    source: `from a git tag (${tool})`,
    hint: (version) => `tag the commit of the release: \`git tag v${version?.text ?? "1.2.3"}\``,
  };
}
