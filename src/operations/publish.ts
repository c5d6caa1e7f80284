import { PosyError } from "../errors/posy-error.ts";
import type { IndexSettings } from "../packages/index.ts";
import {
  type Distribution,
  formFields,
  readAttestation,
  trustedCredentials,
  untrusted,
  uploadFile,
} from "../packages/upload/index.ts";
import {
  type IndexOptions,
  openInputs,
  type OperationContext,
  readSettings,
  warn,
} from "../settings/index.ts";
import { openHome, uploadDigestsOfFile } from "../system/fs/index.ts";
import { askKeyring, type Credentials, type HttpClient, openHttpClient } from "../system/http/index.ts";
import { choose } from "../text/index.ts";
import { checkDistributions, sizeWarning } from "./publish/check-distributions.ts";
import { checkReadmes } from "./publish/check-readmes.ts";
import { isPublished, type OpenIndex } from "./publish/existing-files.ts";
import { attestationsOf, findDistributions } from "./publish/find-distributions.ts";
import { type TargetOptions, type UploadTarget, uploadTarget } from "./publish/upload-target.ts";

export const trustModes = ["auto", "always", "never"] as const;

/** Options of `publish`. */
export interface PublishOptions extends TargetOptions {
  /** Files, folders and patterns. The default is `dist` of the project. */
  readonly files?: readonly string[];
  /** Do everything but upload. */
  readonly dryRun?: boolean;
  /** Whether a CI job gets its login by its identity. The default is `auto`: if there is no other login. */
  readonly trustedPublishing?: (typeof trustModes)[number];
  /** Upload no attestations (PEP 740). */
  readonly noAttestations?: boolean;
  /** Render no README. */
  readonly noReadmeCheck?: boolean;
  /** Ask the `keyring` program for the password. */
  readonly keyring?: boolean | undefined;
  /** Options of the network. */
  readonly network?: Pick<IndexOptions, "offline" | "cert" | "trustedHost">;
  /** Called for each file as soon as it is done. */
  readonly onFile?: (file: PublishedFile) => void;
}

/** A file after `publish`. `checked`: nothing was uploaded, because it was a dry run. */
export interface PublishedFile {
  readonly filename: string;
  /** The absolute path. */
  readonly path: string;
  readonly status: "uploaded" | "exists" | "checked";
}

/** The result of `publish`. */
export interface Published {
  /** The upload URL, without credentials. */
  readonly url: string;
  readonly files: readonly PublishedFile[];
}

/** A file that is ready to be sent. */
interface Prepared {
  readonly distribution: Distribution;
  readonly fields: ReturnType<typeof formFields>;
}

/**
 * Uploads wheels and source distributions to an index. Before anything is sent, all files are checked: names, archives,
 * metadata, READMEs and attestations, and, if the URL of the index's pages is known, whether the index has them.
 * Files that it has already are skipped. Throws `file-exists` for a file that it has with other content,
 * `invalid-metadata`, …; `authentication`, `http-status` and `network` if the upload fails. The files before the one
 * that failed are uploaded then; running it again skips them.
 */
export async function publish(options: PublishOptions, context: OperationContext): Promise<Published> {
  const { onFile = () => {} } = options;
  const network = networkOf(options, context);
  const target = await uploadTarget(options, context);
  const trust = trustModeOf(options, target);
  if (trust === "always" && target.credentials !== undefined) {
    throw new PosyError("usage", "there are credentials, and `--trusted-publishing always` uses none", {
      hint: "leave out one of the two: also look at `POSY_PUBLISH_…`, `UV_PUBLISH_…` and `TWINE_…`",
    });
  }
  const found = await findDistributions(options.files ?? [], context);
  const distributions = await checkDistributions(found);
  for (const distribution of distributions) warnAbout(distribution, target, context);
  const settings = await readSettings(network, [], openInputs(context));
  const { index } = settings;
  if (!options.noReadmeCheck) await checkReadmes(distributions, network, context);
  const prepared: Prepared[] = [];
  for (const distribution of distributions) prepared.push(await prepare(distribution, options));

  const { environment, reporter } = context;
  const http = openHttpClient({ ...index, ...clientCertificateOf(context), environment, reporter });
  const credentials = await findCredentials(
    target,
    { ...options, trustedPublishing: trust },
    { index, http, context },
  );
  const open = openIndexOf(target, credentials, index, context);
  const isThere = ({ distribution }: Prepared) =>
    target.checkUrl === undefined || open === undefined
      ? Promise.resolve(false)
      : isPublished(distribution, target.checkUrl, open);
  const existing = new Set<Prepared>();
  for (const file of prepared) if (await isThere(file)) existing.add(file);

  const files: PublishedFile[] = [];
  const done = ({ distribution: { filename, path } }: Prepared, status: PublishedFile["status"]) => {
    files.push({ filename, path, status });
    onFile(files.at(-1) as PublishedFile);
  };
  const upload = {
    http,
    reporter,
    retries: index.retries ?? 3,
    timeout: uploadTimeout(index, environment),
  };
  const count = prepared.length - existing.size;
  if (!options.dryRun) reporter.report({ kind: "stage", stage: "upload", state: "start", count });
  try {
    for (const file of prepared) {
      if (existing.has(file)) done(file, "exists");
      else if (options.dryRun) done(file, "checked");
      else {
        const check = open && (() => isThere(file));
        done(
          file,
          await uploadFile(
            { file: file.distribution, fields: file.fields, url: target.url, credentials, isThere: check },
            upload,
          ),
        );
      }
    }
  } finally {
    if (!options.dryRun) reporter.report({ kind: "stage", stage: "upload", state: "end" });
  }
  return { url: target.url, files };
}

/** Adds the certificates that twine is told by variables. */
function networkOf({ network = {} }: PublishOptions, { environment }: OperationContext) {
  const cert = network.cert ?? (environment["TWINE_CERT"] || undefined);
  return { ...network, ...(cert !== undefined && { cert }) };
}

function clientCertificateOf({ environment }: OperationContext) {
  const path = environment["TWINE_CLIENT_CERT"];
  return path ? { clientCertificate: path } : {};
}

function trustModeOf({ trustedPublishing }: PublishOptions, target: UploadTarget) {
  const written = target.trustedPublishing;
  if (trustedPublishing !== undefined || written === undefined) return trustedPublishing ?? "auto";
  // uv also takes `automatic`, the full name.
  return choose("trusted-publishing", written === "automatic" ? "auto" : written, trustModes);
}

function warnAbout(distribution: Distribution, { isDefault }: UploadTarget, context: OperationContext): void {
  for (const warning of distribution.warnings) warn(context, `\`${distribution.filename}\`: ${warning}`);
  const size = isDefault ? sizeWarning(distribution) : undefined;
  if (size !== undefined) warn(context, size);
}

/** Reads the attestations of a file and makes its form. */
async function prepare(distribution: Distribution, { noAttestations }: PublishOptions): Promise<Prepared> {
  const { path, filename } = distribution;
  const digests = await uploadDigestsOfFile(path);
  const attestations: string[] = [];
  for (const attestation of noAttestations ? [] : await attestationsOf(path)) {
    attestations.push(await readAttestation(attestation, { filename, sha256: digests.sha256 }));
  }
  return { distribution, fields: formFields(distribution, digests, attestations) };
}

interface Tools {
  readonly index: IndexSettings;
  readonly http: HttpClient;
  readonly context: OperationContext;
}

/** Returns the login for the upload: the configured one, that of netrc or the keyring, or that of the CI job. */
async function findCredentials(
  { url, credentials, username, isDefault }: UploadTarget,
  { trustedPublishing = "auto", keyring, dryRun }: PublishOptions,
  { index, http, context: { environment } }: Tools,
): Promise<Credentials | undefined> {
  const job = () => (dryRun ? undefined : trustedCredentials(url, environment, http));
  if (trustedPublishing === "always") {
    const trusted = await job();
    if (trusted === undefined && !dryRun) throw untrusted(url, environment);
    return trusted;
  }
  if (credentials !== undefined) return credentials;
  const known = http.knownCredentials(url);
  if (known !== undefined && known.password !== "" && (username === undefined || known.username === username))
    return known;
  const asksKeyring = keyring ?? index.keyring ?? false;
  const kept = asksKeyring ? await askKeyring(url, username ?? "__token__", environment) : undefined;
  if (kept !== undefined) return kept;
  const trusted = trustedPublishing === "auto" ? await job() : undefined;
  if (trusted !== undefined) return trusted;
  if (username !== undefined || (isDefault && !dryRun)) {
    const whose = username === undefined ? "" : ` of the user \`${username}\``;
    throw new PosyError("authentication", `there is no token and no password${whose} for \`${url}\``, {
      hint: "give `--token`, or set `POSY_PUBLISH_TOKEN`; `~/.netrc` and `~/.pypirc` may have a password, and `--keyring-provider subprocess` asks the keyring",
    });
  }
  return undefined;
}

/** Returns how to open the pages of the index that is published to; undefined if their URL is not known. */
function openIndexOf(
  { url, checkUrl, checkCredentials }: UploadTarget,
  credentials: Credentials | undefined,
  index: IndexSettings,
  { environment, reporter }: OperationContext,
): OpenIndex | undefined {
  if (checkUrl === undefined) return undefined;
  const settings: IndexSettings = {
    ...index,
    indexes: [{ url: checkUrl }],
    findLinks: [],
    noIndex: false,
    refresh: true,
    credentials: [
      ...(checkCredentials ? [{ url: checkUrl, credentials: checkCredentials }] : []),
      // They are used for the host of the upload URL only.
      ...(credentials ? [{ url, credentials }] : []),
      ...(index.credentials ?? []),
    ],
  };
  // All files count, whatever the settings for installing ignore.
  const { excludeNewer: _, excludeNewerPackages: __, packageIndexes: ___, ...all } = settings;
  return async () => {
    const { openPackageDB } = await import("../packages/open-package-db.ts");
    return openPackageDB({ home: openHome(environment), index: all, reporter, environment });
  };
}

/**
 * Returns the seconds without any data after which an upload is given up. An index may take minutes to check a large
 * file before it answers. uv waits as long.
 */
function uploadTimeout({ timeout }: IndexSettings, environment: NodeJS.ProcessEnv): number {
  const text = environment["POSY_UPLOAD_HTTP_TIMEOUT"] || environment["UV_UPLOAD_HTTP_TIMEOUT"];
  const seconds = Number(text ?? timeout ?? 900);
  if (Number.isFinite(seconds) && seconds > 0) return seconds;
  throw new PosyError("invalid-configuration", `the upload timeout \`${text}\` is not a number of seconds`, {
    hint: "correct `POSY_UPLOAD_HTTP_TIMEOUT` or `UV_UPLOAD_HTTP_TIMEOUT`",
  });
}
