/**
 * A program that works on a project: it opens a folder, adds packages, locks, prints the tree and runs a command.
 *
 *     node_modules/.bin/bun examples/project.ts FOLDER PACKAGE…
 *
 * `POSY_HOME` is the folder that Posy keeps interpreters, packages and environments in.
 */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import {
  add,
  createProjectEnv,
  lock,
  openProject,
  PosyError,
  type Reporter,
  tree,
  type TreeNode,
} from "posy";

const [folder = ".", ...packages] = process.argv.slice(2);

/** Posy prints nothing itself. It reports its work as events, and the program decides which ones to show. */
const reporter: Reporter = {
  report(event) {
    if (event.kind === "warning") console.error(`warning: ${event.message}`);
    if (event.kind === "stage" && event.state === "start") console.error(`${event.stage} …`);
    if (event.kind === "progress" && event.finished) console.error(`${event.stage}: ${event.id}`);
  },
};

try {
  await using project = await openProject({}, { reporter, environment: process.env, cwd: resolve(folder) });
  if (packages.length > 0) {
    const { path } = await add(project, packages, {});
    console.log(`added ${packages.join(", ")} to ${path}`);
  }
  // The project was opened before the packages were added: open it again to see them.
  await using changed = await openProject({}, project.context);
  for (const { path, outcome } of await lock(changed)) {
    console.log(`${path} is ${outcome.unchanged ? "up to date" : "written"}`);
  }
  printTree(await tree(changed), "");
  const { env } = await createProjectEnv(changed);
  const variables = { ...process.env, ...env.envVars(process.env) };
  const code = "import sys; print('Python', sys.version.split()[0], 'in', sys.prefix)";
  process.exitCode = spawnSync(env.python, ["-c", code], { env: variables, stdio: "inherit" }).status ?? 1;
} catch (error) {
  if (!(error instanceof PosyError)) throw error;
  console.error(`error: ${error.message}${error.hint === undefined ? "" : `\nhint: ${error.hint}`}`);
  process.exitCode = error.exitStatus;
}

function printTree(nodes: readonly TreeNode[], indent: string): void {
  for (const { name, version, children } of nodes) {
    console.log(`${indent}${name} ${version}`);
    printTree(children, `${indent}  `);
  }
}
