import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { alternate, pairedRatio, type Timing } from "../measure.ts";
import { emptyPosyHome, putAway } from "../put-away.ts";
import type { Result } from "../result.ts";
import { cleanEnvironment, runOrThrow, type Setting } from "../setting.ts";
import { addedRatio } from "./run-program.ts";

/** Measures `posyx` and the programs of installed tools. */
export function tools(setting: Setting): Result[] {
  return [...runningOnce(setting), ...installed(setting)];
}

const tool = ["ruff@0.15.0", "--version"];

/** Runs a tool once, from an empty cache and from a filled one. The tool is a native program that ends at once. */
function runningOnce(setting: Setting): Result[] {
  const home = setting.posyHome("tools-home");
  const uvCache = setting.folder("tools-uv");
  const clean = cleanEnvironment(setting.folder("tools"));
  const options = ["--default-index", setting.index];
  const posy = {
    name: "posy",
    argv: [setting.posy, "tool", "run", "--python", setting.pythonRequest, ...options, ...tool],
    env: { ...clean, POSY_HOME: home },
  };
  const uv = {
    name: "uv",
    argv: [setting.uv, "tool", "run", "-p", setting.python, ...options, ...tool],
    env: { ...clean, UV_CACHE_DIR: uvCache },
  };
  const [cold, uvCold] = alternate(
    [
      { ...posy, before: () => emptyPosyHome(home) },
      { ...uv, before: () => putAway(uvCache) },
    ],
    { rounds: 15, seconds: 30 },
  );
  const path = runOrThrow(
    [setting.posy, "env", "--python", setting.pythonRequest, ...options, "--with", "ruff==0.15.0", "--path"],
    { env: posy.env },
  );
  const bare = { name: "ruff", argv: [join(path.trim(), "bin", "ruff"), "--version"], env: clean };
  const [program, warm, uvWarm] = alternate([bare, posy, uv], { rounds: 60, seconds: 30, warmUp: 3 });
  if (!cold || !uvCold || !program || !warm || !uvWarm) return [];
  return [
    { what: "cold `posyx ruff`", timings: { posy: cold, uv: uvCold }, ratio: pairedRatio(cold, uvCold) },
    {
      what: "warm `posyx ruff`",
      timings: { posy: warm, uv: uvWarm },
      ratio: addedRatio(warm, uvWarm, program),
      note: "of what each adds to the program itself",
    },
  ];
}

/** Starts the program of an installed tool, and the program `python`, next to the bare interpreter. */
function installed(setting: Setting): Result[] {
  const home = setting.posyHome("installed-home");
  const root = setting.folder("installed");
  const [bin, uvBin] = [setting.folder("installed-bin"), setting.folder("installed-uv-bin")];
  const clean = cleanEnvironment(root);
  const posyEnv = { ...clean, POSY_HOME: home, POSY_TOOL_BIN_DIR: bin, PATH: `${bin}:${clean["PATH"]}` };
  const uvEnv = {
    ...clean,
    UV_CACHE_DIR: setting.folder("installed-uv"),
    UV_TOOL_DIR: setting.folder("installed-uv-tools"),
    UV_TOOL_BIN_DIR: uvBin,
  };
  const source = join(root, "nothing");
  writeTool(source);
  runOrThrow([setting.posy, "tool", "install", "--python", setting.pythonRequest, source], { env: posyEnv });
  runOrThrow([setting.uv, "tool", "install", "-p", setting.python, source], { env: uvEnv });
  runOrThrow([setting.posy, "python", "install", "--default", setting.pythonRequest], { env: posyEnv });
  const pass = ["-c", "pass"];
  const [bare, posy, uv, python] = alternate(
    [
      { name: "bare Python", argv: [setting.python, ...pass], env: clean },
      { name: "posy", argv: [join(bin, "nothing")], env: clean },
      { name: "uv", argv: [join(uvBin, "nothing")], env: clean },
      { name: "posy", argv: [join(bin, "python"), ...pass], env: posyEnv, cwd: root },
    ],
    { rounds: 100, seconds: 40, warmUp: 3 },
  );
  if (!bare || !posy || !uv || !python) return [];
  return [
    {
      what: "a program of an installed tool",
      timings: { posy, uv, "bare Python": bare },
      ratio: addedRatio(posy, uv, bare),
      note: added(posy, bare),
    },
    {
      what: "`python` of `posy python install --default`",
      timings: { posy: python, "bare Python": bare },
      ratio: undefined,
      note: added(python, bare),
    },
  ];
}

function added(timing: Timing, bare: Timing): string {
  return `adds ${(timing.median - bare.median).toFixed(1)} ms to the bare Python`;
}

/** Writes a project with a program that does nothing. Its backend needs no other package. */
function writeTool(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write("nothing.py", "def main():\n    pass\n");
  write(
    "pyproject.toml",
    '[project]\nname = "nothing"\nversion = "1"\n[project.scripts]\nnothing = "nothing:main"\n' +
      '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
  );
  write(
    "backend.py",
    `import os, zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name, info = "nothing-1-py3-none-any.whl", "nothing-1.dist-info/"
    texts = {
        "nothing.py": open("nothing.py").read(),
        info + "METADATA": "Metadata-Version: 2.1\\nName: nothing\\nVersion: 1\\n",
        info + "WHEEL": "Wheel-Version: 1.0\\nGenerator: bench\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        info + "entry_points.txt": "[console_scripts]\\nnothing = nothing:main\\n",
    }
    texts[info + "RECORD"] = "".join(f"{path},,\\n" for path in [*texts, info + "RECORD"])
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        for path, text in texts.items():
            archive.writestr(path, text)
    return name
`,
  );
}
