import { readLaunch } from "./python-launcher.ts";

/**
 * Does what the launchers `python` and `python3` of Posy do. `args` are the version of `posy python install --default`
 * and the arguments of `python`. `run` runs a command line of Posy. Returns the exit status.
 */
export async function startPython(
  [standard = "", ...args]: readonly string[],
  run: (argv: readonly string[]) => Promise<number>,
  platform: NodeJS.Platform = process.platform,
): Promise<number> {
  const launch = readLaunch(standard, args, { environment: process.env, cwd: process.cwd(), platform });
  if ("refused" in launch) {
    const hint = "`python --list` lists the Pythons, and `python -3.13` starts one";
    console.error(`error: ${launch.refused}\nhint: ${hint}`);
    return 2;
  }
  if ("program" in launch) {
    const { execute } = await import("../../system/process/processes.ts");
    return execute(launch.program, [launch.program, ...launch.args], process.env);
  }
  if (launch.help !== undefined) console.log(launch.help);
  const status = await run(launch.posy);
  // Where a process can be replaced, only a failure of Posy comes back. An installer was refused for another reason.
  if (status !== 0 && platform !== "win32" && !args.includes("pip")) {
    console.error(
      `note: \`python\` is a launcher of Posy, and this Python was meant because ${launch.because}`,
    );
  }
  return status;
}
