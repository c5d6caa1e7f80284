import assert from "node:assert/strict";
import { delimiter, join, resolve } from "node:path";
import { describe, test } from "node:test";
import { openHome } from "../../../../src/system/fs/home.ts";
import { sharedStoreOf, storesOf } from "../../../../src/system/fs/sharing/stores.ts";

const mine = resolve("/home/me/posy");
const [opt, srv] = [resolve("/opt/posy"), resolve("/srv/posy")];

function open(folders: string) {
  return openHome({ POSY_HOME: mine, POSY_SHARED_STORES: folders });
}

describe("POSY_SHARED_STORES", () => {
  for (const [folders, expected] of [
    ["", []],
    [opt, [opt]],
    [`${opt}${delimiter}${srv}`, [opt, srv]],
    [`${delimiter}${opt}${delimiter}${delimiter}${opt}`, [opt]],
    ["here", [resolve("here")]],
    // The administrator's own store may be in the variable of everybody.
    [`${mine}${delimiter}${opt}`, [opt]],
  ] as const) {
    test(`of \`${folders}\` adds ${expected.length} stores`, () => {
      const { shared } = open(folders);
      assert.deepEqual(
        shared.map(({ wheels, artifacts }) => [wheels, artifacts]),
        expected.map((folder) => [join(folder, "data", "wheels-v1"), join(folder, "cache", "artifacts-v2")]),
      );
    });
  }

  test("comes after the user's own store, and the shared stores have none themselves", () => {
    const home = open(opt);
    assert.deepEqual(
      storesOf(home).map(({ data }) => data),
      [join(mine, "data"), join(opt, "data")],
    );
    assert.deepEqual(home.shared[0]?.shared, []);
  });
});

test("sharedStoreOf finds the store of a path, and none for the user's own", () => {
  const home = open(`${opt}${delimiter}${srv}`);
  for (const [path, store] of [
    [join(srv, "data", "wheels-v1", "x"), srv],
    [join(opt, "cache", "artifacts-v2", "x"), opt],
    [join(mine, "data", "wheels-v1"), undefined],
    [join(opt, "data-of-others"), undefined],
  ] as const) {
    assert.equal(sharedStoreOf(path, home)?.data, store && join(store, "data"), path);
  }
});
