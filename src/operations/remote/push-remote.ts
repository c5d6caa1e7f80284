import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { type StoredBuild, storedBuilds } from "../../builder/index.ts";
import { exchangedPages, type IndexSettings } from "../../packages/index.ts";
import { formFields, readDistribution, uploadFile } from "../../packages/upload/index.ts";
import type { Posy } from "../../posy.ts";
import { storedPythons } from "../../pythons/discover/index.ts";
import {
  buildTagOf,
  openRepository,
  pagesTag,
  parseRemoteLocation,
  type Progress,
  type Pushed,
  pushInterpreterTo,
  pushPagesTo,
  pushResultsTo,
  pushWheelTo,
} from "../../remote/index.ts";
import { openInputs, openPosyFor, type OperationContext, readSettings } from "../../settings/index.ts";
import { writeZip } from "../../system/archives/index.ts";
import { releaseTemporary, sha256OfFile, temporaryPath, uploadDigestsOfFile } from "../../system/fs/index.ts";
import { openHttpClient } from "../../system/http/index.ts";
import { parseDigest, type Registry } from "../../system/oci/index.ts";
import { parseSha256 } from "../../vocab/hash.ts";
import { uploadTarget } from "../publish/upload-target.ts";
import { archiveOf, interpretersOfEnvs, type RemotePart, type TransferredEntry } from "./remote-parts.ts";

export interface PushRemoteOptions {
  /** `oci://host/name`, or the upload URL of an index. */
  readonly location: string;
  /** The parts to push. The default is `builds` and `pythons`; an index takes built wheels only. */
  readonly parts?: readonly RemotePart[];
  /** Only list what would be pushed. */
  readonly dryRun?: boolean;
  /** Called for each entry as soon as it is done. */
  readonly onEntry?: (entry: TransferredEntry) => void;
}

/**
 * Uploads what this machine built, and its interpreters, for other machines. Sources of this machine (folders) are left
 * out. What is there already is not sent again and not replaced. Throws `network`, `authentication`, `http-status`,
 * `invalid-url`, `usage`.
 */
export async function pushRemote(
  { location, parts, dryRun = false, onEntry = () => {} }: PushRemoteOptions,
  context: OperationContext,
): Promise<readonly TransferredEntry[]> {
  const target = parseRemoteLocation(location, "the address to push to");
  const settings = await readSettings({ python: "any" }, [], openInputs(context));
  const entries: TransferredEntry[] = [];
  const add = (entry: TransferredEntry) => {
    entries.push(entry);
    onEntry(entry);
  };
  await using posy = await openPosyFor(settings, context);
  if (target.kind === "index") {
    if (parts?.some((part) => part !== "builds")) {
      throw new PosyError("usage", "an index takes built wheels only", {
        hint: "leave `--only` out, or push to an OCI registry: `oci://host/name`",
      });
    }
    await pushToIndex(target.url, settings.index, posy, { dryRun, add }, context);
    return entries;
  }
  const registry = openRepository(target.repository, { index: settings.index, ...context });
  const progress =
    (id: string): Progress =>
    (done, total) =>
      context.reporter.report({
        kind: "progress",
        stage: "upload",
        id,
        done,
        total,
        ...(done === total && { finished: true }),
      });
  const wanted = parts ?? ["builds", "pythons"];
  const tools = { registry, posy, dryRun, add, progress };
  if (wanted.includes("builds")) await pushBuilds(tools);
  if (wanted.includes("pythons")) await pushPythons(tools);
  if (wanted.includes("pages")) await pushPages(tools);
  return entries;
}

interface PushTools {
  readonly registry: Registry;
  readonly posy: Posy;
  readonly dryRun: boolean;
  readonly add: (entry: TransferredEntry) => void;
  readonly progress: (id: string) => Progress;
}

async function pushBuilds({ registry, posy, dryRun, add, progress }: PushTools): Promise<void> {
  for (const build of await storedBuilds(posy.home)) {
    const entry = entryOf(build);
    if (dryRun) add({ ...entry, status: "checked" });
    else add({ ...entry, status: await pushBuild(build, registry, progress(entry.name)) });
  }
}

function entryOf(build: StoredBuild): Pick<TransferredEntry, "kind" | "name"> {
  return build.kind === "wheel"
    ? { kind: "wheel", name: build.wheel.filename }
    : { kind: "metadata", name: build.label };
}

function pushBuild(build: StoredBuild, registry: Registry, progress: Progress): Promise<Pushed> {
  return build.kind === "wheel"
    ? pushWheelTo(registry, build.key, build.wheel, progress)
    : pushResultsTo(registry, build.key, build.results);
}

async function pushPythons({ registry, posy, dryRun, add, progress }: PushTools): Promise<void> {
  const known = await interpretersOfEnvs(posy.home);
  for (const { sha256: name, interpreter } of await storedPythons(posy.home)) {
    const { implementation, version, platform } = interpreter;
    const entry = { kind: "python", name: `${implementation} ${version}` } as const;
    const sha256 = parseSha256(name);
    if (dryRun) {
      add({ ...entry, status: "checked" });
      continue;
    }
    const path = await archiveOf(sha256, known, posy);
    if (path === undefined) {
      add({
        ...entry,
        status: "skipped",
        reason: "its archive is not kept, and no environment knows its address",
      });
      continue;
    }
    const pushed = await pushInterpreterTo(registry, { sha256, path, platform }, progress(entry.name));
    add({ ...entry, status: pushed });
  }
}

async function pushPages({ registry, posy, dryRun, add, progress }: PushTools): Promise<void> {
  const files = await exchangedPages(posy.home);
  const entry = { kind: "pages", name: `${files.length} index pages and metadata` } as const;
  if (dryRun || files.length === 0) return add({ ...entry, status: "checked" });
  const path = temporaryPath(posy.home.cacheTmp, "pages");
  try {
    await writeZip(
      path,
      files.map(({ name, path: file }) => ({
        path: name,
        mode: 0o644,
        kind: "file" as const,
        data: { file },
      })),
    );
    const digest = parseDigest(`sha256:${await sha256OfFile(path)}`);
    await pushPagesTo(registry, pagesTag, path, digest, progress("index pages"));
  } finally {
    await rm(path, { force: true });
    releaseTemporary(path);
  }
  add({ ...entry, status: "pushed" });
}

/** Uploads built wheels to an index. Their build tag holds the key of the build. */
async function pushToIndex(
  publishUrl: string,
  index: IndexSettings,
  { home }: Posy,
  { dryRun, add }: Pick<PushTools, "dryRun" | "add">,
  context: OperationContext,
): Promise<void> {
  const { environment, reporter } = context;
  const { url, credentials } = await uploadTarget({ publishUrl }, context);
  const http = openHttpClient({ ...index, environment, reporter });
  const login = credentials ?? http.knownCredentials(url);
  for (const build of await storedBuilds(home)) {
    if (build.kind !== "wheel") continue;
    const { path, filename: plain } = build.wheel;
    // Name and version come before the build tag, and neither has a hyphen.
    const [name = "", version = "", ...tags] = plain
      .split("-")
      .filter((_, at, all) => all.length < 6 || at !== 2);
    const filename = [name, version, buildTagOf(build.key), ...tags].join("-");
    const entry = { kind: "wheel", name: filename } as const;
    if (dryRun) {
      add({ ...entry, status: "checked" });
      continue;
    }
    try {
      const distribution = { ...(await readDistribution(path)), filename: basename(filename) };
      const fields = formFields(distribution, await uploadDigestsOfFile(path), []);
      const file = { path, filename, size: distribution.size };
      const uploaded = await uploadFile(
        { file, fields, url, credentials: login },
        { http, reporter, retries: index.retries ?? 3, timeout: index.timeout ?? 900 },
      );
      add({ ...entry, status: uploaded === "uploaded" ? "pushed" : "exists" });
    } catch (error) {
      if (!(error instanceof PosyError)) throw error;
      if (error.code === "file-exists") add({ ...entry, status: "exists" });
      else if (["private-package", "invalid-metadata", "metadata-mismatch"].includes(error.code)) {
        add({ ...entry, status: "skipped", reason: error.message });
      } else throw error;
    }
  }
}
