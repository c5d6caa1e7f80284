import type { Credentials } from "./safe-url.ts";

/** The logins in a netrc file: by host in the order of the file, and optionally a default. */
export interface Netrc {
  readonly machines: ReadonlyMap<string, readonly Credentials[]>;
  readonly default?: Credentials;
}

/**
 * Returns the login for a host. With a `username` (that of a URL), returns the login of that user or one without a
 * user, as curl and git do: the password of another user would be wrong.
 */
export function netrcLogin(netrc: Netrc, hostname: string, username = ""): Credentials | undefined {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const entries = [...(netrc.machines.get(host) ?? []), ...(netrc.default ? [netrc.default] : [])];
  if (username === "") return entries[0];
  const entry =
    entries.find((candidate) => candidate.username === username) ??
    entries.find((candidate) => candidate.username === "");
  return entry && { username, password: entry.password };
}

/**
 * Reads the format of ftp(1) as Python's `netrc` does: tokens are separated by white space and may be quoted,
 * `#` begins a comment, and a `macdef` ends at an empty line. A malformed entry is skipped, so that it does
 * not affect the others.
 */
export function parseNetrc(text: string): Netrc {
  const tokens = tokensOf(text.replace(/^[ \t]*macdef[^\n]*\n(?:[^\n]*\S[^\n]*\n?)*/gm, ""));
  const machines = new Map<string, Credentials[]>();
  let fallback: Credentials | undefined;
  for (let word = tokens.shift(); word !== undefined; word = tokens.shift()) {
    if (word !== "machine" && word !== "default") continue;
    const host = word === "machine" ? (tokens.shift() ?? "").toLowerCase() : undefined;
    const found = { username: "", password: "" };
    while (isField(tokens[0])) {
      const [field, value = ""] = tokens.splice(0, 2);
      if (field === "password") found.password = value;
      else if (field !== "account") found.username = value;
    }
    if (host === undefined) fallback ??= found;
    else if (host !== "") machines.set(host, [...(machines.get(host) ?? []), found]);
  }
  return fallback ? { machines, default: fallback } : { machines };
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  for (const line of text.split("\n")) {
    for (const match of line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)) {
      const word = match[1] === undefined ? (match[2] ?? "") : match[1].replace(/\\(.)/g, "$1");
      // A comment starts where a keyword could; a password may start with `#`.
      if (word.startsWith("#") && match[1] === undefined && !takesValue(tokens.at(-1))) break;
      tokens.push(word);
    }
  }
  return tokens;
}

const isField = (word: string | undefined) =>
  word === "login" || word === "user" || word === "password" || word === "account";

const takesValue = (word: string | undefined) => word === "machine" || isField(word);
