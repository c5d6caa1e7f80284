import { quote } from "../../text/index.ts";
import { decoded, invalidSourceUrl as invalid } from "./source-url.ts";

/** The login before the `@` of an http address. It is never printed and never stored. */
export interface Login {
  readonly username: string;
  readonly password?: string;
}

/** A repository and a revision in it. */
export interface GitLocation {
  /**
   * `https:`, `http:`, `ssh:`, `git:` or `file:` URL, without `git+` and without password. Safe to print and to
   * store.
   */
  readonly repository: string;
  readonly login?: Login;
  /** A branch, a tag, a commit or its prefix, or a full name (`refs/pull/1/head`). Undefined: the default branch. */
  readonly revision?: string;
}

const gitSchemes = ["https", "http", "ssh", "git", "file"];

/**
 * Parses the text after `git+`: a URL or the form of scp (`git@host:path`), with or without `@revision`. `url` is the
 * whole URL, for messages. Throws `invalid-url`.
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
        : `has a scheme that Posy does not use with git: \`${scheme}\``,
      "write it as `git+https://…`, `git+ssh://git@…` or `git+file:///…`",
    );
  }
  // After a `/`, `@` begins a name (`/@scope/project`) and not a revision.
  const last = rest.lastIndexOf("@");
  const atSign = rest[last - 1] === "/" ? -1 : last;
  const path = atSign === -1 ? rest : rest.slice(0, atSign);
  const revision = atSign === -1 ? undefined : decoded(rest.slice(atSign + 1));
  if (revision !== undefined) checkRevision(revision, url);
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
  // ssh takes the user name from the address, but never a password.
  const shownUser = name !== "" && !isHttp ? `${name}@` : "";
  if (/^-|[\s'"`$;]/.test(decoded(shownUser)))
    throw invalid(url, "has an invalid user name", "check the address");
  const login = {
    username: decoded(name),
    ...(colon === -1 ? {} : { password: decoded(user?.slice(colon + 1) ?? "") }),
  };
  return {
    repository: `${transport}://${shownUser}${host.toLowerCase()}${path}`,
    ...(isHttp && user ? { login } : {}),
    ...(revision === undefined ? {} : { revision }),
  };
}

/** Refuses a host that begins with `-`, among others, since ssh would read it as an option. */
function validHost(host: string): boolean {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9_][a-z0-9_.-]*)(:\d+)?$/i.test(host);
}

/**
 * Throws unless a text can be the name of a branch, a tag or a commit (git-check-ref-format). Expressions that
 * compute a revision (`HEAD~1`) are refused.
 */
function checkRevision(revision: string, url: string): void {
  const bad =
    /^[-/.]|\.\.|[\s~^:?*[\\]|@\{|\/\/|[/.]$|\.lock$/.test(revision) ||
    hasControl(revision) ||
    revision === "";
  if (bad) {
    throw invalid(
      url,
      `has an invalid revision: ${quote(revision)}`,
      "name a branch, a tag or a commit after the `@`",
    );
  }
}

function hasControl(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /[\0-\x1f\x7f]/.test(text);
}
