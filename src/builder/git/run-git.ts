import { devNull } from "node:os";
import { PosyError } from "../../errors/posy-error.ts";
import { type Captured, runCaptured } from "../../system/process/index.ts";
import type { Login } from "../../vocab/urls/index.ts";
import type { SourceContext } from "../sources/source-context.ts";

/** A repository to talk to, and what is allowed on the way. */
export interface Remote {
  /** Without login. */
  readonly url: string;
  readonly login?: Login;
}

export interface GitCall {
  /** Whose login is used, and which ways may be taken: none of them without it. */
  readonly remote?: Remote;
  /** The repository's own folder (`--git-dir`). */
  readonly gitDir?: string;
  /** The folder that the files are in. */
  readonly workTree?: string;
  /** Where objects are read and written in place of the repository's own. */
  readonly objects?: string;
  readonly input?: string;
  /** It may ask the person at the terminal. Without it: where the remote is reached by ssh. */
  readonly asksPerson?: boolean;
}

/** They would point git at a repository of the caller's (`git rev-parse --local-env-vars`), or run a program. */
const dropped = [
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_COMMON_DIR",
  "GIT_INDEX_FILE",
  "GIT_OBJECT_DIRECTORY",
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_NAMESPACE",
  "GIT_PREFIX",
  "GIT_SHALLOW_FILE",
  "GIT_GRAFT_FILE",
  "GIT_REPLACE_REF_BASE",
  "GIT_NO_REPLACE_OBJECTS",
  "GIT_CONFIG",
  "GIT_QUARANTINE_PATH",
  "GIT_EXTERNAL_DIFF",
  "GIT_TEMPLATE_DIR",
  "GIT_LITERAL_PATHSPECS",
  "GIT_GLOB_PATHSPECS",
  "GIT_NOGLOB_PATHSPECS",
  "GIT_ICASE_PATHSPECS",
  "GIT_TRACE",
];

/** On the command line, so that they come after the user's own. */
const settings: readonly string[] = [
  // A repository brings none, but a user's templates might.
  `core.hooksPath=${devNull}`,
  "core.fsmonitor=false",
  "protocol.ext.allow=never",
  // The same files on every machine; what a repository says itself (`.gitattributes`) holds.
  "core.autocrlf=false",
  "core.longpaths=true",
  "advice.detachedHead=false",
  // Objects are shared with processes that git knows nothing of: nothing may be thrown away or left loose.
  "gc.auto=0",
  "maintenance.auto=false",
  "fetch.unpackLimit=1",
  "fetch.writeCommitGraph=false",
  "fetch.prune=false",
  "fetch.recurseSubmodules=false",
  "submodule.recurse=false",
  // Large files are had in a step of their own, or told of.
  "filter.lfs.smudge=",
  "filter.lfs.process=",
  "filter.lfs.clean=",
  "filter.lfs.required=false",
];

/**
 * Runs the system's git and returns what it said, with secrets left out. A status other than 0 is no error here.
 * Throws `no-git`.
 */
export async function runGit(
  args: readonly string[],
  call: GitCall,
  { environment, offline }: Pick<SourceContext, "environment" | "offline">,
): Promise<Captured> {
  const { remote, gitDir, workTree, objects } = call;
  const login = remote?.login;
  const options = [...settings, ...(login && remote ? loginSettings(remote.url, login) : [])].flatMap(
    (setting) => ["-c", setting],
  );
  if (gitDir !== undefined) options.push(`--git-dir=${gitDir}`);
  if (workTree !== undefined) options.push("-C", workTree, `--work-tree=${workTree}`);
  const env: NodeJS.ProcessEnv = {
    ...environment,
    GIT_TERMINAL_PROMPT: "0",
    GCM_INTERACTIVE: "never",
    GIT_LFS_SKIP_SMUDGE: "1",
    GIT_OPTIONAL_LOCKS: "0",
    // Missing objects are fetched by name, in a call of ours. By itself git starts a fetch for each, which from a plain file
    // server starts one for each of those, without end.
    GIT_NO_LAZY_FETCH: "1",
    GIT_DEFAULT_REF_FORMAT: "files",
    GIT_ALLOW_PROTOCOL: allowedProtocols(environment["GIT_ALLOW_PROTOCOL"], remote, offline),
    // What git says is told apart by its words.
    LC_ALL: "C",
    LANGUAGE: "",
    // Windows would look for `git` in the folder that we stand in first.
    NoDefaultCurrentDirectoryInExePath: "1",
  };
  for (const name of dropped) delete env[name];
  if (objects !== undefined) env["GIT_OBJECT_DIRECTORY"] = objects;
  if (login) {
    env["POSY_GIT_USERNAME"] = login.username;
    env["POSY_GIT_PASSWORD"] = login.password ?? "";
  }
  try {
    const said = await runCaptured("git", [...options, ...args], {
      env,
      asksPerson: call.asksPerson ?? remote?.url.startsWith("ssh:") ?? false,
      keepsDaemons: true,
      ...(call.input === undefined ? {} : { input: call.input }),
    });
    return { ...said, stderr: withoutSecrets(said.stderr, login) };
  } catch (error) {
    if (!(error instanceof PosyError) || error.code !== "not-found") throw error;
    throw new PosyError("no-git", "sources in git need git, which is not on PATH", {
      hint: "install it (`apt install git`, `dnf install git`, `brew install git`, git-scm.com), or name an archive or a wheel",
      cause: error,
    });
  }
}

/**
 * Where submodules may come from as well: a repository from elsewhere does not reach into this disk (CVE-2022-39253).
 * What a person allows narrows it further.
 */
function allowedProtocols(allowed: string | undefined, remote: Remote | undefined, offline: boolean): string {
  const ways = remote === undefined || offline ? [] : ["https", "http", "ssh", "git"];
  if (remote?.url.startsWith("file:")) ways.push("file");
  const own = allowed?.split(":");
  // An empty list would be none at all to git: one name that no protocol has.
  return ways.filter((way) => own === undefined || own.includes(way)).join(":") || "none";
}

/**
 * A helper that answers from the environment, so that no secret is among the arguments, which every user of a machine
 * can see. With a password it stands in place of the user's own helpers; with a name alone they are asked first.
 */
function loginSettings(url: string, login: Login): string[] {
  const key = `credential.${/^[a-z]+:\/\/[^/]+/i.exec(url)?.[0] ?? url}.helper`;
  const answer =
    '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$POSY_GIT_USERNAME" "$POSY_GIT_PASSWORD"; }; f';
  return login.password === undefined ? [`${key}=${answer}`] : [`${key}=`, `${key}=${answer}`];
}

function withoutSecrets(text: string, login: Login | undefined): string {
  let clean = text.replace(/([a-z][a-z0-9+.-]*:\/\/)(?!git@)[^\s/?#@']*(:[^\s/?#']*)?@/gi, "$1");
  const secrets = login?.password === undefined ? [login?.username] : [login.password];
  for (const secret of secrets) {
    if (secret) clean = clean.replaceAll(secret, "***").replaceAll(encodeURIComponent(secret), "***");
  }
  return clean;
}
