import { join } from "node:path";
import { hideInMessages } from "../../errors/redact.ts";
import { readNamedTextSync, userFolder } from "../fs/index.ts";
import { type Netrc, netrcLogin, parseNetrc } from "./netrc.ts";
import { type Credentials, splitCredentials } from "./safe-url.ts";

/**
 * Credentials for a URL. They are used for its whole host, unless others are known for a URL further down.
 */
export interface KnownCredentials {
  readonly url: string;
  readonly credentials: Credentials;
}

/** The credentials of each host. They are never printed, and never sent to another host. */
export interface CredentialStore {
  /**
   * Removes the credentials from a URL and uses them for its host. Returns any URL but `http:` and `https:`
   * unchanged.
   */
  learn(url: string): string;
  /** Returns the credentials to send with the first request. */
  known(url: string): Credentials | undefined;
  /** Returns other credentials to try after a 401. */
  afterRefusal(url: string): Promise<Credentials | undefined>;
}

export function openCredentials(options: {
  readonly known: readonly KnownCredentials[];
  readonly environment: NodeJS.ProcessEnv;
  readonly keyring: boolean;
}): CredentialStore {
  const { environment } = options;
  const known = [...options.known];
  const learned = new Map<string, Credentials>();
  const asked = new Map<string, Promise<Credentials | undefined>>();
  let netrc: Netrc | undefined;

  const given = (url: string): Credentials | undefined => {
    const sameHost = known.filter((entry) => isForHostOf(entry.url, url));
    const above = sameHost
      .filter((entry) => folderOf(url).startsWith(folderOf(entry.url)))
      .sort((one, other) => folderOf(other.url).length - folderOf(one.url).length);
    return joinParts([...above, ...sameHost]);
  };
  return {
    learn(url) {
      if (!/^https?:/i.test(url)) return url;
      const { url: bare, credentials } = splitCredentials(url);
      if (credentials) known.unshift({ url: bare, credentials });
      return bare;
    },
    known(url) {
      const { hostname, origin } = new URL(url);
      const found = learned.get(origin) ?? given(url);
      if (found && found.password !== "") return found;
      netrc ??= readNetrc(environment);
      // A user name without a password may be a token, so it is used if netrc does not have the password.
      return netrcLogin(netrc, hostname, found?.username) ?? found;
    },
    async afterRefusal(url) {
      if (!options.keyring) return undefined;
      const { origin } = new URL(url);
      let answer = asked.get(origin);
      if (!answer) {
        const known = given(url)?.username;
        answer = import("./keyring.ts").then(({ askKeyring }) => askKeyring(url, known, environment));
        asked.set(origin, answer);
      }
      const credentials = await answer;
      if (credentials) learned.set(origin, credentials);
      return credentials;
    },
  };
}

/**
 * Whether credentials for one URL may be sent to another: if scheme, host and port are the same, or if only the scheme
 * is `https:` instead of `http:`, to which many servers redirect.
 */
function isForHostOf(known: string, url: string): boolean {
  const [from, to] = [new URL(known), new URL(url)];
  if (from.origin === to.origin) return true;
  const isUpgrade = from.protocol === "http:" && to.protocol === "https:";
  return isUpgrade && from.hostname === to.hostname && from.port === "" && to.port === "";
}

/**
 * Returns the path of a URL with a slash at its end, so that `/team-b/simple/` does not count as below `/team`.
 */
function folderOf(url: string): string {
  const { pathname } = new URL(url);
  return pathname.endsWith("/") ? pathname : `${pathname}/`;
}

/**
 * Returns the first credentials. If they are only a user or only a password, adds the other part from the rest: a URL
 * may have the user, and a variable the password.
 */
function joinParts(entries: readonly KnownCredentials[]): Credentials | undefined {
  const first = entries[0];
  if (first === undefined) return undefined;
  const { username, password } = first.credentials;
  if (username !== "" && password !== "") return first.credentials;
  const other = entries.find(({ url, credentials }) =>
    password === ""
      ? credentials.password !== "" &&
        (credentials.username === username || (credentials.username === "" && url === first.url))
      : credentials.username !== "" && credentials.password === "" && url === first.url,
  );
  if (other === undefined) return first.credentials;
  return {
    username: username || other.credentials.username,
    password: password || other.credentials.password,
  };
}

function readNetrc(environment: NodeJS.ProcessEnv): Netrc {
  const home = userFolder(environment);
  const files = environment["NETRC"] ? [environment["NETRC"]] : [join(home, ".netrc"), join(home, "_netrc")];
  for (const file of files) {
    try {
      return parseNetrc(readNamedTextSync(file));
    } catch {
      // The file does not exist or is not readable: try the next one.
    }
  }
  return { machines: new Map() };
}

/**
 * Returns the `Authorization` header. From then on, the secrets in it are hidden in messages, whether they
 * come from a URL, netrc, the keyring or a variable.
 */
export function basicAuthorization({ username, password }: Credentials): string {
  const encoded = Buffer.from(`${username}:${password}`).toString("base64");
  // Some hosts take a token as the user name, without a password.
  hideInMessages(password || username);
  hideInMessages(encoded);
  return `Basic ${encoded}`;
}
