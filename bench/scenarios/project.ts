import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { alternate, pairedRatio, type Timing } from "../measure.ts";
import { emptyPosyHome, putAway } from "../put-away.ts";
import type { Result } from "../result.ts";
import { cleanEnvironment, runOrThrow, type Setting } from "../setting.ts";

/**
 * The workloads that uv publishes (`scripts/requirements` in its repository): the documentation of Trio, boto3 with
 * fourteen other packages, Jupyter, and Airflow. Airflow is used without extras and Beam: with all of them, uv takes a
 * minute.
 */
const sets: Readonly<Record<string, readonly string[]>> = {
  trio: [
    "attrs >= 19.2.0",
    "cffi; os_name == 'nt'",
    "exceptiongroup >= 1.0.0rc9",
    "idna",
    "immutables >= 0.6",
    "jinja2",
    "outcome",
    "pyOpenSSL",
    "sniffio",
    "sortedcontainers",
    "sphinx >= 4.0, < 6.2",
    "sphinx_rtd_theme",
    "sphinxcontrib-jquery",
    "sphinxcontrib-trio",
    "towncrier",
  ],
  boto3: [
    "boto3 > 0.0.19",
    "botocore",
    "cryptography",
    "google-api-core",
    "grpcio-status",
    "idna",
    "numpy",
    "packaging",
    "pip",
    "python-dateutil",
    "pyyaml",
    "s3transfer",
    "setuptools",
    "urllib3",
    "wheel",
  ],
  jupyter: ["jupyter"],
  airflow: ["apache-airflow"],
};
/** The version that the built-in catalogue has for all five platforms. */
const python = "3.14";
const five = ["linux-x86_64", "linux-aarch64", "macos-arm64", "macos-x86_64", "windows-x86_64"];

/** Measures common work in a project: running a command when nothing has changed, and locking. */
export function projects(setting: Setting): Result[] {
  const home = setting.posyHome("project-home");
  const uvCache = setting.folder("project-uv");
  const clean = cleanEnvironment(setting.folder("project"));
  const mirrored = { UV_DEFAULT_INDEX: setting.index };
  const posyEnv = { ...clean, POSY_HOME: home };
  const uvEnv = { ...clean, UV_CACHE_DIR: uvCache };
  const results: Result[] = [
    unchanged(setting, { ...posyEnv, ...mirrored }, { ...uvEnv, ...mirrored }),
  ].flatMap((row) => row ?? []);
  for (const [set, requirements] of Object.entries(sets)) {
    for (const platforms of [five.slice(0, 1), five]) {
      const name = `lock-${set}-${platforms.length}`;
      const folder = setting.folder(`project-${name}`);
      const project = projectText(name, requirements, platforms, python);
      const another = projectText(name, [...requirements, "tomlkit"], platforms, python);
      const at = (name: string) => join(folder, name);
      const locks = [at("pylock.toml"), at("uv.lock")];
      const unlock = () => locks.forEach((path) => rmSync(path, { force: true }));
      let locked: readonly string[] = [];
      const forgetAll = () => {
        unlock();
        emptyPosyHome(home);
        putAway(uvCache);
      };
      const states: readonly State[] = [
        { what: "cold, from the index itself", target: 1, before: forgetAll, index: {} },
        { what: "cold", before: forgetAll },
        { what: "warm", target: 1, before: unlock },
        {
          what: "warm, posy's answer forgotten",
          before() {
            unlock();
            putAway(join(home, "cache", "briefs-v1"));
          },
        },
        { what: "nothing changed", before() {} },
        {
          what: "one requirement more",
          before() {
            if (locked.length === 0) locked = locks.map((path) => readFileSync(path, "utf8"));
            locks.forEach((path, index) => writeFileSync(path, locked[index] ?? ""));
            writeFileSync(at("pyproject.toml"), another);
          },
        },
      ];
      for (const { what, before, target, index = mirrored } of states) {
        writeFileSync(at("pyproject.toml"), project);
        const [posy, uv] = alternate(
          [
            {
              name: "posy",
              argv: [setting.posy, "lock"],
              env: { ...posyEnv, ...index },
              cwd: folder,
              before,
            },
            {
              name: "uv",
              argv: [setting.uv, "lock", "-q", "-p", setting.python],
              env: { ...uvEnv, ...index },
              cwd: folder,
              before,
            },
          ],
          { rounds: 9, seconds: 12 },
        );
        if (!posy || !uv) continue;
        results.push({
          what: `lock \`${set}\`, ${platforms.length === 1 ? "one platform" : "five platforms"}, ${what}`,
          timings: { posy, uv },
          ratio: pairedRatio(posy, uv),
          ...(target === undefined ? {} : { target }),
          ...(platforms.length === 1 ? {} : { note: "uv's lock is for every platform and Python at once" }),
        });
      }
    }
  }
  return results;
}

/** The state of caches and lock before a lock is made. */
interface State {
  readonly what: string;
  readonly target?: number;
  readonly before: () => void;
  /** The default is the mirror. */
  readonly index?: Readonly<Record<string, string>>;
}

function unchanged(
  setting: Setting,
  posyEnv: Record<string, string>,
  uvEnv: Record<string, string>,
): Result | undefined {
  const folder = setting.folder("project-unchanged");
  const project = projectText("unchanged", ["trio"], five.slice(0, 1), setting.pythonRequest);
  writeFileSync(join(folder, "pyproject.toml"), project);
  const program = ["python", "-c", "pass"];
  runOrThrow([setting.uv, "sync", "-q", "-p", setting.python], { env: uvEnv, cwd: folder });
  const [bare, posy, uv] = alternate(
    [
      { name: "bare Python", argv: [setting.python, "-c", "pass"], env: posyEnv },
      {
        name: "posy",
        argv: [setting.posy, "run", "--", ...program],
        env: posyEnv,
        cwd: folder,
      },
      { name: "uv", argv: [setting.uv, "run", "-q", ...program], env: uvEnv, cwd: folder },
    ],
    { rounds: 60, seconds: 20, warmUp: 3 },
  );
  if (!bare || !posy || !uv) return undefined;
  const added = (timing: Timing) => timing.median - bare.median;
  return {
    what: "`run` in an unchanged project",
    timings: { posy, uv, "bare Python": bare },
    ratio: added(posy) / added(uv),
    note: "of what each adds to the bare Python",
    target: 0.5,
  };
}

function projectText(
  name: string,
  dependencies: readonly string[],
  platforms: readonly string[],
  python: string,
): string {
  return [
    "[project]",
    `name = "${name.replaceAll(/[^a-z0-9]/g, "-")}"`,
    'version = "1"',
    'requires-python = ">=3.13"',
    `dependencies = ${JSON.stringify(dependencies)}`,
    "[tool.posy]",
    `python = "${python}"`,
    `platforms = ${JSON.stringify(platforms)}`,
    "[tool.uv]",
    ...(platforms.length === 1
      ? [`environments = ["sys_platform == 'linux' and platform_machine == 'x86_64'"]`]
      : []),
    "",
  ].join("\n");
}
