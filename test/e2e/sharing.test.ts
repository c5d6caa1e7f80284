import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
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
  person(uid: number, { group = uid, umask = "022" } = {}): Person {
    const folder = join(this.root, `user-${uid}`);
    mkdirSync(folder, { recursive: true });
    spawnSync("chown", [`${uid}:${group}`, folder]);
    const home = join(folder, "posy");
    return {
      home,
      posy: (args, env = {}) => {
        const change = [`--reuid=${uid}`, `--regid=${group}`, "--clear-groups"];
        const words = ["-c", `umask ${umask}; exec "$@"`, "sh", ...posyCommand, ...args];
        const { status, stdout, stderr } = spawnSync("setpriv", [...change, "sh", ...words], {
          cwd: folder,
          env: {
            PATH: process.env["PATH"],
            POSY_PYTHON_MIRROR: "off",
            POSY_HOME: home,
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
