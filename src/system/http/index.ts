/**
 * HTTP: one client with retries, limits, proxies, certificates and credentials.
 *
 * http-client.ts is the whole of it; transport.ts is the only place that knows whether Bun or Node fetches. URLs are
 * shown by safe-url.ts, which leaves credentials out.
 */
export type { KnownCredentials } from "./credentials.ts";
export { type HttpClient, openHttpClient } from "./http-client.ts";
export { statusError, TransportFailure } from "./http-failure.ts";
export type { HttpResponse } from "./http-response.ts";
export { type Credentials, safeUrl, splitCredentials } from "./safe-url.ts";
