import { realpath } from "node:fs/promises";
import { userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { type EnvLocation, envVars } from "../../forest/envs/index.ts";
import { envLinkPath, type Project, readProject } from "../../project/index.ts";
import { openHome } from "../../system/fs/index.ts";
import { execute, isTerminal } from "../../system/process/index.ts";
import { typedEnvFiles, withEnvFiles } from "../../operations/run/env-files.ts";
import { cachedOrCreatedEnv } from "../warm-start/cached-or-created-env.ts";
import { findCommand } from "../../operations/run/find-command.ts";
import { type ShellEnv, shellStart } from "../shell/shell-start.ts";
import { userShell } from "../shell/user-shell.ts";
import type { CommandContext } from "./command.ts";
import type { BriefOptions, IndexOptions, ProjectOptions } from "../../settings/index.ts";

type ShellOptions = BriefOptions & IndexOptions & ProjectOptions;

/** `posy shell`: makes sure that the Env is there, and becomes the user's shell in it. */
export async function shellCommand(
  options: ShellOptions,
  own: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { console, environment, cwd } = context;
  const shell = userShell(environment, process.platform, userInfo().shell);
  const grown = await cachedOrCreatedEnv(options, own, context);
  const project = options.noProject ? undefined : await readProject(cwd);
  const env = await asSeen(grown, options, project);
  const outer = outerShell(environment);
  if (outer === env.prefix) {
    throw new PosyError("usage", `this is a shell of \`${env.prefix}\` already`, {
      hint: "`exit` leaves it",
    });
  }
  // The Env has no say in which shell it is.
  const [first = "/bin"] = (environment["PATH"] ?? environment["Path"] ?? "").split(delimiter);
  const found = findCommand(shell.program, first, environment);
  if (found.kind !== "found") {
    throw new PosyError("command-not-found", `there is no shell \`${shell.program}\``, {
      hint: "set SHELL to the one that you want",
    });
  }
  const interactive = await isTerminal(0);
  const start = await shellStart(shell, env, interactive, openHome(environment), environment);
  if (interactive) {
    const within = outer === undefined ? "" : ", within that of `" + outer + "`";
    console.tell(`a shell of \`${env.prefix}\`${within}: \`exit\` leaves it\n`);
  }
  console.reporter.finish();
  const files = [...(project?.settings.envFiles ?? []), ...typedEnvFiles(own, cwd)];
  const given = await withEnvFiles(environment, files);
  const child = { ...given, ...envVars(env, given), ...start.variables };
  delete child["BUN_OPTIONS"];
  delete child["BUN_BE_BUN"];
  return execute(found.file, [found.file, ...start.args], child);
}

/** By the link of the project, if it leads to this Env: what is in the shell is right still when the lock moves. */
async function asSeen(
  { prefix, scripts }: EnvLocation,
  { env: name = "default" }: ShellOptions,
  project: Project | undefined,
): Promise<ShellEnv> {
  if (project === undefined) return { prefix, scripts };
  const link = envLinkPath(project.folder, name);
  const [there, here] = await Promise.all(
    [link, prefix].map((path) => realpath(path).catch(() => undefined)),
  );
  if (here === undefined || there !== here) return { prefix, scripts };
  return { prefix: link, scripts: join(link, scripts.slice(prefix.length + 1)) };
}

/** The Env of the shell that this was typed in, if it is one of ours that nobody has deactivated. */
function outerShell(environment: NodeJS.ProcessEnv): string | undefined {
  const outer = environment["POSY_SHELL"];
  return outer && outer === environment["VIRTUAL_ENV"] ? outer : undefined;
}
