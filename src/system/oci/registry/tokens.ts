import { PosyError } from "../../../errors/posy-error.ts";
import { hideInMessages } from "../../../errors/redact.ts";
import { basicAuthorization, type HttpClient, type RequestBody, safeUrl } from "../../http/index.ts";
import type { Challenge } from "./challenge.ts";
import type { RegistryLogin } from "./docker-credentials.ts";

const largestToken = 1 << 20;

export interface TokenRequest {
  readonly challenge: Challenge;
  /** `repository:team/app:pull,push`. */
  readonly scopes: readonly string[];
  readonly login: RegistryLogin | undefined;
  /** True if the registry itself is reached by plain HTTP: then the realm may be, too. */
  readonly isPlain: boolean;
  /** Seconds. */
  readonly timeout?: number | undefined;
}

/**
 * Gets a bearer token from the realm that a registry names (the token authentication of the distribution project; with
 * an identity token its OAuth 2.0 variant). Without a login, the realm may give a token for public repositories. Throws
 * `authentication` if it refuses, and what `sendOnce` throws.
 */
export async function requestToken(
  { challenge, scopes, login, isPlain, timeout }: TokenRequest,
  http: HttpClient,
): Promise<string> {
  const { realm = "", service } = challenge.parameters;
  const url = realmUrl(realm, isPlain);
  const basic = login?.basic;
  const answer =
    login?.identityToken === undefined
      ? {
          url: withQuery(url, [
            ...(service === undefined ? [] : [["service", service] as const]),
            ...scopes.map((scope) => ["scope", scope] as const),
            ...(basic ? [["account", basic.username] as const] : []),
          ]),
          method: "GET" as const,
          headers: basic ? { authorization: basicAuthorization(basic) } : {},
        }
      : {
          url: url.href,
          method: "POST" as const,
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: formBody([
            ["grant_type", "refresh_token"],
            ["client_id", "posy"],
            ["refresh_token", login.identityToken],
            ...(service === undefined ? [] : [["service", service] as const]),
            ["scope", scopes.join(" ")],
          ]),
        };
  return http.sendOnce({ ...answer, ...(timeout === undefined ? {} : { timeout }) }, async (response) => {
    if (response.status !== 200) {
      await response.discard();
      const refused = [400, 401, 403].includes(response.status);
      throw new PosyError(
        refused ? "authentication" : "http-status",
        `\`${safeUrl(url.href)}\` gives no token (status ${response.status})`,
        {
          hint: refused
            ? "log in with `docker login` or `podman login`, and check that the user may use the repository"
            : "try again later, or tell the operators of the registry",
        },
      );
    }
    const text = Buffer.from(await response.bytes(largestToken)).toString("utf8");
    const token = tokenIn(text);
    if (token === undefined) {
      throw new PosyError("authentication", `\`${safeUrl(url.href)}\` answers without a token`, {
        hint: "tell the operators of the registry",
      });
    }
    hideInMessages(token);
    return token;
  });
}

/** The login goes to the realm, so a registry with TLS may not name one without. */
function realmUrl(realm: string, isPlain: boolean): URL {
  let url: URL | undefined;
  try {
    url = new URL(realm);
  } catch {
    // Refused below.
  }
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isPlain)) return url;
  throw new PosyError("authentication", "the registry names no safe address for its tokens", {
    hint: "its `WWW-Authenticate` header needs a `realm` that is an `https:` URL: tell its operators",
  });
}

function withQuery(url: URL, pairs: readonly (readonly [string, string])[]): string {
  const copy = new URL(url);
  for (const [name, value] of pairs) copy.searchParams.append(name, value);
  return copy.href;
}

function formBody(pairs: readonly (readonly [string, string])[]): RequestBody {
  const bytes = Buffer.from(new URLSearchParams(Object.fromEntries(pairs)).toString());
  return {
    length: bytes.length,
    async *chunks() {
      yield bytes;
    },
  };
}

function tokenIn(text: string): string | undefined {
  try {
    const { token, access_token: accessToken } = JSON.parse(text) as Record<string, unknown>;
    const value = token || accessToken;
    // A header must not break out of its line.
    return typeof value === "string" && /^[\x21-\x7e]+$/.test(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
