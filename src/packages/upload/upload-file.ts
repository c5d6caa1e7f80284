import { setTimeout as sleep } from "node:timers/promises";
import { PosyError } from "../../errors/posy-error.ts";
import type { Reporter } from "../../report/reporter.ts";
import {
  basicAuthorization,
  type Credentials,
  type HttpClient,
  networkError,
  retryDelay,
  safeUrl,
  TransportFailure,
} from "../../system/http/index.ts";
import type { FormField } from "./form-fields.ts";
import { type FormFile, multipartBody } from "./multipart-body.ts";
import { readUploadAnswer, type UploadAnswer } from "./upload-answer.ts";

/** An upload: the file, its form, and where it goes. */
export interface Upload {
  readonly file: FormFile;
  readonly fields: readonly FormField[];
  /** Without credentials. */
  readonly url: string;
  readonly credentials: Credentials | undefined;
  /**
   * Looks whether the index has the file. Throws `file-exists` if it has another file of this name. Missing if there is
   * no URL to look at.
   */
  readonly isThere?: (() => Promise<boolean>) | undefined;
}

export interface UploadContext {
  readonly http: HttpClient;
  readonly reporter: Reporter;
  /** The number of attempts after the first. */
  readonly retries: number;
  /** Seconds without any data after which an attempt is given up. */
  readonly timeout: number;
}

/**
 * Uploads a file and returns `uploaded`, or `exists` if the index had the same file already. After a broken connection,
 * or trouble of the server, the file is sent again, unless the index has it by then. Throws `file-exists`,
 * `authentication`, `http-status`, `network`.
 */
export async function uploadFile(upload: Upload, context: UploadContext): Promise<"uploaded" | "exists"> {
  const { file, url, isThere } = upload;
  const { reporter, retries } = context;
  for (let tries = 0; ; tries += 1) {
    const answer = await attempt(upload, context);
    progress(upload, context, answer.kind === "stored" ? file.size : 0, answer.kind === "stored");
    if (answer.kind === "stored") return "uploaded";
    if (answer.kind === "refused") throw answer.error;
    if (answer.kind === "exists") {
      if (await isThere?.()) return tries > 0 ? "uploaded" : "exists";
      throw existsAlready(upload, answer.message, tries > 0);
    }
    if (tries >= retries || answer.isFinal) throw answer.error;
    reporter.report({
      kind: "debug",
      message: `uploading \`${file.filename}\` to \`${safeUrl(url)}\` again: ${answer.error.message}`,
    });
    await sleep(retryDelay(tries, answer.retryAfter));
    // The connection may have broken after the index had stored the file.
    if (await isThere?.()) return "uploaded";
  }
}

type Attempt =
  | Exclude<UploadAnswer, { kind: "trouble" }>
  | (Extract<UploadAnswer, { kind: "trouble" }> & { readonly isFinal?: boolean });

async function attempt(upload: Upload, context: UploadContext): Promise<Attempt> {
  const { file, fields, url, credentials } = upload;
  const body = multipartBody(fields, file, (bytes) => progress(upload, context, bytes, false));
  const request = {
    url,
    method: "POST",
    headers: {
      "content-type": body.contentType,
      // The public index explains refusals best in JSON.
      accept: "application/json;q=0.9, text/plain;q=0.8, text/html;q=0.7",
      ...(credentials && { authorization: basicAuthorization(credentials) }),
    },
    body,
    timeout: context.timeout,
  } as const;
  try {
    return await context.http.sendOnce(request, (response) =>
      readUploadAnswer(response, file.filename, credentials !== undefined),
    );
  } catch (error) {
    if (!(error instanceof TransportFailure)) throw error;
    return {
      kind: "trouble",
      error: brokenConnection(upload, error),
      retryAfter: null,
      isFinal: error.hopeless,
    };
  }
}

function progress({ file }: Upload, { reporter }: UploadContext, done: number, finished: boolean): void {
  const { filename: id, size: total } = file;
  reporter.report({ kind: "progress", stage: "upload", id, done, total, ...(finished && { finished }) });
}

function brokenConnection({ file, url }: Upload, failure: TransportFailure): PosyError {
  const { code, message, hint } = networkError(url, failure);
  const what = `\`${file.filename}\` could not be uploaded`;
  if (failure.proxy !== undefined)
    return new PosyError(code, `${what}: ${message}`, { hint, cause: failure.cause });
  return new PosyError(code, `${what} to \`${safeUrl(url)}\`: ${failure.message}`, {
    hint: failure.hopeless
      ? hint
      : "check the URL and the connection, and run the command again; `--check-url` skips files that the index has",
    cause: failure.cause,
  });
}

function existsAlready({ file, url }: Upload, message: string, sentBefore: boolean): PosyError {
  const said = message === "" ? "" : ` (it says: \`${message}\`)`;
  const first = sentBefore ? "; it may have been stored before the connection broke" : "";
  return new PosyError(
    "file-exists",
    `\`${safeUrl(url)}\` has a file \`${file.filename}\` already${said}${first}`,
    {
      hint: "raise the version (`posy version --bump patch`), or name the index with `--check-url` to skip files that are the same",
    },
  );
}
