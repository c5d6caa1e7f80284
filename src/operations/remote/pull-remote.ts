import { mkdir } from "node:fs/promises";
import { PosyError } from "../../errors/posy-error.ts";
import { hasStoredWheel, keepStoredResults, keepStoredWheel } from "../../builder/index.ts";
import { addExchangedFile, isKept, keepFile } from "../../packages/index.ts";
import type { Posy } from "../../posy.ts";
import { storedNames } from "../../pythons/discover/index.ts";
import {
  isAboutEntry,
  openRepository,
  pagesTag,
  parseRemoteLocation,
  platformAnnotation,
  type Progress,
  pullBySha256,
  pullResultsFrom,
  pullWheelFrom,
  readEntry,
} from "../../remote/index.ts";
import { openInputs, openPosyFor, type OperationContext, readSettings, warn } from "../../settings/index.ts";
import { openZipFile } from "../../system/archives/index.ts";
import { releaseTemporary, temporaryPath } from "../../system/fs/index.ts";
import type { Registry } from "../../system/oci/index.ts";
import { parseSha256 } from "../../vocab/hash.ts";
import { type RemotePart, remoteParts, type TransferredEntry } from "./remote-parts.ts";

export interface PullRemoteOptions {
  /** `oci://host/name`. */
  readonly location: string;
  /** The parts to pull. The default is all. */
  readonly parts?: readonly RemotePart[];
  /** Only list what would be pulled. */
  readonly dryRun?: boolean;
  /** Called for each entry as soon as it is done. */
  readonly onEntry?: (entry: TransferredEntry) => void;
}

/** Codes of failures that end with a warning: a store that does not answer is no reason to fail. */
const unreachable = new Set(["network", "http-status"]);

/**
 * Fetches everything from a remote store that this machine can use and does not have. Builds count as built here from
 * then on. A store that does not answer is a warning. Throws `authentication`, `invalid-url`, `usage`, `offline`.
 */
export async function pullRemote(
  { location, parts = remoteParts, dryRun = false, onEntry = () => {} }: PullRemoteOptions,
  context: OperationContext,
): Promise<readonly TransferredEntry[]> {
  const target = parseRemoteLocation(location, "the address to pull from");
  if (target.kind === "index") {
    throw new PosyError("usage", "only an OCI registry can be pulled from", {
      hint: "set `POSY_REMOTE_STORE` to the simple pages of the index: its wheels are looked up when they are needed",
    });
  }
  const settings = await readSettings({ python: "any" }, [], openInputs(context));
  const registry = openRepository(target.repository, { index: settings.index, ...context });
  const entries: TransferredEntry[] = [];
  await using posy = await openPosyFor(settings, context);
  await mkdir(posy.home.cacheTmp, { recursive: true });
  const add = (entry: TransferredEntry) => {
    entries.push(entry);
    onEntry(entry);
  };
  try {
    const tags = await registry.tags();
    for (const tag of tags) {
      const pull = pullerOf(tag, parts, posy);
      if (pull === undefined) continue;
      try {
        const entry = await pull({ registry, posy, dryRun, tag, context });
        if (entry !== undefined) add(entry);
      } catch (error) {
        if (!(error instanceof PosyError) || !isAboutEntry(error)) throw error;
        warn(context, `the entry \`${tag}\` was not pulled: ${error.message}`);
      }
    }
  } catch (error) {
    if (!(error instanceof PosyError) || !unreachable.has(error.code)) throw error;
    const { message, hint } = error;
    context.reporter.report({ kind: "warning", message: `the pull is not complete: ${message}`, hint });
  }
  return entries;
}

interface PullTools {
  readonly registry: Registry;
  readonly posy: Posy;
  readonly dryRun: boolean;
  readonly tag: string;
  readonly context: OperationContext;
}

type Puller = (tools: PullTools) => Promise<TransferredEntry | undefined>;

function pullerOf(tag: string, parts: readonly RemotePart[], { machine }: Posy): Puller | undefined {
  const { platform } = machine;
  const isKey = (prefix: string) => tag.startsWith(prefix) && /^[0-9a-f]{40}$/.test(tag.slice(prefix.length));
  if (parts.includes("builds") && isKey(`wheel-${platform}-`)) return pullWheel;
  if (parts.includes("builds") && isKey(`results-${platform}-`)) return pullResults;
  if (parts.includes("pythons") && /^python-[0-9a-f]{64}$/.test(tag)) return pullPython;
  return parts.includes("pages") && tag === pagesTag ? pullPages : undefined;
}

async function pullWheel({
  registry,
  posy,
  dryRun,
  tag,
  context,
}: PullTools): Promise<TransferredEntry | undefined> {
  const { home } = posy;
  const path = temporaryPath(home.cacheTmp, "remote");
  let seen: TransferredEntry | undefined;
  try {
    const pulled = await pullWheelFrom(
      registry,
      tag,
      path,
      async ({ key: { pins, ...key } }, filename) => {
        if (pins === undefined) return false;
        const isThere = await hasStoredWheel({ ...key, pins }, home);
        seen = { kind: "wheel", name: filename, status: isThere ? "exists" : "checked" };
        return !isThere && !dryRun;
      },
      progressOf(tag, context),
    );
    if (pulled === undefined) return seen;
    const { config, filename, sha256 } = pulled;
    const { pins = "", ...key } = config.key;
    await keepStoredWheel({ ...key, pins }, { path, filename, sha256 }, home);
    return { kind: "wheel", name: filename, status: "pulled" };
  } finally {
    releaseTemporary(path);
  }
}

async function pullResults({
  registry,
  posy,
  dryRun,
  tag,
}: PullTools): Promise<TransferredEntry | undefined> {
  const pulled = await pullResultsFrom(registry, tag);
  if (pulled === undefined) return undefined;
  const entry = { kind: "metadata", name: tag } as const;
  if (dryRun) return { ...entry, status: "checked" };
  const count = await keepStoredResults(pulled.config.key, pulled.results, posy.home);
  return { ...entry, status: count > 0 ? "pulled" : "exists" };
}

async function pullPython({
  registry,
  posy,
  dryRun,
  tag,
  context,
}: PullTools): Promise<TransferredEntry | undefined> {
  const { home, machine } = posy;
  const sha256 = parseSha256(tag.slice("python-".length));
  const read = await readEntry(registry, tag, "python");
  if (read?.manifest.annotations?.[platformAnnotation] !== machine.platform) return undefined;
  const entry = { kind: "python", name: sha256 } as const;
  const isThere = isKept(home, sha256) || (await storedNames(home.pythons)).includes(sha256);
  if (isThere || dryRun) return { ...entry, status: isThere ? "exists" : "checked" };
  const path = temporaryPath(home.cacheTmp, "remote");
  try {
    const progress = progressOf(tag, context);
    const done = await pullBySha256(registry, sha256, path, (bytes) => progress(bytes, read.layer.size));
    if (!done) return undefined;
    await keepFile(path, sha256, home);
  } finally {
    releaseTemporary(path);
  }
  return { ...entry, status: "pulled" };
}

async function pullPages({
  registry,
  posy,
  dryRun,
  tag,
  context,
}: PullTools): Promise<TransferredEntry | undefined> {
  const read = await readEntry(registry, tag, "pages");
  if (read === undefined) return undefined;
  if (dryRun) return { kind: "pages", name: "index pages and metadata", status: "checked" };
  const { home } = posy;
  const path = temporaryPath(home.cacheTmp, "remote");
  let count = 0;
  try {
    const { digest, size } = read.layer;
    const progress = progressOf("index pages", context);
    await registry.downloadBlob({ digest, size }, path, (done) => progress(done, size));
    const zip = openZipFile(path, { label: tag });
    try {
      await Promise.all([mkdir(home.http, { recursive: true }), mkdir(home.metadata, { recursive: true })]);
      for (const entry of zip.entries) {
        if (await addExchangedFile(entry.path, zip.readSync(entry), home)) count += 1;
      }
    } finally {
      zip.close();
    }
  } finally {
    releaseTemporary(path);
  }
  return {
    kind: "pages",
    name: `${count} index pages and metadata`,
    status: count > 0 ? "pulled" : "exists",
  };
}

function progressOf(id: string, { reporter }: OperationContext): Progress {
  return (done, total) =>
    reporter.report({
      kind: "progress",
      stage: "fetch",
      id,
      done,
      total,
      ...(done === total && { finished: true }),
    });
}
