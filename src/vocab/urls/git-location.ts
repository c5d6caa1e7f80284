import { quote } from "../../text/index.ts";
import { decoded, invalidSourceUrl as invalid } from "./source-url.ts";

/** What stands before the `@` of an http address: never printed, never kept. */
export interface Login {
  readonly username: string;
  readonly password?: string;
}

/** A repository, and what of it is meant. */
export interface GitLocation {
  /** `https:`, `http:`, `ssh:`, `git:` or `file:` URL, without `git+` and without password; safe to print and to keep. */
  readonly repository: string;
  readonly login?: Login;
  /** A branch, a tag, a commit or its beginning, or a whole name (`refs/pull/1/head`). Without it: the repository's default branch. */
  readonly revision?: string;
}

const gitSchemes = ["https", "http", "ssh", "git", "file"];

/**
 * Reads what stands after `git+`: perhaps in the form of scp (`git@host:path`), perhaps with `@revision`. `url` is the
 * whole, for messages. Throws `invalid-url`.
 */
export function parseGitLocation(written: string, url: string): GitLocation {
  const scp = /^([\w.-]+@[\w.-]+):(?!\/\/)(?!\d+\/)\/?(.+)$/.exec(written);
  const location = scp ? `ssh://${scp[1]}/${scp[2]}` : written;
  const [, scheme = "", authority = "", rest = ""] =
    /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is.exec(location) ?? [];
  const transport = scheme.toLowerCase();
  if (!gitSchemes.includes(transport)) {
    throw invalid(
      url,
      scheme === ""
        ? "is no address of a repository"
        : `has a scheme that git is not asked for: \`${scheme}\``,
      "write it as `git+https://…`, `git+ssh://git@…` or `git+file:///…`",
    );
  }
  // Behind a `/` it begins a name (`/@scope/project`).
  const last = rest.lastIndexOf("@");
  const at = rest[last - 1] === "/" ? -1 : last;
  const path = at === -1 ? rest : rest.slice(0, at);
  const named = at === -1 ? undefined : decoded(rest.slice(at + 1));
  if (named !== undefined) checkRevision(named, url);
  const separator = authority.lastIndexOf("@");
  const host = authority.slice(separator + 1);
  const user = separator === -1 ? undefined : authority.slice(0, separator);
  if (
    hasControl(decoded(location)) ||
    !/^[/\\]./.test(path) ||
    (transport === "file" ? user : !validHost(host))
  ) {
    throw invalid(url, "is no address of a repository", "write it as `git+https://host/path`");
  }
  const isHttp = transport === "https" || transport === "http";
  const colon = user?.indexOf(":") ?? -1;
  const name = user === undefined ? "" : user.slice(0, colon === -1 ? undefined : colon);
  // ssh takes its name from the address and never a password.
  const shownUser = name !== "" && !isHttp ? `${name}@` : "";
  if (/^-|[\s'"`$;]/.test(decoded(shownUser)))
    throw invalid(url, "has a user that none can be", "check the address");
  const login = {
    username: decoded(name),
    ...(colon === -1 ? {} : { password: decoded(user?.slice(colon + 1) ?? "") }),
  };
  return {
    repository: `${transport}://${shownUser}${host.toLowerCase()}${path}`,
    ...(isHttp && user ? { login } : {}),
    ...(named === undefined ? {} : { revision: named }),
  };
}

/** A name that begins with `-` would be an option to ssh and others. */
function validHost(host: string): boolean {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9_][a-z0-9_.-]*)(:\d+)?$/i.test(host);
}

/** What git takes for the name of a branch, a tag or a commit (git-check-ref-format), and nothing that computes one. */
function checkRevision(revision: string, url: string): void {
  const bad =
    /^[-/.]|\.\.|[\s~^:?*[\\]|@\{|\/\/|[/.]$|\.lock$/.test(revision) ||
    hasControl(revision) ||
    revision === "";
  if (bad) {
    throw invalid(
      url,
      `has a revision that none can be: ${quote(revision)}`,
      "name a branch, a tag or a commit after the `@`",
    );
  }
}

function hasControl(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /[\0-\x1f\x7f]/.test(text);
}
