import { copyFile } from "node:fs/promises";
import type { PackageDB } from "../packages/index.ts";
import type { Reporter } from "../report/reporter.ts";
import { openForgiving } from "./forgiving.ts";
import { buildTagOf } from "./layout.ts";
import type { RemoteStore } from "./remote-store.ts";

export interface IndexStoreOptions {
  /** Asks only this index. */
  readonly db: PackageDB;
  /** Without credentials. */
  readonly url: string;
  /** See `RemoteStore.id`. */
  readonly id: string;
  readonly reporter: Reporter;
}

/**
 * Opens a package index as a remote store of built wheels. Their build tag holds the key of the build, so a wheel is
 * used only for the source, the interpreter and the packages that it was built with. An index stores nothing else.
 */
export function openIndexStore({ db, url, id, reporter }: IndexStoreOptions): RemoteStore {
  const reads = openForgiving(url, reporter);
  return {
    id,
    pushes: false,
    fetchWheel: (key, { name }, path, accepts) =>
      reads.attempt(async () => {
        const project = await db.project(name as Parameters<PackageDB["project"]>[0], url);
        const buildTag = buildTagOf(key);
        for (const { artifacts } of project.releases) {
          for (const artifact of artifacts) {
            const { filename } = artifact;
            if (artifact.kind !== "wheel" || filename.split("-")[2] !== buildTag) continue;
            const plain = filename.replace(`-${buildTag}-`, "-");
            if (!accepts(plain)) continue;
            const local = await db.fetch(artifact);
            await copyFile(local.path, path);
            return { filename: plain, sha256: local.sha256 };
          }
        }
        return undefined;
      }),
    fetchResults: async () => undefined,
    fetchInterpreter: async () => false,
    pushWheel() {},
    pushResults() {},
    close: () => db.close(),
  };
}
