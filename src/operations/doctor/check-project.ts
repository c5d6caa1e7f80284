import { lstat, stat } from "node:fs/promises";
import { join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { envLinkPath } from "../../project/index.ts";
import type { OperationContext } from "../../settings/index.ts";
import { exists } from "../../system/fs/index.ts";
import { lock } from "../lock.ts";
import { openProjectIfAny, type ProjectSession } from "../session/project-session.ts";
import { type Finding, findingsOf } from "./finding.ts";

const { ok, note, problem } = findingsOf("project");

/** Checks the project: its `pyproject.toml`, whether its locks are up to date, and its `.venv`. */
export async function checkProject(context: OperationContext): Promise<readonly Finding[]> {
  const warnings: Finding[] = [];
  const reporter: OperationContext["reporter"] = {
    timings: context.reporter.timings,
    report(event) {
      if (event.kind === "warning") warnings.push(note(event.message, event.hint));
    },
  };
  // A lock that is up to date needs no index. One that would ask an index is not up to date.
  await using session = await openProjectIfAny({ offline: true }, { ...context, reporter });
  if (session === undefined) return [ok("there is no project here")];
  const { folder, path, envs } = session.project;
  const findings: Finding[] = [ok(`\`${path}\` can be read`)];
  for (const env of envs.keys()) findings.push(await lockFinding(env, session));
  findings.push(await venvFinding(folder));
  return [...findings, ...warnings];
}

async function lockFinding(env: string, session: ProjectSession): Promise<Finding> {
  const { lockPath } = await session.settings(env);
  if (!(await exists(lockPath))) return note(`\`${lockPath}\` is not made yet`, "`posy lock` makes it");
  try {
    await lock(session, { envs: [env], check: true });
    return ok(`\`${lockPath}\` is up to date`);
  } catch (error) {
    if (!(error instanceof PosyError)) throw error;
    // A lock that is up to date is not resolved again, so a failure of resolving says that it is not.
    const isOld = ["lock-mismatch", "offline", "unknown-package", "unsatisfiable"].includes(error.code);
    return isOld
      ? problem(`\`${lockPath}\` is not up to date`, "`posy lock` brings it up to date")
      : problem(error.message, error.hint ?? "`posy lock` says more");
  }
}

/** Checks the environment that editors use. */
async function venvFinding(folder: string): Promise<Finding> {
  const venv = join(folder, ".venv");
  const link = envLinkPath(folder, "default");
  const again = "`posy run` makes it again";
  if ((await lstat(link).catch(() => undefined)) !== undefined && !(await exists(link))) {
    return problem(`\`${link}\` leads to an environment that is gone`, again);
  }
  if ((await lstat(venv).catch(() => undefined)) === undefined) {
    return ok("there is no `.venv` yet: `posy run` makes it");
  }
  const scripts = join(venv, process.platform === "win32" ? "Scripts" : "bin");
  const python = join(scripts, process.platform === "win32" ? "python.exe" : "python");
  const isThere = await stat(python).then(
    () => true,
    () => false,
  );
  return isThere ? ok(`\`${venv}\` has a Python`) : problem(`\`${venv}\` has no working Python`, again);
}
