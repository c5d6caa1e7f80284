import { devNull } from "node:os";
import { PosyError } from "../../errors/posy-error.ts";
import { type Captured, runCaptured } from "../../system/process/index.ts";
import type { Login } from "../../vocab/urls/index.ts";
import type { SourceContext } from "../sources/source-context.ts";

/** A repository that git talks to. */
export interface Remote {
  /** Without credentials. */
  readonly url: string;
  readonly login?: Login;
}

export interface GitCall {
  /** The repository whose login and protocols are used. Without it, git may not use any protocol. */
  readonly remote?: Remote;
  /** The repository's folder (`--git-dir`). */
  readonly gitDir?: string;
  /** The folder of the files (`--work-tree`). */
  readonly workTree?: string;
  /** The folder where objects are read and written instead of that of the repository. */
  readonly objects?: string;
  readonly input?: string;
  /** Whether git may ask the person at the terminal. By default only for ssh. */
  readonly asksPerson?: boolean;
}

/** Variables that would make git use another repository (`git rev-parse --local-env-vars`), or run a program. */
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

/** Given on the command line, so that they override the user's configuration. */
const settings: readonly string[] = [
  // A clone has no hooks, but templates of the user might.
  `core.hooksPath=${devNull}`,
  "core.fsmonitor=false",
  "protocol.ext.allow=never",
  // The same files on every machine. `.gitattributes` of the repository still applies.
  "core.autocrlf=false",
  "core.longpaths=true",
  "advice.detachedHead=false",
  // Other processes use the same objects, and git does not know of them. So git must not delete or repack anything.
  "gc.auto=0",
  "maintenance.auto=false",
  "fetch.unpackLimit=1",
  "fetch.writeCommitGraph=false",
  "fetch.prune=false",
  "fetch.recurseSubmodules=false",
  "submodule.recurse=false",
  // Large files are fetched in a separate step (`checkOut`).
  "filter.lfs.smudge=",
  "filter.lfs.process=",
  "filter.lfs.clean=",
  "filter.lfs.required=false",
];

/**
 * Runs the system's git and returns its output without secrets. A status other than 0 is not an error here.
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
    // Missing objects are fetched by name in a separate call. By itself git starts a fetch for each, and with a plain
    // file server each of these starts more, without end.
    GIT_NO_LAZY_FETCH: "1",
    GIT_DEFAULT_REF_FORMAT: "files",
    GIT_ALLOW_PROTOCOL: allowedProtocols(environment["GIT_ALLOW_PROTOCOL"], remote, offline),
    // `gitFailure` recognizes errors by their English text.
    LC_ALL: "C",
    LANGUAGE: "",
    // Without this, Windows looks for `git` in the current folder first.
    NoDefaultCurrentDirectoryInExePath: "1",
  };
  for (const name of dropped) delete env[name];
  if (objects !== undefined) env["GIT_OBJECT_DIRECTORY"] = objects;
  if (login) {
    env["POSY_GIT_USERNAME"] = login.username;
    env["POSY_GIT_PASSWORD"] = login.password ?? "";
  }
  try {
    const result = await runCaptured("git", [...options, ...args], {
      env,
      asksPerson: call.asksPerson ?? remote?.url.startsWith("ssh:") ?? false,
      keepsDaemons: true,
      ...(call.input === undefined ? {} : { input: call.input }),
    });
    return { ...result, stderr: removeSecrets(result.stderr, login) };
  } catch (error) {
    if (!(error instanceof PosyError) || error.code !== "not-found") throw error;
    const how =
      process.platform === "win32"
        ? "`winget install Git.Git`, git-scm.com"
        : "`apt install git`, `dnf install git`, `brew install git`, git-scm.com";
    throw new PosyError("no-git", "sources in git need git, which is not on PATH", {
      hint: `install it (${how}), or name an archive or a wheel`,
      cause: error,
    });
  }
}

/**
 * Returns the protocols that git may use, for submodules, too. A remote repository must not use files of this disk
 * (CVE-2022-39253). The user's GIT_ALLOW_PROTOCOL restricts the list further.
 */
function allowedProtocols(allowed: string | undefined, remote: Remote | undefined, offline: boolean): string {
  const protocols = remote === undefined || offline ? [] : ["https", "http", "ssh", "git"];
  if (remote?.url.startsWith("file:")) protocols.push("file");
  const userAllowed = allowed?.split(":");
  // Git ignores an empty value. `none` is not a protocol, so it allows nothing.
  return (
    protocols.filter((protocol) => userAllowed === undefined || userAllowed.includes(protocol)).join(":") ||
    "none"
  );
}

/**
 * Returns settings for a credential helper that reads the environment. Secrets must not be in the arguments, because
 * every user of the machine can see those. With a password, it replaces the user's helpers. With a user name alone, the
 * user's helpers are asked first.
 */
function loginSettings(url: string, login: Login): string[] {
  const key = `credential.${/^[a-z]+:\/\/[^/]+/i.exec(url)?.[0] ?? url}.helper`;
  const answer =
    '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$POSY_GIT_USERNAME" "$POSY_GIT_PASSWORD"; }; f';
  return login.password === undefined ? [`${key}=${answer}`] : [`${key}=`, `${key}=${answer}`];
}

function removeSecrets(text: string, login: Login | undefined): string {
  let clean = text.replace(/([a-z][a-z0-9+.-]*:\/\/)(?!git@)[^\s/?#@']*(:[^\s/?#']*)?@/gi, "$1");
  const secrets = login?.password === undefined ? [login?.username] : [login.password];
  for (const secret of secrets) {
    if (secret) clean = clean.replaceAll(secret, "***").replaceAll(encodeURIComponent(secret), "***");
  }
  return clean;
}
