import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { makeWheel } from "../support/make-wheel.ts";
import { linkInterpreters, posyCommand, seedHome } from "../support/posy.ts";
import { removeFolder } from "../support/remove-folder.ts";

const wheels = [
  makeWheel({
    name: "one",
    files: { "one.py": 'def main(): print("one")\n', "pkg/__init__.py": "" },
    entryPoints: { onecli: "one:main" },
  }),
  makeWheel({
    name: "two",
    files: { "two.py": 'def main(): print("two")\n' },
    entryPoints: { twocli: "two:main" },
  }),
];

/** Why the tests are skipped; false if they run. Only root can become another user. */
const skip =
  process.platform === "win32" || process.getuid?.() !== 0
    ? "other users are needed, so only root can run this on Linux and macOS"
    : spawnSync("setpriv", ["--version"]).status !== 0
      ? "`setpriv` (util-linux) is not installed"
      : false;

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Person {
  /** The user's `POSY_HOME`. */
  readonly home: string;
  posy(args: readonly string[], env?: Readonly<Record<string, string>>): Run;
}

interface Account {
  readonly group?: number;
  readonly umask?: string;
  /** `POSY_HOME`. */
  readonly home?: string;
}

/** A folder that other users may read, with wheels, a store of root (`shared`), and users. */
class Machine implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), "posy-sharing-"));
  readonly shared = join(this.root, "opt");
  readonly index: readonly string[];

  constructor(seed: string) {
    chmodSync(this.root, 0o755);
    const folder = join(this.root, "wheels");
    mkdirSync(folder);
    for (const { filename, bytes } of wheels) writeFileSync(join(folder, filename), bytes);
    this.index = ["--no-index", "--find-links", folder];
    linkInterpreters(seed, this.shared);
  }

  /** Returns a user by number. `group` is the number of the user's group. */
  person(uid: number, { group = uid, umask = "022", home }: Account = {}): Person {
    const folder = join(this.root, `user-${uid}`);
    mkdirSync(folder, { recursive: true });
    spawnSync("chown", [`${uid}:${group}`, folder]);
    const own = home ?? join(folder, "posy");
    return {
      home: own,
      posy: (args, env = {}) => {
        const change = [`--reuid=${uid}`, `--regid=${group}`, "--clear-groups"];
        const words = ["-c", `umask ${umask}; exec "$@"`, "sh", ...posyCommand, ...args];
        const { status, stdout, stderr } = spawnSync("setpriv", [...change, "sh", ...words], {
          cwd: folder,
          env: {
            PATH: process.env["PATH"],
            POSY_PYTHON_MIRROR: "off",
            POSY_HOME: own,
            POSY_SHARED_STORES: this.shared,
            ...env,
          },
          encoding: "utf8",
        });
        return { status, stdout, stderr };
      },
    };
  }

  /** Fills the shared store as root. */
  fill(...args: readonly string[]): void {
    const admin = this.person(0).posy(args, { POSY_HOME: this.shared, POSY_SHARED_STORES: "" });
    assert.equal(admin.status, 0, admin.stderr);
  }

  /** Returns a text for everything in the shared store that changes if something is written there. */
  snapshot(): readonly string[] {
    return readdirSync(this.shared, { recursive: true, encoding: "utf8" })
      .sort()
      .map((name) => {
        const { mode, mtimeMs, ctimeMs, size, nlink } = lstatSync(join(this.shared, name));
        return [name, mode, mtimeMs, ctimeMs, size, nlink].join(" ");
      });
  }

  [Symbol.dispose](): void {
    removeFolder(this.root);
  }
}

async function newMachine(): Promise<Machine> {
  return new Machine(await seedHome());
}

function assertPrinted(run: Run, stdout: string): void {
  assert.deepEqual([run.status, run.stdout, run.stderr], [0, stdout, ""]);
}

/** Makes the entries of a store as they are after a restart of the machine. */
function restart(home: string): void {
  const script = `sed -i 's/"boot":"[^"]*"/"boot":"earlier"/' "$1"/data/*/*/posy-entry.json "$1"/data/*/*/posy-env.json`;
  spawnSync("sh", ["-c", script, "sh", home]);
}

describe("a shared store that root has filled", { skip }, () => {
  test("serves another user, cold and warm, and nothing in it changes", async () => {
    using machine = await newMachine();
    const { index } = machine;
    machine.fill("run", ...index, "--with", "one", "--", "onecli");
    const before = machine.snapshot();
    const user = machine.person(12345);
    for (let round = 0; round < 2; round++) {
      assertPrinted(user.posy(["run", ...index, "--with", "one", "--", "onecli"]), "one\n");
    }
    for (let round = 0; round < 2; round++) {
      const both = ["run", ...index, "--with", "one", "--with", "two", "--", "twocli"];
      assertPrinted(user.posy(both), "two\n");
    }
    const data = join(user.home, "data");
    assert.deepEqual(readdirSync(join(data, "wheels-v1")), [wheels[1]?.sha256]);
    assert.equal(readdirSync(join(data, "envs-v1")).length, 1);
    assert.ok(!readdirSync(data).includes("pythons-v1"));
    for (const command of [
      ["cache", "verify", "--repair"],
      ["cache", "prune"],
      ["cache", "clean"],
    ]) {
      assert.equal(user.posy(command).status, 0);
    }
    assert.deepEqual(machine.snapshot(), before);
  });

  test("does not change when root installs a tool from it", async () => {
    using machine = await newMachine();
    const { index } = machine;
    machine.fill("run", ...index, "--with", "one", "--", "onecli");
    const before = machine.snapshot();
    const root = machine.person(0);
    const env = { POSY_TOOL_BIN_DIR: join(machine.root, "bin"), POSY_TRUSTED_STORES: machine.shared };
    const installed = root.posy(["tool", "install", "-q", ...index, "one"], env);
    assert.equal(installed.status, 0, installed.stderr);
    assert.equal(existsSync(join(root.home, "data", "envs-v1")), false);
    assert.deepEqual(machine.snapshot(), before);
  });

  test("is named by `cache dir` and `doctor`, and a missing one leads to a warning", async () => {
    using machine = await newMachine();
    const user = machine.person(12345);
    const [data, cache] = [join(machine.shared, "data"), join(machine.shared, "cache")];
    const own = [join(user.home, "data"), join(user.home, "cache")];
    assertPrinted(user.posy(["cache", "dir"]), [...own, data, cache, ""].join("\n"));
    const json = JSON.parse(user.posy(["cache", "dir", "--json"]).stdout) as Record<string, unknown>;
    assert.deepEqual(json["shared"], [{ data, cache }]);
    const doctor = user.posy(["doctor", "--offline"]);
    assert.match(
      doctor.stdout,
      new RegExp(`shared store: \`${data}\` with [1-9]\\d* Pythons, 0 wheels and 0`),
    );
    assert.match(doctor.stdout, /ok +Python \S+ starts: /);
    const missing = { POSY_SHARED_STORES: "/nowhere" };
    const list = user.posy(["python", "list", "--offline"], missing);
    assert.match(list.stderr, /^warning: the shared store `\/nowhere\/data` does not exist\nhint: correct/);
    assert.match(
      user.posy(["doctor", "--offline"], missing).stdout,
      /problem +shared store: .* does not exist/,
    );
  });

  test("lists and keeps its Pythons", async () => {
    using machine = await newMachine();
    const user = machine.person(12345);
    const data = join(machine.shared, "data");
    const listed = user.posy(["python", "list", "--offline"]).stdout;
    assert.match(listed, new RegExp(`^cpython \\S+ +\\S+ +in a shared store +${data}`, "m"));
    const found = user.posy(["python", "find", "--offline"]);
    assert.ok(found.stdout.startsWith(data), found.stdout + found.stderr);
    const [, version = ""] = /^cpython (\S+) .* in a shared store/m.exec(listed) ?? [];
    const removed = user.posy(["python", "uninstall", version]);
    assert.notEqual(removed.status, 0);
    assert.match(removed.stderr, new RegExp(`is in the shared store \`${data}\`, and not in your own`));
  });

  test("loses a wheel: the next warm start notices it, and the Env is made again", async () => {
    using machine = await newMachine();
    const { index } = machine;
    machine.fill("run", ...index, "--with", "one", "--", "onecli");
    const user = machine.person(12345);
    const both = ["run", ...index, "--with", "one", "--with", "two", "--", "python", "-c"];
    const code = "import pkg, two; print('imported')";
    for (let round = 0; round < 2; round++) assertPrinted(user.posy([...both, code]), "imported\n");
    machine.fill("cache", "clean", "wheels");
    assertPrinted(user.posy([...both, code]), "imported\n");
  });
});

describe("a store that cannot be written, as in an image", { skip }, () => {
  test("serves what it has to a user with any number, without HOME, and is verified", async () => {
    using machine = await newMachine();
    const { index } = machine;
    const one = ["run", ...index, "--with", "one", "--", "onecli"];
    machine.fill(...one);
    machine.fill("cache", "verify");
    const user = machine.person(12345);
    const alone = { POSY_HOME: machine.shared, POSY_SHARED_STORES: "" };
    for (const env of [alone, { ...alone, HOME: "/" }]) {
      for (let round = 0; round < 2; round++) assertPrinted(user.posy(one, env), "one\n");
      const verified = user.posy(["cache", "verify"], env);
      assert.equal(verified.status, 0, verified.stderr);
      assert.match(verified.stdout, /: nothing is damaged\n$/);
      const missing = user.posy(["run", ...index, "--with", "two", "--", "twocli"], env);
      assert.equal(missing.status, 73);
      const store = join(machine.shared, "data");
      assert.match(
        missing.stderr,
        new RegExp(
          `^error: something is missing in the store \`${store}\`, which can't be written: permission was denied$`,
          "m",
        ),
      );
      assert.match(missing.stderr, /^hint: set POSY_HOME to a folder of yours; POSY_SHARED_STORES/m);
    }
    // Without `posy cache verify`, each run after a restart hashes what it uses, and cannot remember that.
    restart(machine.shared);
    assertPrinted(user.posy(one, alone), "one\n");
    // With a folder of the user, the same store is used, and what is missing is made.
    assertPrinted(user.posy(["run", ...index, "--with", "two", "--", "twocli"], { HOME: "/" }), "two\n");
  });
});

describe("a store that other users can change", { skip }, () => {
  test("is refused for root, cold and warm, and users are warned of it", async () => {
    using machine = await newMachine();
    const { index } = machine;
    const run = ["run", ...index, "--with", "one", "--", "onecli"];
    const admin = machine.person(0);
    const asAdmin = { POSY_HOME: machine.shared, POSY_SHARED_STORES: "" };
    machine.fill(...run);
    const data = join(machine.shared, "data");
    chmodSync(data, 0o777);
    for (const command of [run, ["python", "list", "--offline"], ["cache", "verify"]]) {
      const refused = admin.posy(command, asAdmin);
      assert.deepEqual([refused.status, refused.stdout], [73, ""], command.join(" "));
      assert.match(
        refused.stderr,
        /^error: other users can change the store `.*`: everybody can write to it, and/m,
      );
      assert.match(refused.stderr, /^hint: .*POSY_TRUSTED_STORES/m);
    }
    assertPrinted(admin.posy(run, { ...asAdmin, POSY_TRUSTED_STORES: machine.shared }), "one\n");
    const user = machine.person(12345);
    const warned = user.posy(run);
    assert.deepEqual([warned.status, warned.stdout], [0, "one\n"]);
    assert.equal(warned.stderr.match(/warning: other users can change the shared store/g)?.length, 1);
    const doctor = user.posy(["doctor", "--offline"]);
    assert.match(
      doctor.stdout,
      /problem +shared store: other users can change it by `.*`: everybody can write/,
    );
    const root = admin.posy(["doctor", "--offline"], asAdmin);
    assert.match(root.stdout, /problem +store: other users can change it by/);
  });
});

describe("a store that a group shares", { skip }, () => {
  /** Makes a store with the set-group-ID bit, and two members of its group. */
  async function newGroup(umask = "002") {
    const machine = new Machine(await seedHome());
    const home = join(machine.root, "group");
    mkdirSync(home);
    const group = 2100;
    chownSync(home, 21001, group);
    chmodSync(home, 0o2775);
    const outside = { POSY_SHARED_STORES: "" };
    const [alice, bob] = [21001, 21002].map((uid) => {
      const member = machine.person(uid, { group, umask, home });
      return (args: readonly string[]) => member.posy(args, outside);
    });
    assert.ok(alice && bob);
    linkInterpreters(await seedHome(), home);
    spawnSync("chown", ["-hR", `21001:${group}`, home]);
    spawnSync("find", [home, "-type", "d", "-exec", "chmod", "2775", "{}", "+"]);
    return { machine, home, alice, bob, data: join(home, "data") };
  }

  test("serves each member what others made, also after a restart, and warns of nothing", async () => {
    const { machine, home, alice, bob } = await newGroup();
    using _ = machine;
    const run = ["run", ...machine.index, "--with", "one", "--", "onecli"];
    const both = ["run", ...machine.index, "--with", "one", "--with", "two", "--", "twocli"];
    assertPrinted(alice(run), "one\n");
    for (let round = 0; round < 2; round++) assertPrinted(bob(run), "one\n");
    assertPrinted(bob(both), "two\n");
    assertPrinted(alice(both), "two\n");
    // Only the owner can settle an entry. Others remember that it was right.
    restart(home);
    for (let round = 0; round < 2; round++) assertPrinted(bob(run), "one\n");
    assert.ok(readdirSync(join(home, "cache", "verified-v1")).length > 0);
    assertPrinted(alice(run), "one\n");
  });

  test("is verified, repaired, pruned and cleaned by each member", async () => {
    const { machine, alice, bob, data } = await newGroup();
    using _ = machine;
    const run = ["run", ...machine.index, "--with", "one", "--", "onecli"];
    assertPrinted(alice(run), "one\n");
    const wheel = join(data, "wheels-v1", wheels[0]?.sha256 ?? "");
    appendFileSync(join(wheel, "site", "one.py"), "# changed\n");
    assert.equal(bob(["cache", "verify"]).status, 1);
    const repaired = bob(["cache", "verify", "--repair"]);
    assert.equal(repaired.status, 0, repaired.stderr);
    assert.match(repaired.stdout, /damaged environment .*\n {2}repaired/);
    assertPrinted(alice(run), "one\n");
    assert.equal(bob(["cache", "prune", "--older-than", "0d"]).status, 0);
    const cleaned = bob(["cache", "clean"]);
    assert.deepEqual([cleaned.status, cleaned.stderr], [0, ""]);
    for (const bucket of ["envs-v1", "wheels-v1", "tmp"])
      assert.deepEqual(readdirSync(join(data, bucket)), []);
  });

  test("keeps what a member made without permission for the group, and says so", async () => {
    const { machine, alice, bob, data } = await newGroup();
    using _ = machine;
    assertPrinted(alice(["run", ...machine.index, "--with", "one", "--", "onecli"]), "one\n");
    const [key = ""] = readdirSync(join(data, "envs-v1"));
    chmodSync(join(data, "envs-v1", key), 0o555);
    const cleaned = bob(["cache", "clean", "envs", "wheels"]);
    assert.equal(cleaned.status, 0, cleaned.stderr);
    assert.match(cleaned.stderr, /^warning: `\S+` stays, because it belongs to another user$/m);
    assert.deepEqual(readdirSync(join(data, "envs-v1")), [key]);
    assert.equal(readdirSync(join(data, "wheels-v1")).length, 1);
    assertPrinted(
      alice(["cache", "verify"]),
      "verified 1 Python, 1 wheel, 1 environment, 0 builds and 0 downloads: nothing is damaged\n",
    );
  });
});
