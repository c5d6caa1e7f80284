import assert from "node:assert/strict";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, test } from "node:test";
import { PosyError } from "../../../../src/errors/posy-error.ts";
import { type Home, homeAt } from "../../../../src/system/fs/home.ts";
import { readAccounts } from "../../../../src/system/fs/sharing/accounts.ts";
import {
  checkOwners,
  isTrusted,
  type Observer,
  risksOfStore,
} from "../../../../src/system/fs/sharing/owners.ts";
import { recordingReporter } from "../../../support/recording-reporter.ts";
import { removeFolder } from "../../../support/remove-folder.ts";

const files: Readonly<Record<string, string>> = {
  "/etc/passwd":
    "root:x:0:0::/root:/bin/sh\nalice:x:1001:1001::/:/bin/sh\nbob:x:1002:1002::/:/bin/sh\ncarol:x:1003:50::/:/bin/sh\n",
  "/etc/group":
    "root:x:0:\nalice:x:1001:\nteam:x:60:alice,bob\nalone:x:61:alice\nusers:x:50:\nforeign:x:62:ldap-user\n",
};

function accountsOf(texts: Readonly<Record<string, string>>) {
  return readAccounts((path) => {
    const text = texts[path];
    if (text === undefined) throw new Error("missing");
    return text;
  });
}

const accounts = accountsOf(files);
const alice: Observer = { uid: 1001, groups: [1001, 60], accounts: () => accounts, isInContainer: false };
const root: Observer = { ...alice, uid: 0, groups: [0] };

describe("the members of a group", () => {
  for (const [gid, name, members] of [
    [0, "root", [0]],
    [1001, "alice", [1001]],
    [60, "team", [1001, 1002]],
    [61, "alone", [1001]],
    [50, "users", [1003]],
    // A user of a directory service.
    [62, "foreign", [-1]],
    [1002, "1002", [1002]],
    // The private group of a user of a directory service.
    [7777, "7777", [7777]],
  ] as const) {
    test(`of number ${gid} are ${members.join(" and ")}`, () => {
      assert.deepEqual(accounts.membersOf(gid), { name, members });
    });
  }
});

test("a number of another user namespace stands for no user", () => {
  const maps = (map: string) => accountsOf({ ...files, "/proc/self/uid_map": map });
  assert.ok(!maps("         0          0 4294967295\n").isUnmapped(65534));
  assert.ok(maps("         0       1000          1\n").isUnmapped(65534));
  assert.ok(!maps("         0       1000          1\n").isUnmapped(1001));
  assert.ok(!accounts.isUnmapped(65534));
});

const skip =
  process.platform === "win32" || process.getuid?.() !== 0
    ? "only root can give files to other users"
    : false;

interface Folder extends Disposable {
  readonly path: string;
  readonly home: Home;
  /** Makes a folder that belongs to a user. */
  make(name: string, uid: number, mode: number, gid?: number): void;
}

function newFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "posy-owners-"));
  chmodSync(path, 0o755);
  return {
    path,
    home: homeAt(join(path, "data"), join(path, "cache")),
    make(name, uid, mode, gid = uid) {
      mkdirSync(join(path, name));
      chownSync(join(path, name), uid, gid);
      chmodSync(join(path, name), mode);
    },
    [Symbol.dispose]: () => removeFolder(path),
  };
}

describe("a store", { skip }, () => {
  const everybody = "everybody can write to it";
  const team = "the group `team` can write to it";
  for (const [uid, gid, mode, forAlice, forRoot] of [
    [1001, 1001, 0o755, undefined, "it belongs to `alice`"],
    [0, 0, 0o755, undefined, undefined],
    [0, 0, 0o775, undefined, undefined],
    [1002, 1002, 0o755, "it belongs to `bob`", "it belongs to `bob`"],
    [4321, 4321, 0o755, "it belongs to the user 4321", "it belongs to the user 4321"],
    [1001, 1001, 0o777, everybody, "it belongs to `alice`"],
    [0, 0, 0o777, everybody, everybody],
    // Others could put entries there before the store has them.
    [0, 0, 0o1777, everybody, everybody],
    // The private group of a user, and a group in which nobody else is.
    [1001, 1001, 0o775, undefined, "it belongs to `alice`"],
    [1001, 61, 0o775, undefined, "it belongs to `alice`"],
    [1001, 60, 0o775, team, "it belongs to `alice`"],
    [0, 60, 0o775, team, team],
    [1001, 50, 0o775, "the group `users` can write to it", "it belongs to `alice`"],
    [1001, 62, 0o775, "the group `foreign` can write to it", "it belongs to `alice`"],
    // Shared by the group on purpose.
    [1001, 60, 0o2775, undefined, "it belongs to `alice`"],
    [1002, 60, 0o2775, undefined, "it belongs to `bob`"],
    [0, 60, 0o2775, undefined, team],
    // Alice is in no group 50.
    [1002, 50, 0o2775, "it belongs to `bob`", "it belongs to `bob`"],
    [1002, 60, 0o2755, "it belongs to `bob`", "it belongs to `bob`"],
  ] as const) {
    test(`of the user ${uid} and the group ${gid} with mode ${mode.toString(8)}`, () => {
      using folder = newFolder();
      folder.make("data", uid, mode, gid);
      for (const [observer, why] of [
        [alice, forAlice],
        [root, forRoot],
      ] as const) {
        const expected = why === undefined ? [] : [{ path: folder.home.data, why, isTolerable: false }];
        assert.deepEqual(risksOfStore(folder.home, observer), expected);
      }
    });
  }

  test("that does not exist is looked at by the folders above it", () => {
    using folder = newFolder();
    assert.deepEqual(risksOfStore(folder.home, alice), []);
    chmodSync(folder.path, 0o777);
    assert.deepEqual(risksOfStore(folder.home, alice), [
      { path: folder.path, why: everybody, isTolerable: false },
    ]);
    // As `/tmp` is.
    chmodSync(folder.path, 0o1777);
    assert.deepEqual(risksOfStore(folder.home, alice), []);
  });

  test("may be changed by a part of it, or by a folder above it", () => {
    using folder = newFolder();
    folder.make("data", 1001, 0o755);
    folder.make("data/wheels-v1", 1001, 0o777);
    assert.deepEqual(
      risksOfStore(folder.home, alice).map(({ path }) => path),
      [folder.home.wheels],
    );
    chownSync(folder.path, 1002, 1002);
    assert.deepEqual(
      risksOfStore(folder.home, alice).map(({ path }) => path),
      [folder.path, folder.home.wheels],
    );
  });

  test("is looked at where a link leads, and where the link is", () => {
    using folder = newFolder();
    folder.make("real", 1001, 0o755);
    folder.make("real/data", 1001, 0o755);
    folder.make("links", 1001, 0o755);
    symlinkSync(join(folder.path, "real"), join(folder.path, "links", "store"));
    const home = homeAt(join(folder.path, "links", "store", "data"), join(folder.path, "cache"));
    assert.deepEqual(risksOfStore(home, alice), []);
    for (const name of ["real", "links"]) {
      chmodSync(join(folder.path, name), 0o777);
      assert.deepEqual(
        risksOfStore(home, alice).map(({ path }) => path),
        [join(folder.path, name)],
      );
      chmodSync(join(folder.path, name), 0o755);
    }
  });

  test("in a mounted folder of a container only leads to a warning, if its owner has no name there", () => {
    using folder = newFolder();
    folder.make("data", 4321, 0o755);
    const tolerable = (observer: Observer) =>
      risksOfStore(folder.home, observer).map((risk) => risk.isTolerable);
    assert.deepEqual(tolerable({ ...root, isInContainer: true }), [true]);
    chownSync(folder.home.data, 1002, 1002);
    assert.deepEqual(tolerable({ ...root, isInContainer: true }), [false]);
  });

  test("that others can change is refused for root, unless root trusts them", () => {
    using folder = newFolder();
    folder.make("data", 0, 0o777);
    const reporter = recordingReporter();
    assert.throws(
      () => checkOwners(folder.home, {}, reporter),
      (error) =>
        error instanceof PosyError &&
        error.code === "permission" &&
        error.message ===
          `other users can change the store \`${folder.home.data}\`: ${everybody}, and root would run their programs`,
    );
    assert.throws(
      () => checkOwners({ ...homeAt("/a/data", "/a/cache"), shared: [folder.home] }, {}, reporter),
      {
        message: /^other users can change the shared store /,
      },
    );
    checkOwners(folder.home, { POSY_TRUSTED_STORES: `/x${delimiter}${folder.path}` }, reporter);
    assert.deepEqual(reporter.events, []);
    checkOwners(folder.home, { CI: "true" }, reporter);
    assert.equal(reporter.warnings().length, 1);
  });
});

test("POSY_TRUSTED_STORES names folders, and not the beginnings of their names", () => {
  const home = homeAt("/srv/posy/data", "/srv/posy/cache");
  for (const [value, expected] of [
    [undefined, false],
    ["", false],
    ["/srv/posy", true],
    ["/srv", true],
    ["/", true],
    ["/srv/po", false],
    ["/srv/posy/data", false],
    [`/srv/posy/data${delimiter}/srv/posy/cache`, true],
  ] as const) {
    assert.equal(isTrusted(home, value === undefined ? {} : { POSY_TRUSTED_STORES: value }), expected, value);
  }
});
