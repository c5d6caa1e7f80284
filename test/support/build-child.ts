// A child process that builds a wheel of a tree made by `writeTree`: `build-child.ts ROOT OUTPUT LOG PYTHON [exits]`.
// With `exits` it handles SIGINT and SIGTERM by exiting with status 130, as Posy does.
import { readBuildSystem } from "../../src/builder/backend/build-system.ts";
import { runBackend } from "../../src/builder/backend/run-backend.ts";
import { silentReporter } from "../../src/report/reporter.ts";

const [root = "", output = "", log = "", python = "", exits] = process.argv.slice(2);
if (exits !== undefined) {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
}
const outcome = await runBackend(
  {
    root,
    system: await readBuildSystem(root, "some-tree 1.0"),
    goal: "wheel",
    output,
    settings: {},
    label: "some-tree 1.0",
    log,
    verbose: false,
    reporter: silentReporter,
    environment: process.env,
    pythonVersion: "3.13.5",
  },
  async () => ({ python, envVars: () => ({}) }),
);
process.stdout.write(`${JSON.stringify(outcome)}\n`);
