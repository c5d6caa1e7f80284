import { join } from "node:path";
import { alternate, pairedRatio } from "../measure.ts";
import { emptyPosyHome, putAway } from "../put-away.ts";
import type { Result } from "../result.ts";
import { cleanEnvironment, type Setting } from "../setting.ts";

/** Compiled and pure packages with several build backends. Their requirements have wheels. */
const sources = [
  "markupsafe",
  "pyyaml",
  "wrapt",
  "frozenlist",
  "ujson",
  "docopt",
  "click",
  "packaging",
  "idna",
];

/** Measures how long it takes to build packages from source, and to install them again when they are built. */
export function building(setting: Setting): Result[] {
  const home = setting.posyHome("build-home");
  const uvCache = setting.folder("build-uv");
  const venv = join(setting.folder("build"), "venv");
  const clean = cleanEnvironment(setting.folder("build"));
  const posyOptions = sources.flatMap((name) => ["--with", name, "--no-binary", name]);
  const uvOptions = sources.flatMap((name) => [name, "--no-binary", name]);
  const posy = {
    name: "posy",
    argv: [
      setting.posy,
      "env",
      "--python",
      setting.pythonRequest,
      "--default-index",
      setting.index,
      ...posyOptions,
    ],
    env: { ...clean, POSY_HOME: home },
  };
  const uv = {
    name: "uv",
    argv: [
      "sh",
      "-ec",
      'venv=$1; uv=$2; python=$3; index=$4; shift 4; "$uv" venv -q -p "$python" "$venv"; "$uv" pip install -q -p "$venv" --default-index "$index" "$@"',
      "sh",
      venv,
      setting.uv,
      setting.python,
      setting.index,
      ...uvOptions,
    ],
    env: { ...clean, UV_CACHE_DIR: uvCache },
  };
  const cold = alternate(
    [
      { ...posy, before: () => emptyPosyHome(home) },
      {
        ...uv,
        before: () => {
          putAway(uvCache);
          putAway(venv);
        },
      },
    ],
    { rounds: 3, seconds: 240 },
  );
  const again = alternate(
    [
      {
        ...posy,
        before: () => ["data/envs-v1", "cache/briefs-v1"].forEach((name) => putAway(join(home, name))),
      },
      { ...uv, before: () => putAway(venv) },
    ],
    { rounds: 9, seconds: 40 },
  );
  const [posyCold, uvCold] = cold;
  const [posyAgain, uvAgain] = again;
  if (!posyCold || !uvCold || !posyAgain || !uvAgain) return [];
  return [
    {
      what: `build ${sources.length} packages from source into a new environment`,
      timings: { posy: posyCold, uv: uvCold },
      ratio: pairedRatio(posyCold, uvCold),
      target: 1,
    },
    {
      what: "the same packages for a second environment",
      timings: { posy: posyAgain, uv: uvAgain },
      ratio: pairedRatio(posyAgain, uvAgain),
    },
  ];
}
