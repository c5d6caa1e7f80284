import { join } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import { hideInMessages } from "../../../errors/redact.ts";
import type { Reporter } from "../../../report/reporter.ts";
import { readNamedText, userFolder } from "../../fs/index.ts";
import type { Credentials } from "../../http/index.ts";
import { runCaptured } from "../../process/index.ts";
import type { Reference } from "../reference.ts";

/** The login of a registry. */
export interface RegistryLogin {
  /** Name and password. */
  readonly basic?: Credentials;
  /** A token that is exchanged for others (OAuth 2.0), without a name. */
  readonly identityToken?: string;
}

/** The part of docker's `config.json` and podman's `auth.json` that has logins. */
interface AuthFile {
  readonly auths?: Readonly<Record<string, AuthEntry>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

interface AuthEntry {
  readonly auth?: unknown;
  readonly username?: unknown;
  readonly password?: unknown;
  readonly identitytoken?: unknown;
}

/**
 * Finds the login of a repository where docker and podman keep it: `REGISTRY_AUTH_FILE`, docker's `config.json`
 * (`DOCKER_CONFIG`, else `~/.docker`), podman's `auth.json`. The files name helper programs
 * (`docker-credential-NAME`), which are asked for the registry. Returns undefined without a login. A file that is
 * damaged, or a helper that fails, is reported once and passed over.
 */
export async function findRegistryLogin(
  reference: Pick<Reference, "registry" | "name">,
  environment: NodeJS.ProcessEnv,
  reporter: Reporter,
): Promise<RegistryLogin | undefined> {
  const warn = (message: string) => reporter.report({ kind: "warning", message, key: message });
  for (const path of authFilePaths(environment)) {
    const file = await readAuthFile(path, warn);
    if (file === undefined) continue;
    const login = await loginIn(file, reference, environment, warn);
    if (login === undefined) continue;
    for (const secret of [login.basic?.password, login.identityToken]) if (secret) hideInMessages(secret);
    return login;
  }
  return undefined;
}

function authFilePaths(environment: NodeJS.ProcessEnv): readonly string[] {
  const home = userFolder(environment);
  const runtime = environment["XDG_RUNTIME_DIR"];
  const configuration = environment["XDG_CONFIG_HOME"] || join(home, ".config");
  return [
    ...(environment["REGISTRY_AUTH_FILE"] ? [environment["REGISTRY_AUTH_FILE"]] : []),
    join(environment["DOCKER_CONFIG"] || join(home, ".docker"), "config.json"),
    ...(runtime ? [join(runtime, "containers", "auth.json")] : []),
    join(configuration, "containers", "auth.json"),
  ];
}

async function readAuthFile(path: string, warn: (message: string) => void): Promise<AuthFile | undefined> {
  let text: string;
  try {
    text = await readNamedText(path, 1 << 20);
  } catch {
    return undefined;
  }
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Reported below.
  }
  warn(`\`${path}\` is not JSON: its logins are not used`);
  return undefined;
}

async function loginIn(
  { auths = {}, credHelpers = {}, credsStore }: AuthFile,
  reference: Pick<Reference, "registry" | "name">,
  environment: NodeJS.ProcessEnv,
  warn: (message: string) => void,
): Promise<RegistryLogin | undefined> {
  const { registry } = reference;
  const helper = credHelpers[registry] ?? credsStore;
  if (typeof helper === "string" && helper !== "") {
    const login = await askHelper(helper, registry, environment, warn);
    if (login !== undefined) return login;
  }
  for (const key of keysFor(reference)) {
    const entry = Object.entries(auths).find(([written]) => plainKey(written) === key)?.[1];
    const login = entry && loginOfEntry(entry);
    if (login) return login;
  }
  return undefined;
}

/** Returns the keys that may hold the login, the longest first: podman's may name a repository. */
function keysFor({ registry, name }: Pick<Reference, "registry" | "name">): readonly string[] {
  const parts = name.split("/");
  return [...parts.keys(), parts.length]
    .reverse()
    .map((count) => [registry, ...parts.slice(0, count)].join("/"));
}

/** Old versions of docker wrote URLs: `https://registry.example.org/v1/`. */
function plainKey(key: string): string {
  return key
    .replace(/^https?:\/\//, "")
    .replace(/\/(v[12]\/?)?$/, "")
    .toLowerCase();
}

function loginOfEntry({ auth, username, password, identitytoken }: AuthEntry): RegistryLogin | undefined {
  const identityToken = typeof identitytoken === "string" && identitytoken !== "" ? identitytoken : undefined;
  const decoded = typeof auth === "string" ? Buffer.from(auth, "base64").toString("utf8") : "";
  const colon = decoded.indexOf(":");
  // Docker pads the password with NUL bytes.
  const basic =
    colon > 0
      ? { username: decoded.slice(0, colon), password: decoded.slice(colon + 1).replace(/\0+$/, "") }
      : typeof username === "string" && typeof password === "string" && username !== ""
        ? { username, password }
        : undefined;
  if (identityToken !== undefined) return { identityToken };
  return basic && basic.password !== "" ? { basic } : undefined;
}

/**
 * Asks a credential helper by docker's protocol: the registry on its standard input, JSON on its output. A user name
 * `<token>` means that the secret is an identity token.
 */
async function askHelper(
  helper: string,
  registry: string,
  environment: NodeJS.ProcessEnv,
  warn: (message: string) => void,
): Promise<RegistryLogin | undefined> {
  const program = `docker-credential-${helper}`;
  // The name comes from a file. It must stay the name of a program.
  if (!/^[\w.-]+$/.test(helper)) {
    warn(`\`${program}\` is not the name of a credential helper`);
    return undefined;
  }
  const options = { env: environment, input: registry, timeout: 30_000, limit: 1 << 20, keepsDaemons: true };
  const result = await runCaptured(program, ["get"], options).catch((error: unknown) => {
    warn(`the credential helper \`${program}\` did not start: ${(error as PosyError).message}`);
    return undefined;
  });
  if (result === undefined) return undefined;
  if (result.status !== 0) {
    // This is the helpers' way to say that they have no login. The text is part of the protocol.
    if (!/credentials not found/i.test(result.stdout + result.stderr)) {
      warn(`the credential helper \`${program}\` failed for \`${registry}\``);
    }
    return undefined;
  }
  try {
    const { Username, Secret } = JSON.parse(result.stdout) as Record<string, unknown>;
    if (typeof Secret !== "string" || Secret === "") return undefined;
    if (Username === "<token>") return { identityToken: Secret };
    return typeof Username === "string" ? { basic: { username: Username, password: Secret } } : undefined;
  } catch {
    warn(`the credential helper \`${program}\` did not answer with JSON`);
    return undefined;
  }
}
