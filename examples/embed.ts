/**
 * Does what `posy run` does, in your own program:
 *
 *     node_modules/.bin/bun examples/embed.ts
 *
 * A Brief says what you ask for. Posy resolves it to a Blueprint, which is plain JSON, and grows an Env (an
 * environment) from the Blueprint. Programs run in the Env. `POSY_HOME` is the folder that Posy keeps everything in.
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

  // A Blueprint can be saved to a file, sent to another machine, and read again. It has the hash of every file.
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
