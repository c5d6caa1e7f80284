/**
 * HTTP: one client with retries, limits, proxies, certificates and credentials.
 *
 * Start with `http-client.ts`, which has all of it. Only `transport.ts` knows whether Bun or Node sends a
 * request. `safe-url.ts` formats URLs for messages, without credentials.
 */
export { readCertificates } from "./certificates.ts";
export type { RequestBody } from "./connection.ts";
export { basicAuthorization, type KnownCredentials } from "./credentials.ts";
export { type HttpClient, openHttpClient } from "./http-client.ts";
export { networkError, statusError, TransportFailure } from "./http-failure.ts";
export type { HttpResponse } from "./http-response.ts";
export { askKeyring } from "./keyring.ts";
export { proxyFor } from "./proxy.ts";
export { isTransientStatus, retryDelay } from "./retry-policy.ts";
export { type Credentials, safeUrl, splitCredentials } from "./safe-url.ts";
