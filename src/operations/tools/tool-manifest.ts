import { thisMachine } from "../../system/machine/index.ts";
import { toolProjectName } from "../../project/index.ts";
import { tomlString } from "../../toml/index.ts";

/** Returns the `pyproject.toml` of a tool without requirements. */
export async function newManifest(
  python: string | undefined,
  defaultIndex: string | undefined,
): Promise<string> {
  const { platform } = await thisMachine();
  const manifest = [
    `[project]\nname = ${tomlString(toolProjectName)}\nversion = "0"\ndependencies = []\n`,
    `[tool.posy]\nplatforms = ["${platform}"]\nvenv = false\n`,
    ...(defaultIndex === undefined
      ? []
      : [`[[tool.posy.indexes]]\nurl = ${tomlString(defaultIndex)}\ndefault = true\n`]),
  ].join("\n");
  return python === undefined ? manifest : withPython(manifest, python);
}

/** Returns the `pyproject.toml` of a tool with another Python. */
export function withPython(manifest: string, python: string): string {
  const without = manifest.replace(/^python = .*\n/m, "");
  return without.replace(/^venv = false\n/m, (line) => `${line}python = ${tomlString(python)}\n`);
}

/** Returns the `pyproject.toml` of a tool from another machine, for the platform of this one. */
export async function forThisMachine(manifest: string): Promise<string> {
  const { platform } = await thisMachine();
  return manifest.replace(/^platforms = .*$/m, `platforms = ["${platform}"]`);
}
