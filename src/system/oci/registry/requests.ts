import { setTimeout as sleep } from "node:timers/promises";
import { createSemaphore } from "../../../async/index.ts";
import { PosyError } from "../../../errors/posy-error.ts";
import type { Reporter } from "../../../report/reporter.ts";
import {
  basicAuthorization,
  type HttpClient,
  type HttpResponse,
  isTransientStatus,
  networkError,
  type RequestBody,
  retryDelay,
  safeUrl,
  TransportFailure,
} from "../../http/index.ts";
import { parseChallenges } from "./challenge.ts";
import { findRegistryLogin, type RegistryLogin } from "./docker-credentials.ts";
import { formatLocation, isLoopback, type Reference } from "../reference.ts";
import { requestToken } from "./tokens.ts";

export interface RegistryContext {
  readonly http: HttpClient;
  readonly reporter: Reporter;
  /** The variables that say where logins are. */
  readonly environment: NodeJS.ProcessEnv;
  /** The number of attempts after the first. Default: 3. */
  readonly retries?: number | undefined;
  /** Seconds without any data after which an attempt is given up, instead of those of the HTTP client. */
  readonly timeout?: number | undefined;
  /** `host` or `host:port` of registries without TLS, in addition to those of this machine. */
  readonly plainHosts?: readonly string[] | undefined;
}

export interface RegistryRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH";
  /** A path below `/v2/`, or a URL that the registry gave. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** What the token must allow. Default: `pull`. */
  readonly actions?: "pull" | "pull,push";
  /** Another repository that is read, too. */
  readonly alsoPulls?: string;
}

/** Sends the requests for one repository. */
export interface RegistryRequests {
  /**
   * Sends a request, logs in if the registry asks for it, follows redirects of reads, and tries again what may succeed.
   * Passes the response to `read`, whatever its status (but 401). `request` is made again for each attempt. Throws
   * `network`, `authentication`, `offline` and what `read` throws.
   */
  send<T>(
    request: RegistryRequest | (() => RegistryRequest),
    read: (response: HttpResponse) => Promise<T>,
  ): Promise<T>;
  /** Sends a request as `send` does, but once. Throws `TransportFailure` if the connection fails. */
  sendOnce<T>(request: RegistryRequest, read: (response: HttpResponse) => Promise<T>): Promise<T>;
}

const mostRedirects = 5;
/** Registries limit their users. More connections are not faster. */
const concurrency = 8;

/** Opens the requests for a repository. Sends nothing. */
export function openRequests(
  repository: Pick<Reference, "registry" | "name">,
  context: RegistryContext,
): RegistryRequests {
  const { registry, name } = repository;
  const { http, reporter, environment, retries = 3, timeout, plainHosts = [] } = context;
  const semaphore = createSemaphore(concurrency);
  const host = registry.replace(/:\d+$/, "");
  const mayBePlain = isLoopback(registry) || plainHosts.some((plain) => plain === registry || plain === host);
  /** Tokens by scope. */
  const tokens = new Map<string, Promise<string>>();
  let authorizationOf: ((scopes: readonly string[]) => Promise<string | undefined>) | undefined;
  let login: Promise<RegistryLogin | undefined> | undefined;
  let base: Promise<string> | undefined;

  /** Returns `https://host`, or `http://host` if the host may be plain and speaks no TLS. */
  const findBase = async (): Promise<string> => {
    const secure = `https://${registry}`;
    if (!mayBePlain) return secure;
    const request = { url: `${secure}/v2/`, method: "GET" as const, headers: {} };
    try {
      await http.sendOnce({ ...request, timeout: Math.min(timeout ?? 5, 5) }, (response) =>
        response.discard(),
      );
      return secure;
    } catch (error) {
      if (!(error instanceof TransportFailure)) throw error;
      // A certificate that is not trusted is no reason to send logins without TLS.
      return error.isCertificate ? secure : `http://${registry}`;
    }
  };

  const scopesOf = ({ actions = "pull", alsoPulls }: RegistryRequest): readonly string[] => [
    `repository:${name}:${actions}`,
    ...(alsoPulls === undefined ? [] : [`repository:${alsoPulls}:pull`]),
  ];

  /** Reads what the registry asks for. Returns false if it asks for nothing that can be answered. */
  const learn = async (header: string | null, isPlain: boolean): Promise<boolean> => {
    const challenges = parseChallenges(header);
    const bearer = challenges.find(({ scheme, parameters }) => scheme === "bearer" && parameters["realm"]);
    login ??= findRegistryLogin(repository, environment, reporter);
    const known = await login;
    if (bearer !== undefined) {
      authorizationOf = async (scopes) => {
        const key = scopes.join(" ");
        let token = tokens.get(key);
        if (token === undefined) {
          token = requestToken({ challenge: bearer, scopes, login: known, isPlain, timeout }, http);
          token.catch(() => tokens.delete(key));
          tokens.set(key, token);
        }
        return `Bearer ${await token}`;
      };
      return true;
    }
    const { basic } = known ?? {};
    if (basic === undefined || !challenges.some(({ scheme }) => scheme === "basic")) return false;
    const authorization = basicAuthorization(basic);
    authorizationOf = async () => authorization;
    return true;
  };

  const attempt = async (request: RegistryRequest): Promise<OpenResponse> => {
    base ??= findBase();
    base.catch(() => (base = undefined));
    const origin = await base;
    const isPlain = origin.startsWith("http:");
    let url = new URL(request.target, `${origin}/v2/`);
    const scopes = scopesOf(request);
    let refusals = 0;
    for (let hops = 0; hops <= mostRedirects; ) {
      const ownHost = url.origin === new URL(origin).origin;
      const authorization = ownHost ? await authorizationOf?.(scopes) : undefined;
      const outcome = await new Promise<OpenResponse>((settle, fail) => {
        // The response can be read inside `sendOnce` only, so that it ends when the caller is done with it.
        const ended = http.sendOnce(
          {
            url: url.href,
            method: request.method,
            headers: { ...request.headers, ...(authorization === undefined ? {} : { authorization }) },
            ...(request.body === undefined ? {} : { body: request.body }),
            ...(timeout === undefined ? {} : { timeout }),
          },
          (response) => new Promise<void>((release) => settle({ response, release })),
        );
        ended.catch(fail);
      });
      const { response, release } = outcome;
      const location = response.headers.get("location");
      const reads = request.method === "GET" || request.method === "HEAD";
      if (reads && [301, 302, 303, 307, 308].includes(response.status) && location !== null) {
        await response.discard();
        release();
        const next = new URL(location, url);
        refuseDowngrade(url, next);
        url = next;
        hops += 1;
        continue;
      }
      if (response.status === 401 && ownHost) {
        await response.discard();
        release();
        refusals += 1;
        const challenge = response.headers.get("www-authenticate");
        // A token may have expired: the second refusal gets a new one.
        tokens.delete(scopes.join(" "));
        if (refusals <= 2 && (await learn(challenge, isPlain))) continue;
        throw refused(repository, (await login) !== undefined);
      }
      return outcome;
    }
    throw new PosyError("network", `\`${formatLocation(repository)}\` redirects without end`, {
      hint: "tell the operators of the registry",
    });
  };

  const sendOnce: RegistryRequests["sendOnce"] = (request, read) =>
    semaphore.run(async () => {
      const { response, release } = await attempt(request);
      try {
        return await read(response);
      } finally {
        release();
      }
    });

  return {
    sendOnce,
    async send(request, read) {
      for (let tries = 0; ; tries += 1) {
        const current = typeof request === "function" ? request() : request;
        let retryAfter: string | null = null;
        try {
          return await sendOnce(current, async (response) => {
            if (tries >= retries || !isTransientStatus(response.status)) return read(response);
            retryAfter = response.headers.get("retry-after");
            await response.discard();
            throw new TransportFailure(new Error(`status ${response.status}`));
          });
        } catch (error) {
          if (!(error instanceof TransportFailure)) throw error;
          const url = `${(await base?.catch(() => undefined)) ?? `https://${registry}`}/v2/${name}`;
          if (tries >= retries || error.hopeless) throw networkError(url, error);
          reporter.report({ kind: "debug", message: `trying \`${safeUrl(url)}\` again: ${error.message}` });
        }
        await sleep(retryDelay(tries, retryAfter));
      }
    },
  };
}

interface OpenResponse {
  readonly response: HttpResponse;
  /** Ends the request. The body can't be read afterwards. */
  readonly release: () => void;
}

function refuseDowngrade(from: URL, to: URL): void {
  if (to.protocol === "https:" || (to.protocol === "http:" && from.protocol === "http:")) return;
  throw new PosyError(
    "network",
    `\`${safeUrl(from.href)}\` redirects to \`${safeUrl(to.href)}\`, which is not safe`,
    {
      hint: "tell the operators of the registry",
    },
  );
}

function refused(repository: Pick<Reference, "registry" | "name">, hasLogin: boolean): PosyError {
  const where = formatLocation(repository);
  return new PosyError(
    "authentication",
    hasLogin ? `\`${where}\` refuses the login (status 401)` : `\`${where}\` asks for a login (status 401)`,
    { hint: `run \`docker login ${repository.registry}\` or \`podman login ${repository.registry}\`` },
  );
}
