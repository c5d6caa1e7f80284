import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { plainIndexSettings } from "../../../src/packages/index-settings.ts";
import { openPackageDB } from "../../../src/packages/open-package-db.ts";
import { loadCatalogue } from "../../../src/pythons/catalogue/load-catalogue.ts";
import { findInterpreters } from "../../../src/pythons/discover/find-interpreters.ts";
import { listPythons } from "../../../src/pythons/discover/list-pythons.ts";
import { parsePythonRequest } from "../../../src/model/python-request.ts";
import { testArchive } from "../../support/standalone-archive.ts";
import { newSandbox } from "../sandbox.ts";

/** A context without a network, with a folder of archives as `--python-index`. */
function contextOf(sandbox: ReturnType<typeof newSandbox>, offline: boolean) {
  const context = sandbox.context({ pythonIndexes: [sandbox.root], offline });
  const index = { ...plainIndexSettings, offline: true };
  const { home, reporter, pythonIndexes } = context;
  return { ...context, db: openPackageDB({ home, index, reporter, pythonIndexes }) };
}

test("archives of python-build-standalone in a folder of `--python-index` are found, with the URL of the publisher", async () => {
  using sandbox = newSandbox();
  const archive = testArchive("3.13.5+20250612");
  writeFileSync(join(sandbox.root, archive.filename), archive.bytes);
  const context = contextOf(sandbox, true);
  const [python, ...others] = await findInterpreters(parsePythonRequest("3.13"), "linux-x86_64", context);
  assert.equal(others.length, 0);
  assert.ok(python?.source.kind === "standalone");
  const { filename, hashes, size, url } = python.source;
  assert.deepEqual(
    [filename, hashes, size],
    [archive.filename, { sha256: archive.sha256 }, archive.bytes.length],
  );
  assert.match(url, /^https:.*\/download\/20250612\/cpython-3\.13\.5%2B20250612-/);
  const fetched = await context.db.fetch(python.source);
  assert.equal(fetched.path, join(sandbox.root, archive.filename));
  const listed = await listPythons(context);
  assert.equal(listed.filter(({ interpreter }) => interpreter.version === "3.13.5").length > 0, true);
});

test("an archive of the catalogue in a folder of `--python-index` is there without a network", async () => {
  using sandbox = newSandbox();
  const found = async () =>
    (await findInterpreters(undefined, "linux-x86_64", contextOf(sandbox, true))).map(
      (python) => python.version,
    );
  const all = (await loadCatalogue("linux-x86_64")).map(({ version }) => version);
  const oldest = (await loadCatalogue("linux-x86_64")).at(-1);
  assert.ok(oldest?.source.kind === "catalogue");
  assert.ok((await found()).length > 1, "without a folder, all are offered");
  writeFileSync(join(sandbox.root, oldest.source.filename), "");
  assert.deepEqual(await found(), [oldest.version]);
  const online = await findInterpreters(undefined, "linux-x86_64", contextOf(sandbox, false));
  assert.equal(online.length, all.length);
});
