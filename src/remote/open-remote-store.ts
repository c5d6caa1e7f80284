import { PosyError } from "../errors/posy-error.ts";
import { redact } from "../errors/redact.ts";
import type { IndexSettings } from "../packages/index.ts";
import type { Reporter } from "../report/reporter.ts";
import { type Home, sha256Of } from "../system/fs/index.ts";
import { openHttpClient, splitCredentials } from "../system/http/index.ts";
import {
  formatLocation,
  openRegistry,
  parseReference,
  type Reference,
  type Registry,
} from "../system/oci/index.ts";
import { openIndexStore } from "./index-store.ts";
import { openOciStore } from "./oci-store.ts";
import type { RemoteStore } from "./remote-store.ts";

/** The address of a remote store: a repository of a registry, or the simple pages of an index. */
export type RemoteLocation =
  | { readonly kind: "oci"; readonly repository: Pick<Reference, "registry" | "name"> }
  | { readonly kind: "index"; readonly url: string };

/** Parses `oci://host/name` or the URL of an index. `what` names the setting or argument. Throws `invalid-url`. */
export function parseRemoteLocation(text: string, what: string): RemoteLocation {
  if (/^https?:\/\//i.test(text)) return { kind: "index", url: text };
  if (/^oci:\/\//i.test(text)) {
    const { registry, name, tag, digest } = parseReference(text);
    if (tag === undefined && digest === undefined) return { kind: "oci", repository: { registry, name } };
    throw new PosyError("invalid-url", `${what} has a tag: Posy makes the tags itself`, {
      hint: `write \`${formatLocation({ registry, name })}\``,
    });
  }
  throw new PosyError(
    "invalid-url",
    `${what} is \`${redact(text)}\`, which is not the address of a remote store`,
    {
      hint: "write `oci://host/name`, or the URL of the simple pages of an index: `https://host/simple/`",
    },
  );
}

export interface RemoteContext {
  readonly home: Home;
  readonly index: IndexSettings;
  readonly reporter: Reporter;
  readonly environment: NodeJS.ProcessEnv;
}

/** Seconds without data after which the ordinary way is taken, unless a shorter time is configured. */
const lookupTimeout = 5;

/**
 * Opens the remote store of the settings. Returns undefined if there is none (or `off`), or without network. Sends
 * nothing.
 * Throws `invalid-url`.
 */
export async function openRemoteStore(context: RemoteContext): Promise<RemoteStore | undefined> {
  const { index, reporter } = context;
  const { remoteStore, remoteStorePush: pushes = false, offline } = index;
  if (remoteStore === undefined || remoteStore === "off" || offline) return undefined;
  const location = parseRemoteLocation(remoteStore, "the setting `remote-store`");
  const timeout = Math.min(index.timeout ?? lookupTimeout, lookupTimeout);
  if (location.kind === "oci") {
    const id = idOf(formatLocation(location.repository));
    const registry = openRepository(location.repository, context, { timeout, retries: 1 });
    return openOciStore({ registry, id, pushes, reporter });
  }
  const { url, credentials } = splitCredentials(location.url);
  if (pushes) {
    const message =
      "nothing is pushed to the remote store: an index takes wheels only from `posy cache push`";
    reporter.report({ kind: "warning", message, key: "remote-store-push", about: "settings" });
  }
  // All files of the index count, and nothing else: what is configured for installing has no part in it.
  const { excludeNewer: _, excludeNewerPackages: __, packageIndexes: ___, ...rest } = index;
  const { openPackageDB } = await import("../packages/open-package-db.ts");
  const db = openPackageDB({
    ...context,
    index: {
      ...rest,
      indexes: [{ url }],
      findLinks: [],
      noIndex: false,
      refresh: true,
      timeout,
      retries: 1,
      credentials: [...(credentials ? [{ url, credentials }] : []), ...(index.credentials ?? [])],
    },
  });
  return openIndexStore({ db, url, id: idOf(url), reporter });
}

/** Opens a repository with the certificates, proxies and time-outs of the settings. */
export function openRepository(
  repository: Pick<Reference, "registry" | "name">,
  { index, reporter, environment }: Omit<RemoteContext, "home">,
  options: { readonly timeout?: number | undefined; readonly retries?: number | undefined } = {},
): Registry {
  const http = openHttpClient({ ...index, environment, reporter });
  const { timeout = index.timeout, retries = index.retries } = options;
  return openRegistry(repository, {
    http,
    reporter,
    environment,
    timeout,
    retries,
    plainHosts: index.trustedHosts,
  });
}

/** Returns 16 hexadecimal digits. */
function idOf(location: string): string {
  return sha256Of(location).slice(0, 16);
}
