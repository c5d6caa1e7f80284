import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { addExchangedFile, exchangedPages } from "../../src/packages/exchanged-pages.ts";
import { plainIndexSettings } from "../../src/packages/index-settings.ts";
import { openPackageDB } from "../../src/packages/open-package-db.ts";
import { type Home, homeAt } from "../../src/system/fs/home.ts";
import { parsePackageName } from "../../src/vocab/requirement/name.ts";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { recordingReporter } from "../support/recording-reporter.ts";

const scratch = mkdtempSync(join(tmpdir(), "posy-pages-"));
after(() => rmSync(scratch, { recursive: true }));
let count = 0;

function newHome(): Home {
  const home = homeAt(join(scratch, `data-${(count += 1)}`), join(scratch, `cache-${count}`));
  for (const folder of [home.http, home.metadata, home.cacheTmp]) mkdirSync(folder, { recursive: true });
  return home;
}

/** Returns the cached page of an index with one wheel: its name among exchanged files, and its bytes. */
async function cachedPage(home: Home) {
  await using index = await startIndex({ files: [makeWheel({ name: "leaf" })] });
  const db = openPackageDB({
    home,
    index: { ...plainIndexSettings, indexes: [{ url: index.url }] },
    reporter: recordingReporter(),
    environment: {},
  });
  await db.project(parsePackageName("leaf"));
  await db.close();
  const [file] = await exchangedPages(home);
  assert.ok(file !== undefined);
  return { name: file.name, bytes: readFileSync(file.path) };
}

const headOf = (bytes: Uint8Array) =>
  JSON.parse(Buffer.from(bytes).toString("latin1").split("\n")[1] ?? "") as Record<string, unknown>;

/** Returns the page with another head, whose length is allowed to differ. */
function withHead(bytes: Uint8Array, changes: object): Uint8Array {
  const lines = Buffer.from(bytes).toString("latin1").split("\n");
  lines[1] = JSON.stringify({ ...headOf(bytes), ...changes });
  return Buffer.from(lines.join("\n"), "latin1");
}

describe("a page of another machine", () => {
  test("is added, is never fresh, and replaces only an older one", async () => {
    const { name, bytes } = await cachedPage(newHome());
    const home = newHome();
    const far = withHead(bytes, { freshUntil: Date.now() + 1e12 });
    assert.equal(await addExchangedFile(name, far, home), true);
    const path = join(home.http, name.slice("http/".length));
    assert.equal(headOf(readFileSync(path))["freshUntil"], 0);
    assert.equal(await addExchangedFile(name, bytes, home), false);
    const older = withHead(bytes, { confirmed: 1 });
    assert.equal(await addExchangedFile(name, older, home), false);
    const newer = withHead(bytes, { confirmed: Number(headOf(bytes)["confirmed"]) + 1 });
    assert.equal(await addExchangedFile(name, newer, home), true);
  });

  test("is ignored if it is damaged, of the future, of another address, or no page", async () => {
    const { name, bytes } = await cachedPage(newHome());
    const home = newHome();
    const future = withHead(bytes, { confirmed: Date.now() + 1e9 });
    const other = withHead(bytes, { url: "https://other.example.org/simple/leaf/" });
    for (const wrong of [future, other, bytes.subarray(0, -5), Buffer.from("x"), Buffer.alloc(0)]) {
      assert.equal(await addExchangedFile(name, wrong, home), false);
    }
    for (const wrong of [
      `../${name}`,
      "http/../../x.page",
      `metadata/${name.slice(5)}`,
      "http/x",
      `${name}x`,
    ]) {
      assert.equal(await addExchangedFile(wrong, bytes, home), false);
    }
    assert.deepEqual([readdirSync(home.http), readdirSync(home.metadata)], [[], []]);
  });

  test("is not offered if its address has a query, which may be a token, or is a folder of this disk", async () => {
    const home = newHome();
    const { name, bytes } = await cachedPage(home);
    const path = join(home.http, name.slice("http/".length));
    assert.ok(existsSync(path));
    for (const url of ["https://index.example.org/leaf/?token=x", "file:///srv/leaf/"]) {
      writeFileSync(path, withHead(bytes, { url }));
      assert.deepEqual(await exchangedPages(home), []);
    }
  });
});
