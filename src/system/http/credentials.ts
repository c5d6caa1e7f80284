import { homedir } from "node:os";
import { join } from "node:path";
import { hideInMessages } from "../../errors/redact.ts";
import { readNamedTextSync } from "../fs/index.ts";
import { type Netrc, parseNetrc } from "./netrc.ts";
import { type Credentials, splitCredentials } from "./safe-url.ts";

/** Credentials that were given for a URL: they hold for its host, and better for what lies below it. */
export interface KnownCredentials {
  readonly url: string;
  readonly credentials: Credentials;
}

/** Who Posy is to a host. Nothing in here is ever printed, and what belongs to one host never goes to another. */
export interface CredentialStore {
  /** Takes the credentials out of a URL, to use them for its host. Anything but a `http:` or `https:` URL is left as it is. */
  learn(url: string): string;
  /** What to send with the first request. */
  known(url: string): Credentials | undefined;
  /** What else might do, after a 401. */
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
      // A name without a password is a question to the keyring, not yet an answer.
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
      // Not there or not ours to read: the next one.
    }
  }
  return { machines: new Map() };
}

/** What is sent is hidden in messages from then on, wherever it comes from: a URL, netrc, the keyring, a variable. */
export function basicAuthorization({ username, password }: Credentials): string {
  const encoded = Buffer.from(`${username}:${password}`).toString("base64");
  // A token may stand in place of the name.
  hideInMessages(password || username);
  hideInMessages(encoded);
  return `Basic ${encoded}`;
}
