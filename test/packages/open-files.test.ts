import assert from "node:assert/strict";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { IndexedArtifact, SdistArtifact, WheelArtifact } from "../../src/model/artifact.ts";
import { makeSdist } from "../support/make-sdist.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { name, newDatabase, newFolder } from "./support/new-database.ts";

const count = 300;
const wheel = makeWheel({ name: "foo" });
const sdist = makeSdist({ name: "foo" });
const zip = makeSdist({ name: "foo", extension: ".zip" });

/** How many files in a folder this process has open. */
function openFilesIn(folder: string): number {
  return readdirSync("/proc/self/fd").filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(folder);
    } catch {
      return false;
    }
  }).length;
}

describe("reads at most 64 files on this disk at once", { skip: !existsSync("/proc/self/fd") }, () => {
  const { db } = newDatabase([]);
  const metadata = (file: IndexedArtifact) => db.metadata(file as WheelArtifact);
  const sdistFiles = (file: IndexedArtifact) => db.sdistFiles(file as SdistArtifact);
  const fetch = (file: IndexedArtifact) => db.fetch(file);
  const rows = [
    ["for the metadata of wheels", wheel, metadata],
    ["for the metadata of wheels with hashes", { ...wheel, hashed: true }, metadata],
    ["for the files of source distributions", sdist, sdistFiles],
    ["for the files of zipped source distributions", zip, sdistFiles],
    ["for verifying", wheel, fetch],
  ] as const;
  for (const [title, file, read] of rows) {
    test(title, async () => {
      const folder = newFolder();
      const path = join(folder, file.filename);
      await writeFile(path, file.bytes);
      const artifact: IndexedArtifact = {
        ...(await db.direct(pathToFileURL(path).href, name("foo"))),
        hashes: "hashed" in file ? { sha256: file.sha256 } : {},
      };
      const copies = Array.from({ length: count }, (_, index) => join(folder, `${index}-${file.filename}`));
      await Promise.all(copies.map((copy) => writeFile(copy, file.bytes)));
      let most = 0;
      const reading = new AbortController();
      const watch = async () => {
        for (; !reading.signal.aborted; await setImmediate()) most = Math.max(most, openFilesIn(folder));
      };
      const watching = watch();
      await Promise.all(copies.map((copy) => read({ ...artifact, url: pathToFileURL(copy).href })));
      reading.abort();
      await watching;
      assert.ok(most <= 64, `${most} files were open`);
    });
  }
});
