import { setTimeout as sleep } from "node:timers/promises";
import { PosyError } from "../../errors/posy-error.ts";
import { hideInMessages } from "../../errors/redact.ts";
import {
  type Credentials,
  type HttpClient,
  isTransientStatus,
  networkError,
  retryDelay,
  safeUrl,
  TransportFailure,
} from "../../system/http/index.ts";
import { quote } from "../../text/index.ts";

/** Where the identity of a job comes from: GitHub gives it on request, GitLab puts it into a variable. */
type Identity =
  | { readonly kind: "github"; readonly requestUrl: string; readonly requestToken: string }
  | { readonly kind: "variable"; readonly suffix: string };

/**
 * Returns a short-lived login for an upload from the identity (OIDC) of the CI job that this process runs in: asks the
 * index for its audience, the CI system for an identity token, and the index for an API token. Returns undefined if
 * this is no job with an identity, or if the index does not support trusted publishing. Throws `authentication` if the
 * index does not trust the job. `url` is the upload URL.
 */
export async function trustedCredentials(
  url: string,
  environment: NodeJS.ProcessEnv,
  http: HttpClient,
): Promise<Credentials | undefined> {
  const identity = identityIn(environment);
  const { origin } = new URL(url);
  if (identity === undefined || !isSafe(url)) return undefined;
  const audience = await audienceOf(origin, http);
  if (audience === undefined) return undefined;
  const token = await identityToken(identity, audience, environment, http);
  if (token === undefined) return undefined;
  hideInMessages(token);
  const password = await mintedToken(origin, token, http);
  hideInMessages(password);
  return { username: "__token__", password };
}

/** Says why there are no trusted credentials, for `--trusted-publishing always`. */
export function untrusted(url: string, environment: NodeJS.ProcessEnv): PosyError {
  if (!isSafe(url)) {
    return new PosyError(
      "authentication",
      `trusted publishing needs \`https:\`, and the index is \`${safeUrl(url)}\``,
      {
        hint: "use the `https:` URL of the index",
      },
    );
  }
  if (environment["GITHUB_ACTIONS"] === "true" && identityIn(environment)?.kind !== "github") {
    return new PosyError("authentication", "this job of GitHub Actions may not ask for an identity token", {
      hint: "add `permissions: { id-token: write }` to the job",
    });
  }
  if (identityIn(environment) === undefined) {
    return new PosyError(
      "authentication",
      "this is no job of GitHub Actions or GitLab CI, so there is no identity to trust",
      {
        hint: "give `--token`, or run the command in a job; GitLab needs `id_tokens` with `PYPI_ID_TOKEN` in the job",
      },
    );
  }
  return new PosyError(
    "authentication",
    `\`${safeUrl(url)}\` does not support trusted publishing, or the job has no token for it`,
    {
      hint: "give `--token`; in GitLab, `id_tokens` of the job must have a token for this index (`PYPI_ID_TOKEN`)",
    },
  );
}

function identityIn(environment: NodeJS.ProcessEnv): Identity | undefined {
  const requestUrl = environment["ACTIONS_ID_TOKEN_REQUEST_URL"];
  const requestToken = environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
  if (requestUrl && requestToken) return { kind: "github", requestUrl, requestToken };
  if (environment["GITLAB_CI"]) return { kind: "variable", suffix: "_ID_TOKEN" };
  return undefined;
}

/** A token may be sent to a server by `https:` only, or to this machine. */
function isSafe(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Asks the index for the audience of identity tokens. Undefined if it does not know trusted publishing. */
async function audienceOf(origin: string, http: HttpClient): Promise<string | undefined> {
  const answer = await ask({ url: `${origin}/_/oidc/audience`, method: "GET", headers: json }, http);
  if (answer.status === 404 || answer.status === 405) return undefined;
  const { audience } = (answer.data ?? {}) as { readonly audience?: unknown };
  return answer.status === 200 && typeof audience === "string" ? audience : undefined;
}

async function identityToken(
  identity: Identity,
  audience: string,
  environment: NodeJS.ProcessEnv,
  http: HttpClient,
): Promise<string | undefined> {
  if (identity.kind === "variable") {
    const name = `${audience.toUpperCase().replace(/[^A-Z0-9]/g, "_")}${identity.suffix}`;
    return environment[name] || undefined;
  }
  const { requestUrl, requestToken } = identity;
  hideInMessages(requestToken);
  const url = new URL(requestUrl);
  url.searchParams.set("audience", audience);
  const headers = { ...json, authorization: `bearer ${requestToken}` };
  const { status, data } = await ask({ url: url.href, method: "GET", headers }, http);
  const { value } = (data ?? {}) as { readonly value?: unknown };
  if (status === 200 && typeof value === "string") return value;
  throw new PosyError("authentication", `GitHub Actions gave no identity token (status ${status})`, {
    hint: "add `permissions: { id-token: write }` to the job",
  });
}

/** Exchanges an identity token for an API token of the index. */
async function mintedToken(origin: string, token: string, http: HttpClient): Promise<string> {
  const url = `${origin}/_/oidc/mint-token`;
  const headers = { ...json, "content-type": "application/json" };
  const body = Buffer.from(JSON.stringify({ token }));
  const { status, data } = await ask({ url, method: "POST", headers, body }, http);
  const answer = (data ?? {}) as {
    readonly token?: unknown;
    readonly message?: unknown;
    readonly errors?: readonly { readonly description?: unknown }[];
  };
  if (status >= 200 && status < 300 && typeof answer.token === "string") return answer.token;
  const reasons = [
    answer.message,
    ...(Array.isArray(answer.errors) ? answer.errors : []).map((each) => each.description),
  ];
  const said = reasons.find((each) => typeof each === "string") as string | undefined;
  throw new PosyError(
    "authentication",
    `\`${origin}\` does not trust this job (status ${status})${said === undefined ? "" : `: ${quote(said)}`}`,
    { hint: `register the job as a trusted publisher of the project${claimsOf(token)}` },
  );
}

/** Returns the claims that the publisher's registration must match. They are no secret; the token is. */
function claimsOf(token: string): string {
  try {
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<
      string,
      unknown
    >;
    const shown = [
      "repository",
      "job_workflow_ref",
      "environment",
      "project_path",
      "ci_config_ref_uri",
    ].flatMap((name) => (typeof claims[name] === "string" ? [`${name} ${quote(claims[name])}`] : []));
    return shown.length === 0 ? "" : `: ${shown.join(", ")}`;
  } catch {
    return "";
  }
}

const json = { accept: "application/json" };
const largestAnswer = 1 << 20;
const retries = 3;

interface Question {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** Sends a small request, again if that may help, and returns the status and the JSON of the answer. */
async function ask({ body, ...question }: Question, http: HttpClient) {
  const content = body && { length: body.length, chunks: () => once(body) };
  for (let tries = 0; ; tries += 1) {
    try {
      const answer = await http.sendOnce(
        { ...question, ...(content && { body: content }) },
        async (response) => {
          const text = Buffer.from(await response.bytes(largestAnswer)).toString("utf8");
          return {
            status: response.status,
            data: parsed(text),
            retryAfter: response.headers.get("retry-after"),
          };
        },
      );
      if (tries >= retries || !isTransientStatus(answer.status)) return answer;
      await sleep(retryDelay(tries, answer.retryAfter));
    } catch (error) {
      if (!(error instanceof TransportFailure)) throw error;
      if (tries >= retries || error.hopeless) throw networkError(question.url, error);
      await sleep(retryDelay(tries, null));
    }
  }
}

// oxlint-disable-next-line require-await
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
