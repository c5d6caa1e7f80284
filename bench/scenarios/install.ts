import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Blueprint } from "../../src/model/blueprint.ts";
import { alternate, pairedRatio } from "../measure.ts";
import { emptyPosyHome, putAway } from "../put-away.ts";
import type { Result } from "../result.ts";
import { cleanEnvironment, runOrThrow, type Setting } from "../setting.ts";

interface Jupyter {
  readonly count: number;
  readonly wheels: string;
  /** A requirements file with all pins. */
  readonly pins: string;
}

/** Measures how long it takes to install a hundred wheels from a folder, and again with a filled store. */
export async function installing(setting: Setting): Promise<Result[]> {
  const { count, wheels, pins } = await wheelsOfJupyter(setting);
  const home = setting.posyHome("install-home");
  const uvCache = setting.folder("install-uv");
  const clean = cleanEnvironment(setting.folder("install"));
  const venv = (tool: string) => join(setting.folder("install"), `venv-${tool}`);
  const local = ["--no-index", "--find-links", wheels];
  const subjects = {
    posy: {
      name: "posy",
      argv: [setting.posy, "env", "--python", setting.pythonRequest, ...local, "--with-requirements", pins],
      env: { ...clean, POSY_HOME: home },
    },
    uv: {
      name: "uv",
      argv: [
        "sh",
        "-ec",
        '"$0" venv -q -p "$1" "$2"; "$0" pip install -q -p "$2" --no-deps --no-index --find-links "$3" -r "$4"',
        setting.uv,
        setting.python,
        venv("uv"),
        wheels,
        pins,
      ],
      env: { ...clean, UV_CACHE_DIR: uvCache, UV_OFFLINE: "1" },
    },
    pip: {
      name: "pip",
      argv: [
        "sh",
        "-ec",
        '"$0" -m venv --without-pip "$1"; "$2" -m pip --python "$1" install -q --no-deps --no-compile --no-index --find-links "$3" -r "$4"',
        setting.python,
        venv("pip"),
        setting.pip[0] ?? "",
        wheels,
        pins,
      ],
      env: clean,
    },
  };
  const [posy, uv, pip] = alternate(
    [
      { ...subjects.posy, before: () => emptyPosyHome(home) },
      {
        ...subjects.uv,
        before: () => {
          putAway(uvCache);
          putAway(venv("uv"));
        },
      },
      { ...subjects.pip, before: () => putAway(venv("pip")) },
    ],
    { rounds: 7, seconds: 90 },
  );
  const [posyAgain, uvAgain] = alternate(
    [
      { ...subjects.posy, before: () => putAway(join(home, "data", "envs-v1")) },
      { ...subjects.uv, before: () => putAway(venv("uv")) },
    ],
    { rounds: 15, seconds: 30 },
  );
  if (!posy || !uv || !pip || !posyAgain || !uvAgain) return [];
  return [
    {
      what: `unpack Jupyter's ${count} wheels into a new environment, nothing remembered`,
      timings: { posy, uv, pip },
      ratio: pairedRatio(posy, uv),
      target: 1,
    },
    {
      what: "the same environment again from a filled store",
      timings: { posy: posyAgain, uv: uvAgain },
      ratio: pairedRatio(posyAgain, uvAgain),
      target: 0.05,
    },
  ];
}

/** Resolves with Posy and downloads the wheels through the mirror into one folder. */
async function wheelsOfJupyter(setting: Setting): Promise<Jupyter> {
  const env = {
    ...cleanEnvironment(setting.folder("wheels-user")),
    POSY_HOME: setting.posyHome("wheels-home"),
  };
  const options = ["--python", setting.pythonRequest, "--default-index", setting.index];
  const json = runOrThrow([setting.posy, "resolve", ...options, "--json", "jupyter"], { env });
  const packages = (JSON.parse(json) as Blueprint).targets[0]?.packages ?? [];
  const wheels = setting.folder("wheels");
  for (const { artifact } of packages) {
    await (await fetch(artifact.url)).arrayBuffer();
    copyFileSync(join(setting.mirrored, artifact.filename), join(wheels, artifact.filename));
  }
  const pins = join(setting.folder("wheels-user"), "pins.txt");
  writeFileSync(pins, packages.map(({ name, version }) => `${name}==${version}\n`).join(""));
  return { count: packages.length, wheels, pins };
}
