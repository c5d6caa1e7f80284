import { homedir } from "node:os";
import { join } from "node:path";
import { hideInMessages } from "../../errors/redact.ts";
import { readNamedTextSync } from "../fs/index.ts";
import { type Netrc, parseNetrc } from "./netrc.ts";
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
    const { origin } = new URL(url);
    const sameHost = known.filter((entry) => new URL(entry.url).origin === origin);
    const above = sameHost
      .filter((entry) => url.startsWith(entry.url))
      .sort((one, other) => other.url.length - one.url.length);
    return (above[0] ?? sameHost[0])?.credentials;
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
      // A user name without a password is what the keyring is asked for, not yet a complete login.
      if (found && (found.password !== "" || !options.keyring)) return found;
      netrc ??= readNetrc(environment);
      return netrc.machines.get(hostname) ?? netrc.default ?? found;
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

function readNetrc(environment: NodeJS.ProcessEnv): Netrc {
  const home = environment["HOME"] || environment["USERPROFILE"] || homedir();
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
