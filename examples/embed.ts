/**
 * The steps of `posy run`, in a program of your own:
 *
 *     node_modules/.bin/bun examples/embed.ts
 *
 * What a person wants is a Brief; it is resolved to a Blueprint, which is plain JSON; an Env is grown from that, and
 * programs run in it. `POSY_HOME` says where all of it is kept.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import {
  formatBlueprint,
  makeBrief,
  openPosy,
  parseBlueprint,
  PosyError,
  type Reporter,
} from "../src/index.ts";

const reporter: Reporter = {
  report(event) {
    if (event.kind === "warning") console.error(`warning: ${event.message}`);
    if (event.kind === "stage" && event.state === "start") console.error(`${event.stage} …`);
  },
};

try {
  const posy = await openPosy({ reporter });
  const brief = makeBrief({ python: ">=3.10,<3.14", requirements: ["trio", "numpy", "black"] });

  // A Blueprint can be kept in a file, sent elsewhere, and read again: it names every file by its hash.
  const json = formatBlueprint(await posy.resolve(brief));
  const blueprint = await parseBlueprint(JSON.parse(json));
  for (const { platform, python, packages } of blueprint.targets) {
    const pins = packages.map(({ name, version }) => `${name} ${version}`).join(", ");
    console.log(`${platform}: Python ${python.version}, ${pins}`);
  }

  const env = await posy.grow(blueprint);
  console.log(`the environment is ${env.prefix}`);
  await posy.close();

  const variables = { ...process.env, ...env.envVars(process.env) };
  const run = (program: string, ...args: string[]) =>
    spawnSync(program, args, { env: variables, stdio: "inherit" }).status ?? 1;
  process.exitCode =
    run(
      env.python,
      "-c",
      "import numpy, trio; print('numpy', numpy.__version__, 'trio', trio.__version__)",
    ) || run(join(env.scripts, "black"), "--version");
} catch (error) {
  if (!(error instanceof PosyError)) throw error;
  console.error(`error: ${error.message}${error.hint === undefined ? "" : `\nhint: ${error.hint}`}`);
  process.exitCode = error.exitStatus;
}
