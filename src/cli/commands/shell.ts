import { realpath } from "node:fs/promises";
import { userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import type { EnvLocation } from "../../forest/envs/index.ts";
import { envLinkPath, type Project, readProject } from "../../project/index.ts";
import { openHome } from "../../system/fs/index.ts";
import { execute, isTerminal, variableOf, withVariables } from "../../system/process/index.ts";
import { typedEnvFiles, withEnvFiles } from "../../operations/run/env-files.ts";
import { cachedOrCreatedEnv } from "../warm-start/cached-or-created-env.ts";
import { findCommand } from "../../operations/run/find-command.ts";
import { childEnvironment } from "../../operations/run/start-command.ts";
import { type ShellEnv, shellStart } from "../shell/shell-start.ts";
import { userShell } from "../shell/user-shell.ts";
import type { CommandContext } from "./command.ts";
import {
  type BriefOptions,
  type IndexOptions,
  type ProjectOptions,
  searchFolder,
} from "../../settings/index.ts";

type ShellOptions = BriefOptions & IndexOptions & ProjectOptions;

/** `posy shell`: creates the Env if needed, and replaces this process with the user's shell in it. */
export async function shellCommand(
  options: ShellOptions,
  own: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { console, environment, cwd } = context;
  const shell = userShell(environment, process.platform, loginShell());
  const created = await cachedOrCreatedEnv(options, own, context);
  const project = options.noProject ? undefined : await readProject(searchFolder(context));
  const env = await byProjectLink(created, options, project);
  const outer = outerShell(environment);
  if (outer === env.prefix) {
    throw new PosyError("usage", `this shell is in \`${env.prefix}\` already`, {
      hint: "`exit` leaves it",
    });
  }
  // The shell is looked for on the PATH of the user, not in the Env.
  const [first = "/bin"] = (variableOf(environment, "PATH") ?? "").split(delimiter);
  const found = findCommand(shell.program, first, environment);
  if (found.kind !== "found") {
    throw new PosyError("command-not-found", `there is no shell \`${shell.program}\``, {
      hint: "set SHELL to the path of your shell",
    });
  }
  const interactive = await isTerminal(0);
  const start = await shellStart(shell, env, interactive, openHome(environment), environment);
  if (interactive) {
    const within = outer === undefined ? "" : ", inside the one in `" + outer + "`";
    console.tell(`started a shell in \`${env.prefix}\`${within}: \`exit\` leaves it\n`);
  }
  console.reporter.finish();
  const files = [...(project?.settings.envFiles ?? []), ...typedEnvFiles(own, cwd)];
  const variables = await withEnvFiles(environment, files);
  const child = withVariables(childEnvironment(env, variables), start.variables);
  return execute(found.file, [found.file, ...start.args], child);
}

/** Returns the shell of the user's entry in the password database, or null if there is none. */
function loginShell(): string | null {
  try {
    return userInfo().shell;
  } catch {
    return null;
  }
}

/**
 * The paths by way of the project's link, if it leads to this Env: they stay right in the shell when the lock changes.
 */
async function byProjectLink(
  { prefix, scripts }: EnvLocation,
  { env: name = "default" }: ShellOptions,
  project: Project | undefined,
): Promise<ShellEnv> {
  if (project === undefined) return { prefix, scripts };
  const link = envLinkPath(project.folder, name);
  const [linked, created] = await Promise.all(
    [link, prefix].map((path) => realpath(path).catch(() => undefined)),
  );
  if (created === undefined || linked !== created) return { prefix, scripts };
  return { prefix: link, scripts: join(link, scripts.slice(prefix.length + 1)) };
}

/** The Env of the surrounding shell, if `posy shell` started it and nobody has deactivated the Env. */
function outerShell(environment: NodeJS.ProcessEnv): string | undefined {
  const outer = environment["POSY_SHELL"];
  return outer && outer === environment["VIRTUAL_ENV"] ? outer : undefined;
}
