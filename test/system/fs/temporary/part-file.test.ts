import assert from "node:assert/strict";
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  utimesSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { homeAt } from "../../../../src/system/fs/home.ts";
import { sweepTmp } from "../../../../src/system/fs/own-entries.ts";
import {
  isPartName,
  partPath,
  smallestPart,
  takePart,
} from "../../../../src/system/fs/temporary/part-file.ts";

const hash = "0123456789abcdef".repeat(4);
const hour = 3600 * 1000;
let root: string;
let tmp: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "posy-parts-"));
  tmp = homeAt(join(root, "data"), join(root, "cache")).cacheTmp;
  mkdirSync(tmp, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

/** Makes a file without content, which takes no space. */
function part(name: string, size = smallestPart, age = 0): string {
  const path = join(tmp, name);
  const file = openSync(path, "w");
  ftruncateSync(file, size);
  closeSync(file);
  const time = (Date.now() - age) / 1000;
  utimesSync(path, time, time);
  return path;
}

const killed = (path: string) => path.replace(`-${process.pid}-`, "-999999999-").slice(tmp.length + 1);

describe("parts of downloads", () => {
  test("are those with a hash in their name", () => {
    assert.ok(isPartName(`${hash}.part`));
    assert.ok(isPartName(partPath(tmp, hash).slice(tmp.length + 1)));
    for (const name of ["x.part", "download-1-01234567-0123", `${hash}.txt`, hash])
      assert.ok(!isPartName(name), name);
  });

  test("are taken by one process, the largest first, and never from one that runs", async () => {
    const running = part(partPath(tmp, hash).slice(tmp.length + 1), 9_000_000);
    part(killed(partPath(tmp, hash)), 3_000_000);
    part(`${hash}.part`, 2_000_000);
    part(`${"f".repeat(64)}.part`, 8_000_000);
    const taken = [join(tmp, "one"), join(tmp, "two"), join(tmp, "three")];
    assert.deepEqual(
      await Promise.all(taken.map((path) => takePart(tmp, hash, path))).then(
        (all) => all.filter(Boolean).length,
      ),
      2,
    );
    assert.ok(existsSync(running));
    assert.equal(await takePart(join(root, "nowhere"), hash, join(tmp, "four")), false);
  });

  test("stay for a week, up to 4 GiB, and only if they are large enough", async () => {
    const home = homeAt(join(root, "data"), join(root, "cache"));
    const name = (digit: string) => `${digit.repeat(64)}.part`;
    const kept = [part(name("1"), smallestPart, hour), part(name("2"), 3 * 2 ** 30, 2 * hour)];
    const swept = [
      part(name("3"), smallestPart - 1),
      part(name("4"), smallestPart, 8 * 24 * hour),
      part(name("5"), 2 * 2 ** 30, 3 * hour),
      part(killed(partPath(tmp, hash)), smallestPart, 8 * 24 * hour),
    ];
    const running = part(partPath(tmp, hash).slice(tmp.length + 1), 5);
    await sweepTmp(home, "cacheTmp");
    for (const path of [...kept, running]) assert.ok(existsSync(path), path);
    for (const path of swept) assert.ok(!existsSync(path), path);
    await sweepTmp(home, "cacheTmp", Date.now(), hour / 2);
    for (const path of kept) assert.ok(!existsSync(path), path);
    assert.ok(existsSync(running));
  });
});
