import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultIndexUrl } from "../../src/packages/default-index-url.ts";
import { name, newDatabase, onlyWheel } from "../packages/support/new-database.ts";

const patient = { retries: 5 };

test("a large page, metadata and a small wheel are read from the public index, and page and metadata then from the cache", async () => {
  const { db, folder } = newDatabase([], patient, { environment: process.env });
  const numpy = await db.project(name("numpy"));
  assert.ok(numpy.releases.length > 100);
  assert.deepEqual(numpy.lookedIn, [await defaultIndexUrl()]);
  const wheel = numpy.releases.flatMap((release) => release.artifacts).find((one) => one.kind === "wheel");
  assert.ok(wheel?.kind === "wheel");
  const metadata = await db.metadata(wheel);
  assert.deepEqual([metadata.name, metadata.version.text], ["numpy", wheel.version.text]);
  const idna = await onlyWheel(db, "idna");
  assert.equal((await db.fetch(idna)).sha256, idna.hashes["sha256"]);

  await db.close();
  const offline = newDatabase([], { offline: true }, { folder }).db;
  assert.equal((await offline.project(name("numpy"))).releases.length, numpy.releases.length);
  assert.equal((await offline.metadata(wheel)).requiresDist.length, metadata.requiresDist.length);
});

test("`excludeNewer` hides files that were uploaded to the public index in the last week", async () => {
  const excludeNewer = new Date(Date.now() - 7 * 86_400_000);
  const { db } = newDatabase([], { ...patient, excludeNewer }, { environment: process.env });
  const { releases } = await db.project(name("boto3"));
  const times = releases.flatMap((release) => release.artifacts.map((one) => one.uploadTime));
  assert.ok(times.length > 1000);
  assert.ok(times.every((time) => time !== undefined && time < excludeNewer));
});
