import { OnceMap } from "../async/index.ts";
import type { Registry } from "../system/oci/index.ts";
import type { Reporter } from "../report/reporter.ts";
import { type Forgiving, minimumSpeed, openForgiving } from "./forgiving.ts";
import { isConfigOf, resultsTag, wheelTag } from "./layout.ts";
import {
  type Progress,
  pullBySha256,
  pullResultsFrom,
  pullWheelFrom,
  pushResultsTo,
  pushWheelTo,
} from "./oci-entries.ts";
import type { BuildKey, BuildResults, RemoteStore } from "./remote-store.ts";

/** Milliseconds for an answer without a large file. */
const shortAnswer = 15_000;

export interface OciStoreOptions {
  readonly registry: Registry;
  /** See `RemoteStore.id`. */
  readonly id: string;
  readonly pushes: boolean;
  readonly reporter: Reporter;
}

/** Opens a repository of an OCI registry as a remote store. */
export function openOciStore({ registry, id, pushes, reporter }: OciStoreOptions): RemoteStore {
  const { location } = registry;
  const reads = openForgiving(location, reporter);
  // A login that may only read is no reason to stop reading.
  const writes: Forgiving = openForgiving(location, {
    report: (event) =>
      reporter.report(
        event.kind === "warning"
          ? {
              ...event,
              message: event.message.replace(
                "the remote store is not used",
                "nothing is pushed to the remote store",
              ),
              key: `push:${event.key}`,
            }
          : event,
      ),
  });
  /** A resolve asks several times for the same source. */
  const fetchedResults = new OnceMap<string, BuildResults | undefined>();
  const running = new Set<Promise<unknown>>();
  /** Results grow while a source is built, so they are uploaded at the end. */
  const results = new Map<string, { readonly key: BuildKey; readonly results: BuildResults }>();
  const inBackground = (job: () => Promise<unknown>) => {
    const promise = writes.attempt(job).finally(() => running.delete(promise));
    running.add(promise);
  };
  const fetchProgress = (name: string): Progress => {
    const check = minimumSpeed(location);
    return (done, total) => {
      check(done);
      reporter.report({ kind: "progress", stage: "fetch", id: name, done, total, finished: done === total });
    };
  };
  return {
    id,
    pushes,
    fetchWheel: (key, { name }, path, accepts) =>
      reads.attempt(async () => {
        const wanted: Parameters<typeof pullWheelFrom>[3] = (config, filename) =>
          isConfigOf(config, key) && accepts(filename);
        return pullWheelFrom(registry, wheelTag(key), path, wanted, fetchProgress(name));
      }),
    fetchResults: (key) =>
      fetchedResults.getOrStart(resultsTag(key), () =>
        reads.attempt(async () => {
          const pulled = await pullResultsFrom(registry, resultsTag(key));
          return pulled !== undefined && isConfigOf(pulled.config, key) ? pulled.results : undefined;
        }, shortAnswer),
      ),
    async fetchInterpreter(sha256, path) {
      const check = minimumSpeed(location);
      return (await reads.attempt(() => pullBySha256(registry, sha256, path, check))) ?? false;
    },
    pushWheel: (key, wheel) => inBackground(() => pushWheelTo(registry, key, wheel)),
    pushResults: (key, files) => void results.set(resultsTag(key), { key, results: files }),
    async close() {
      for (const { key, results: files } of results.values()) {
        inBackground(() => pushResultsTo(registry, key, files));
      }
      results.clear();
      await Promise.all(running);
    },
  };
}
