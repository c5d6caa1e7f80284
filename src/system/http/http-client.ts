import { setTimeout as sleep } from "node:timers/promises";
import { PosyError } from "../../errors/posy-error.ts";
import type { Reporter } from "../../report/reporter.ts";
import { readCertificates, readClientCertificate, warnOfIgnoredSwitch } from "./certificates.ts";
import type { Connection, RequestBody } from "./connection.ts";
import { basicAuthorization, type KnownCredentials, openCredentials } from "./credentials.ts";
import { networkError, TransportFailure, TunnelRefusal } from "./http-failure.ts";
import { type HttpResponse, wrapResponse } from "./http-response.ts";
import { createSemaphore, type Semaphore } from "../../async/index.ts";
import { proxyFor } from "./proxy.ts";
import { isTransientStatus, retryDelay } from "./retry-policy.ts";
import { type Credentials, safeUrl, splitCredentials } from "./safe-url.ts";
import { timedRequest } from "./timed-request.ts";
import { send } from "./transport.ts";

export interface HttpSettings {
  readonly environment: NodeJS.ProcessEnv;
  readonly reporter: Reporter;
  readonly offline: boolean;
  /** A file or folder of PEM certificates. */
  readonly certificates?: string | undefined;
  /** A PEM file with a client certificate and its key. */
  readonly clientCertificate?: string | undefined;
  readonly proxy?: string | undefined;
  /** Hosts (`host` or `host:port`) whose certificates are not checked. */
  readonly trustedHosts?: readonly string[] | undefined;
  readonly credentials?: readonly KnownCredentials[] | undefined;
  readonly keyring?: boolean | undefined;
  /** The maximum number of simultaneous requests. */
  readonly concurrency?: number | undefined;
  /** Seconds without any data after which an attempt is given up. */
  readonly timeout?: number | undefined;
  /** The number of attempts after the first. */
  readonly retries?: number | undefined;
}

interface HttpRequest {
  /** Without credentials. */
  readonly url: string;
  readonly method?: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that is sent once, exactly as it is. */
interface SingleRequest {
  /** Without credentials. */
  readonly url: string;
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** Seconds without any data after which it is given up, instead of those of the settings. */
  readonly timeout?: number;
}

/**
 * The only way to the network. It limits simultaneous requests, gives up on silent servers, retries what may
 * succeed, follows redirects, and handles certificates, proxies and credentials.
 */
export interface HttpClient {
  /**
   * Sends a request (made again for each attempt) and passes the response to `read`, whatever its status. A
   * connection that fails inside `read` is retried as well. Throws `network`, `offline`, and what `read`
   * throws.
   */
  send<T>(
    request: HttpRequest | (() => HttpRequest),
    read: (response: HttpResponse) => Promise<T>,
  ): Promise<T>;
  /**
   * Sends one request and passes the response to `read`, whatever its status. It makes no other attempt, follows no
   * redirect, and sends no credentials but those in `headers`, so it is for requests that change something. Throws
   * `TransportFailure` if the connection fails, `offline`, `authentication`, and what `read` throws.
   */
  sendOnce<T>(request: SingleRequest, read: (response: HttpResponse) => Promise<T>): Promise<T>;
  /** Removes the credentials from a URL that a person configured, and uses them for its host from then on. */
  learnCredentials(url: string): string;
  /** Returns the credentials for a URL that the settings or netrc have. */
  knownCredentials(url: string): Credentials | undefined;
}

// Measured with 50 index pages, cold: 8, 16 and 50 connections take the same time; fewer are kinder to the server.
const perHost = 16;
const overall = 50;
const mostRedirects = 10;
/** Milliseconds. */
const defaultSilence = 30_000;

export function openHttpClient(settings: HttpSettings): HttpClient {
  const { environment, reporter } = settings;
  const retries = settings.retries ?? 3;
  const silence = settings.timeout === undefined ? defaultSilence : settings.timeout * 1000;
  const all = createSemaphore(settings.concurrency ?? overall);
  const hosts = new Map<string, Semaphore>();
  const connections = new Map<string, Connection>();
  const credentials = openCredentials({
    known: settings.credentials ?? [],
    environment,
    keyring: settings.keyring ?? false,
  });

  const semaphoreOf = (origin: string): Semaphore => {
    let semaphore = hosts.get(origin);
    if (!semaphore) {
      semaphore = createSemaphore(perHost);
      hosts.set(origin, semaphore);
    }
    return semaphore;
  };
  let shared: Pick<Connection, "ca" | "clientCertificate"> | undefined;
  const connectionTo = (url: string): Connection => {
    const { host, hostname, origin, protocol } = new URL(url);
    // Bun would read `s3:`, `file:` and `data:` too.
    if (!/^https?:$/.test(protocol)) {
      throw new PosyError("invalid-url", `\`${safeUrl(url)}\` can't be fetched`, {
        hint: "`https:`, `http:` and `file:` can, and paths",
      });
    }
    let connection = connections.get(origin);
    if (!connection) {
      shared ??= certificatesOf(settings);
      const proxy = proxyFor(url, environment, settings.proxy);
      const trusted = settings.trustedHosts?.some((name) => name === host || name === hostname);
      if (protocol === "https:" && !trusted) warnOfIgnoredSwitch(environment, reporter);
      connection = {
        ...shared,
        ...(trusted ? { insecure: true } : {}),
        ...(proxy === undefined ? {} : { proxy }),
      };
      connections.set(origin, connection);
    }
    return connection;
  };

  /** Makes one attempt: follows redirects, and sends each host only its own credentials. */
  async function attempt(request: HttpRequest, clock: Clock): Promise<HttpResponse> {
    let { url } = request;
    let currentCredentials = credentials.known(url);
    let refused = false;
    for (let hops = 0; hops <= mostRedirects; ) {
      const headers = {
        ...request.headers,
        ...(currentCredentials ? { authorization: basicAuthorization(currentCredentials) } : {}),
      };
      const { signal } = clock;
      clock.restart();
      const connection = connectionTo(url);
      const response = await send(
        url,
        { method: request.method ?? "GET", headers, signal },
        connection,
      ).catch((cause: unknown) => {
        throw new TransportFailure(signal.aborted ? signal.reason : cause, connection.proxy);
      });
      clock.restart();
      if (response.status === 407 && connection.proxy !== undefined) {
        void response.body?.cancel().catch(() => {});
        throw new TransportFailure(new TunnelRefusal(407), connection.proxy);
      }
      const wrapped = wrapResponse(response, url, silence, clock.restart);
      const location = response.headers.get("location");
      if ([301, 302, 303, 307, 308].includes(response.status) && location !== null) {
        void wrapped.discard();
        const next = splitCredentials(new URL(location, url).href);
        refuseDowngrade(url, next.url);
        url = next.url;
        currentCredentials = next.credentials ?? credentials.known(url);
        hops += 1;
        continue;
      }
      if (response.status === 401 && !refused) {
        refused = true;
        const other = await credentials.afterRefusal(url);
        if (other) {
          void wrapped.discard();
          currentCredentials = other;
          continue;
        }
      }
      return wrapped;
    }
    throw new PosyError("network", `\`${safeUrl(request.url)}\` redirects without end`, {
      hint: "check the URL of the index",
    });
  }

  return {
    learnCredentials: (url) => credentials.learn(url),
    knownCredentials: (url) => credentials.known(url),
    async sendOnce({ url, method, headers, body, timeout }, read) {
      if (settings.offline) throw offlineError(url);
      return timedRequest(reporter, method, url, performance.now(), async (observe) => {
        const clock = startClock(timeout === undefined ? silence : timeout * 1000);
        const { signal } = clock;
        const connection = connectionTo(url);
        try {
          clock.restart();
          const heard = body && { ...body, chunks: () => eachHeard(body.chunks(), clock) };
          const request = { method, headers, signal, body: heard };
          const response = await send(url, request, connection).catch((cause: unknown) => {
            if (cause instanceof PosyError) throw cause;
            throw new TransportFailure(signal.aborted ? signal.reason : cause, connection.proxy);
          });
          clock.restart();
          if (response.status === 407 && connection.proxy !== undefined) {
            await response.body?.cancel();
            throw new TransportFailure(new TunnelRefusal(407), connection.proxy);
          }
          return await read(observe(wrapResponse(response, url, silence, clock.restart)));
        } finally {
          clock.stop();
        }
      });
    },
    async send(request, read) {
      for (let tries = 0; ; tries += 1) {
        const current = typeof request === "function" ? request() : request;
        if (settings.offline) throw offlineError(current.url);
        const last = tries >= retries;
        let retryAfter: string | null = null;
        const clock = startClock(silence);
        try {
          // Wait for the host's semaphore first, so that many requests to a slow host do not block the others.
          const queued = performance.now();
          const outcome = await semaphoreOf(new URL(current.url).origin).run(() =>
            all.run(() =>
              timedRequest(reporter, current.method ?? "GET", current.url, queued, async (observe) => {
                const response = observe(await attempt(current, clock));
                if (last || !isTransientStatus(response.status)) return { value: await read(response) };
                retryAfter = response.headers.get("retry-after");
                void response.discard();
                throw new TransportFailure(new Error(`status ${response.status}`));
              }),
            ),
          );
          return outcome.value;
        } catch (error) {
          const failure = error instanceof TransportFailure ? error : undefined;
          if (!failure) throw error;
          if (last || failure.hopeless) throw networkError(current.url, failure);
          const message = `trying \`${safeUrl(current.url)}\` again: ${failure.message}`;
          reporter.report({ kind: "debug", message });
        } finally {
          clock.stop();
        }
        await sleep(retryDelay(tries, retryAfter));
      }
    },
  };
}

/** Passes chunks on, and postpones the timeout with each. */
async function* eachHeard(chunks: AsyncIterable<Uint8Array>, clock: Clock): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    clock.restart();
    yield chunk;
  }
}

interface Clock {
  readonly signal: AbortSignal;
  readonly restart: (more?: number) => void;
  readonly stop: () => void;
}

/** Returns a clock that aborts after `silence` milliseconds (plus `more`) without a `restart`. */
function startClock(silence: number): Clock {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: controller.signal,
    restart: (more = 0) => {
      clearTimeout(timer);
      const giveUp = () => controller.abort(new DOMException("silence", "TimeoutError"));
      timer = setTimeout(giveUp, silence + more);
    },
    stop: () => clearTimeout(timer),
  };
}

function certificatesOf(settings: HttpSettings): Pick<Connection, "ca" | "clientCertificate"> {
  const ca = readCertificates(settings.certificates, settings.environment, settings.reporter);
  const client = settings.clientCertificate;
  return {
    ...(ca ? { ca } : {}),
    ...(client === undefined ? {} : { clientCertificate: readClientCertificate(client) }),
  };
}

function refuseDowngrade(from: string, to: string): void {
  const target = new URL(to);
  if (target.protocol === "https:") return;
  if (target.protocol === "http:" && !from.startsWith("https:")) return;
  throw new PosyError("network", `\`${safeUrl(from)}\` redirects to \`${safeUrl(to)}\`, which is not safe`, {
    hint: "use the URL that it redirects to, if you trust it",
  });
}

function offlineError(url: string): PosyError {
  return new PosyError("offline", `\`${safeUrl(url)}\` is needed, but the network is off`, {
    hint: "run it once without `--offline` to cache it",
  });
}
