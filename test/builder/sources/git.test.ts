import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import type { PackageDB } from "../../../src/packages/package-db.ts";
import { gitEnvironment, type GitRepository, newRepository } from "../../support/git-repository.ts";
import { startFileServer } from "../../support/file-server.ts";
import { startGitServer } from "../../support/git-server.ts";
import { startRelay } from "../../support/relay.ts";
import { filesIn, newSourcePlace, type SourcePlace } from "./a-place.ts";

/** Each starts git dozens of times. */
const patience = { timeout: 120_000 };

const project = { "pyproject.toml": "[project]\n", "core/pyproject.toml": "[project]\n" };

/** `v1.0` ← `main` ← `feature/new`, with tags of both kinds. */
function history(place: SourcePlace) {
  const repository = newRepository(join(place.root, "served", "project"));
  const first = repository.commit({ ...project, "old.txt": "only in the first commit\n" });
  repository.git("tag", "v1.0");
  repository.git("tag", "--annotate", "--message=x", "v1.1");
  const main = repository.commit({ "new.txt": "x\n", "old.txt": "changed\n" });
  repository.git("checkout", "--quiet", "-b", "feature/new");
  const feature = repository.commit({ "feature.txt": "x\n" });
  repository.git("checkout", "--quiet", "main");
  return { repository, first, main, feature };
}

async function served(place: SourcePlace, options?: Parameters<typeof startGitServer>[1]) {
  const server = await startGitServer(join(place.root, "served"), options);
  return {
    requests: server.requests,
    root: server.url,
    url: `git+${server.url}project/.git`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const refuses = (code: string, message: RegExp, hint?: RegExp) => (error: unknown) => {
  assert.ok(error instanceof PosyError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  if (hint) assert.match(error.hint ?? "", hint);
  return true;
};

const commitOf = (origin: { readonly kind: string }) => (origin as { readonly commitId?: string }).commitId;

describe("a revision", () => {
  for (const transport of ["http", "file"]) {
    test(`is resolved to its commit, by ${transport}`, patience, async () => {
      using place = newSourcePlace();
      const { repository, first, main, feature } = history(place);
      await using server = await served(place);
      const { url: http } = server;
      const url = transport === "http" ? http : `git+file://${repository.path}`;
      const table: readonly (readonly [revision: string, commit: string])[] = [
        ["", main],
        ["@main", main],
        ["@v1.0", first],
        ["@v1.1", first],
        ["@feature/new", feature],
        ["@refs/heads/feature/new", feature],
        [`@${first}`, first],
        [`@${first.toUpperCase()}`, first],
        [`@${feature.slice(0, 10)}`, feature],
      ];
      for (const [revision, commit] of table) {
        const { origin, url: pinned } = await place.pin(url + revision);
        assert.equal(commitOf(origin), commit, revision);
        assert.equal(pinned, `${url}@${commit}`);
      }
    });
  }

  test("a branch goes before a tag of its name", patience, async () => {
    using place = newSourcePlace();
    const { repository, main, feature } = history(place);
    repository.git("tag", "both", main);
    repository.git("branch", "both", feature);
    assert.equal(commitOf((await place.pin(`git+file://${repository.path}@both`)).origin), feature);
  });

  test("that is not there is told with near names", patience, async () => {
    using place = newSourcePlace();
    const { repository } = history(place);
    const url = `git+file://${repository.path}`;
    const near: readonly (readonly [string, RegExp])[] = [
      ["master", /^was `main` meant\?$/],
      ["1.0", /^was `v1\.0` meant\?$/],
      ["feature/nwe", /`feature\/new`/],
      ["something-else", /^check the name/],
      ["0123456789", /^check the name/],
      ["0".repeat(39) + "1", /^check the name/],
    ];
    for (const [revision, hint] of near) {
      await assert.rejects(
        place.pin(`${url}@${revision}`),
        refuses("unknown-revision", /has no branch, tag or commit/, hint),
      );
    }
  });

  test(
    "a commit that is there asks nobody; a branch is asked for again, and fetched when it has moved",
    patience,
    async () => {
      using place = newSourcePlace();
      const { repository, main } = history(place);
      await using server = await served(place);
      const { url } = server;
      await place.pin(`${url}@main`);
      const after = server.requests.length;
      await place.layOut(`${url}@${main}`);
      assert.equal(server.requests.length, after);
      await place.pin(`${url}@main`);
      assert.ok(server.requests.length > after);
      const moved = repository.commit({ "moved.txt": "" });
      assert.equal(commitOf((await place.pin(`${url}@main`)).origin), moved);
      assert.equal(commitOf((await place.pin(url)).origin), moved);
    },
  );

  test("in one run, one branch is one commit", patience, async () => {
    using place = newSourcePlace();
    const { repository, main } = history(place);
    const db = {} as PackageDB;
    const url = `git+file://${repository.path}@main`;
    const [one, other] = await Promise.all([
      place.pin(url, { db }),
      place.pin(`${url}#subdirectory=core`, { db }),
    ]);
    repository.commit({});
    const late = await place.pin(url, { db });
    for (const { origin } of [one, other, late]) assert.equal(commitOf(origin), main);
    assert.notEqual(one.identity, other.identity);
    assert.equal(one.identity, late.identity);
  });
});

describe("a checkout", () => {
  test("has the files, the history and the tags, and is a copy", patience, async () => {
    using place = newSourcePlace();
    history(place);
    await using server = await served(place);
    const { url } = server;
    const folder = await place.layOut(`${url}@feature/new`);
    assert.deepEqual(filesIn(folder), ["core", "feature.txt", "new.txt", "old.txt", "pyproject.toml"]);
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", folder, ...args], { env: gitEnvironment, encoding: "utf8" }).trim();
    assert.match(git("describe", "--tags", "--long", "--dirty"), /^v1\.1-2-g[0-9a-f]+$/);
    assert.equal(git("remote", "get-url", "origin"), url.slice(4));
    writeFileSync(join(folder, "new.txt"), "changed by a build\n");
    assert.equal(readFileSync(join(await place.layOut(`${url}@feature/new`), "new.txt"), "utf8"), "x\n");
  });

  test("brings the contents of its own files only", patience, async () => {
    using place = newSourcePlace();
    const { repository } = history(place);
    await using server = await served(place);
    const { url } = server;
    const folder = await place.layOut(`${url}@main`);
    const old = repository.git("rev-parse", "v1.0:old.txt");
    const found = spawnSync("git", ["-C", folder, "cat-file", "-e", old], {
      env: { ...gitEnvironment, GIT_ALLOW_PROTOCOL: "none" },
    });
    assert.notEqual(found.status, 0);
  });

  const oldServers = [
    ["knows no partial clones", "false"],
    ["leaves contents out and then keeps them", "true"],
  ] as const;
  for (const [title, filters] of oldServers) {
    test(`of a server that ${title}, and hands out no commit without a name`, patience, async () => {
      using place = newSourcePlace();
      const { repository, first } = history(place);
      repository.git("config", "uploadpack.allowFilter", filters);
      repository.git("config", "uploadpack.allowAnySHA1InWant", "false");
      await using server = await served(place);
      // The first version of the protocol, which old servers speak.
      const environment = {
        ...gitEnvironment,
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "protocol.version",
        GIT_CONFIG_VALUE_0: "0",
      };
      for (const revision of ["@main", `@${repository.git("rev-parse", "main")}`, `@${first}`]) {
        assert.ok(existsSync(join(await place.layOut(server.url + revision, { environment }), "old.txt")));
      }
      using other = newSourcePlace();
      assert.ok(existsSync(join(await other.layOut(`${server.url}@${first}`, { environment }), "old.txt")));
    });
  }

  describe("of a plain file server, which hands out whole objects", () => {
    /** A git that says which version it is, and else is the one that there is. */
    const gitThatIs = (place: SourcePlace, version: string): NodeJS.ProcessEnv => {
      const folder = join(place.root, "tools");
      mkdirSync(folder);
      const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
      // Older ones don't know the variable: it must not be what their safety rests on.
      const script = [
        "#!/bin/sh",
        "unset GIT_NO_LAZY_FETCH",
        "for last; do :; done",
        `[ "$last" = version ] && exec echo "git version ${version}"`,
        `exec ${real} "$@"`,
      ];
      writeFileSync(join(folder, "git"), `${script.join("\n")}\n`);
      chmodSync(join(folder, "git"), 0o755);
      return { ...gitEnvironment, PATH: `${folder}:${gitEnvironment["PATH"]}` };
    };

    for (const version of ["that there is", "2.34.1"]) {
      for (const packed of [false, true]) {
        const title = `${packed ? "in packs" : "one by one"}, by the git ${version}`;
        test(title, patience, async () => {
          using place = newSourcePlace();
          const { repository, first, main } = history(place);
          const environment = version === "2.34.1" ? gitThatIs(place, version) : gitEnvironment;
          if (packed) repository.git("gc", "--quiet");
          repository.git("update-server-info");
          await using server = await startFileServer(join(place.root, "served"));
          const url = `git+${server.url}project/.git`;
          for (const [revision, commit] of [
            ["", main],
            ["@v1.0", first],
            [`@${first}`, first],
          ] as const) {
            const { origin } = await place.pin(url + revision, { environment });
            assert.equal(commitOf(origin), commit);
          }
          const folder = await place.layOut(`${url}@v1.0`, { environment, offline: true });
          assert.equal(readFileSync(join(folder, "old.txt"), "utf8"), "only in the first commit\n");
          const git = (...args: string[]) =>
            execFileSync("git", ["-C", folder, ...args], { env: gitEnvironment, encoding: "utf8" }).trim();
          assert.match(git("describe", "--tags", "--dirty"), /^v1\.[01]$/);
          assert.equal(git("config", "--default=none", "extensions.partialClone"), "none");
        });
      }
    }

    test("and was none before", patience, async () => {
      using place = newSourcePlace();
      const { repository, first } = history(place);
      repository.git("gc", "--quiet");
      repository.git("update-server-info");
      await using files = await startFileServer(join(place.root, "served"));
      await using server = await served(place);
      // One address, and behind it what comes next.
      let plain = false;
      await using both = await startRelay(() => (plain ? files.url : server.root));
      const url = `git+${both.url}project/.git`;
      await place.pin(`${url}@main`);
      plain = true;
      // The history is there, contents of the first commit are not.
      const folder = await place.layOut(`${url}@${first}`);
      assert.equal(readFileSync(join(folder, "old.txt"), "utf8"), "only in the first commit\n");
    });
  });

  test("of a part of the repository", patience, async () => {
    using place = newSourcePlace();
    const { repository } = history(place);
    const url = `git+file://${repository.path}`;
    const folder = await place.layOut(`${url}#subdirectory=core`);
    assert.deepEqual(filesIn(folder), ["pyproject.toml"]);
    await assert.rejects(
      place.pin(`${url}#subdirectory=cores`),
      refuses("not-found", /has no folder `cores`/),
    );
    await assert.rejects(
      place.pin(`${url}#subdirectory=old.txt`),
      refuses("not-found", /has no folder `old\.txt`/),
    );
  });

  test("a part that is a link out of it is refused", patience, async () => {
    using place = newSourcePlace();
    const repository = newRepository(join(place.root, "served", "project"));
    repository.commit({
      ...project,
      out: { link: "/etc" },
      up: { link: ".." },
      git: { link: ".git" },
      in: { link: "core" },
    });
    const url = `git+file://${repository.path}`;
    for (const part of ["out", "up", "git", "up/.."]) {
      const refused = part === "up/.." ? "invalid-url" : "invalid-source";
      await assert.rejects(
        async () => place.pin(`${url}#subdirectory=${part}`),
        refuses(refused, /leads out|stay inside/),
      );
    }
    assert.deepEqual(filesIn(await place.layOut(`${url}#subdirectory=in`)), ["pyproject.toml"]);
  });

  test("without the network: what is in the cache, else it says so", patience, async () => {
    using place = newSourcePlace();
    const { first } = history(place);
    await using server = await served(place);
    const { url } = server;
    const offline = { offline: true };
    await assert.rejects(place.pin(url, offline), refuses("offline", /its default branch .* never fetched/));
    await assert.rejects(place.pin(`${url}@main`, offline), refuses("offline", /`main` of .* never fetched/));
    await assert.rejects(place.pin(`${url}@${first}`, offline), refuses("offline", /needs the network/));
    await place.pin(`${url}@main`);
    await place.pin(url);
    const asked = server.requests.length;
    for (const revision of ["", "@main"]) {
      assert.ok(existsSync(join(await place.layOut(url + revision, offline), "new.txt")));
    }
    // Its history is there, its contents are not.
    await assert.rejects(place.pin(`${url}@${first}`, offline), refuses("offline", /needs the network/));
    assert.equal(server.requests.length, asked);
  });

  test("without the network: a repository on this disk is there", patience, async () => {
    using place = newSourcePlace();
    const { repository, first } = history(place);
    const { origin } = await place.pin(`git+file://${repository.path}@v1.0`, { offline: true });
    assert.equal(commitOf(origin), first);
  });
});

describe("submodules", () => {
  /** project → vendor/library (by a relative address) → deep/inner. */
  function nested(place: SourcePlace): GitRepository {
    const inner = newRepository(join(place.root, "served", "inner"));
    inner.commit({ "inner.txt": "x\n" });
    const library = newRepository(join(place.root, "served", "library"));
    library.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.path, "deep/inner");
    library.git("config", "--file=.gitmodules", "submodule.deep/inner.url", "../../inner/.git");
    library.commit({ "library.txt": "x\n" });
    const repository = newRepository(join(place.root, "served", "project"));
    repository.git("submodule", "--quiet", "add", library.path, "vendor/library");
    repository.git("config", "--file=.gitmodules", "submodule.vendor/library.url", "../../library/.git");
    repository.commit(project);
    return repository;
  }

  for (const transport of ["http", "file"]) {
    test(`are there, those in them too, by ${transport}`, patience, async () => {
      using place = newSourcePlace();
      const repository = nested(place);
      await using server = await served(place);
      const { url: http } = server;
      const url = transport === "http" ? http : `git+file://${repository.path}/.git`;
      const folder = await place.layOut(url);
      assert.ok(existsSync(join(folder, "vendor/library/library.txt")));
      assert.ok(existsSync(join(folder, "vendor/library/deep/inner/inner.txt")));
      const asked = server.requests.length;
      await place.layOut(url, { offline: transport === "http" });
      assert.equal(server.requests.length, transport === "http" ? asked : 0);
    });
  }

  for (const [title, address] of [
    ["on this disk", "file:///etc"],
    ["that is a program", "ext::sh -c touch% /tmp/posy-evil"],
  ] as const) {
    test(`one ${title} is refused`, patience, async () => {
      using place = newSourcePlace();
      const repository = nested(place);
      repository.git("config", "--file=.gitmodules", "submodule.vendor/library.url", address);
      repository.commit();
      await using server = await served(place);
      const { url } = server;
      await assert.rejects(
        place.pin(url),
        refuses("git-failed", /would go by `(file|ext)`, which is not allowed/),
      );
      assert.ok(!existsSync("/tmp/posy-evil"));
      // Nothing that counts is left.
      assert.deepEqual(checkouts(place), []);
    });
  }
});

function checkouts(place: SourcePlace): string[] {
  const bucket = join(place.root, "cache", "git-v1", "checkouts");
  return existsSync(bucket) ? readdirSync(bucket).flatMap((key) => readdirSync(join(bucket, key))) : [];
}

describe("large files", () => {
  const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n";
  const files = {
    ...project,
    ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n",
    "data.bin": pointer,
  };

  test("stay pointers without git LFS, and that is said once", patience, async () => {
    using place = newSourcePlace();
    const repository = newRepository(join(place.root, "served", "project"));
    repository.commit(files);
    const folder = await place.layOut(`git+file://${repository.path}`);
    assert.equal(readFileSync(join(folder, "data.bin"), "utf8"), pointer);
    assert.match(place.reporter.warnings().join(), /has large files in git LFS, which is not installed/);
  });

  test("are had where it is installed, also after a time without it", patience, async () => {
    using place = newSourcePlace();
    const repository = newRepository(join(place.root, "served", "project"));
    repository.commit(files);
    const url = `git+file://${repository.path}`;
    const before = await place.pin(url);
    // A stand-in that knows `version` and `pull`, and that its filters have to be set for it to do something.
    const tools = join(place.root, "tools");
    mkdirSync(tools);
    const script = [
      "#!/bin/sh",
      'case "$1" in version) echo git-lfs/3;; pull) git config filter.lfs.smudge >/dev/null && printf big > data.bin;; *) exit 1;; esac',
    ];
    writeFileSync(join(tools, "git-lfs"), `${script.join("\n")}\n`);
    chmodSync(join(tools, "git-lfs"), 0o755);
    const environment = { ...gitEnvironment, PATH: `${tools}:${gitEnvironment["PATH"]}` };
    const after = await place.pin(url, { environment });
    assert.notEqual(after.identity, before.identity);
    assert.equal(readFileSync(join(await place.layOut(url, { environment }), "data.bin"), "utf8"), "big");
    assert.equal(place.reporter.warnings().length, 1);
  });
});

describe("logging in", () => {
  const auth = { username: "me@example.org", password: "s3cret:/@word" };
  const login = `${encodeURIComponent(auth.username)}:${encodeURIComponent(auth.password)}@`;
  const withLogin = (url: string, text: string) => url.replace("://", `://${text}`);

  test("by what stands in the URL, which is kept and told nowhere", patience, async () => {
    using place = newSourcePlace();
    history(place);
    await using server = await served(place, { auth });
    const { url } = server;
    const pinned = await place.pin(`${withLogin(url, login)}@main`);
    const kept = JSON.stringify(pinned) + textsBelow(place.root);
    for (const secret of [auth.password, encodeURIComponent(auth.password), "s3cret"]) {
      assert.ok(!kept.includes(secret));
    }
    // The checkout is there: growing from a lock needs no login.
    await place.layOut(pinned.url, { offline: true });
  });

  for (const [title, text] of [
    ["no login", ""],
    ["a wrong password", "me:wr0ng@"],
    ["a name alone", "t0ken@"],
  ] as const) {
    test(`${title} is told without it`, patience, async () => {
      using place = newSourcePlace();
      history(place);
      await using server = await served(place, { auth });
      const { url } = server;
      await assert.rejects(
        place.pin(withLogin(url, text)),
        (error) =>
          refuses(
            "authentication",
            /is private, or there is no such repository/,
            /credential helper/,
          )(error) && !/wr0ng|t0ken/.test(`${(error as Error).message} ${String((error as Error).cause)}`),
      );
    });
  }

  test("a token in place of the name, with nothing behind it", patience, async () => {
    using place = newSourcePlace();
    history(place);
    await using server = await served(place, { auth: { username: "t0ken", password: "" } });
    const { url } = server;
    assert.ok((await place.pin(withLogin(url, "t0ken@"))).identity);
    assert.ok(!textsBelow(place.root).includes("t0ken"));
  });

  test("by a credential helper of the user's", patience, async () => {
    using place = newSourcePlace();
    history(place);
    await using server = await served(place, { auth });
    const { url } = server;
    const environment = {
      ...gitEnvironment,
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "credential.helper",
      GIT_CONFIG_VALUE_0: `!printf 'username=${auth.username}\\npassword=${auth.password}\\n' #`,
    };
    assert.ok((await place.pin(url, { environment })).identity);
  });
});

describe("ssh", () => {
  /** A stand-in for ssh: it says what it was started with, and is the server or fails with some words. */
  function environmentOf(place: SourcePlace, does: string): NodeJS.ProcessEnv {
    const ssh = join(place.root, "ssh");
    const words = '#!/bin/sh\nprintf "%s\\n" "$@" >> "$0.said"\nfor last; do :; done\n';
    writeFileSync(ssh, `${words}${does}\n`);
    chmodSync(ssh, 0o755);
    return { ...gitEnvironment, GIT_ALLOW_PROTOCOL: "ssh", GIT_SSH: ssh, GIT_SSH_VARIANT: "ssh" };
  }

  for (const form of ["ssh://me@host.example:2222", "me@host.example:"]) {
    test(`of the system is asked, for ${form}`, patience, async () => {
      using place = newSourcePlace();
      const { repository, main } = history(place);
      const environment = environmentOf(place, 'eval "$last"');
      const { origin, url } = await place.pin(`git+${form}${repository.path}@main`, { environment });
      assert.equal(commitOf(origin), main);
      // The name belongs to the address.
      assert.match(url, /^git\+ssh:\/\/me@host\.example/);
      const said = readFileSync(join(place.root, "ssh.said"), "utf8");
      assert.match(said, /^me@host\.example$/m);
      assert.ok(!form.includes("2222") || /^2222$/m.test(said));
    });
  }

  for (const [says, message, hint] of [
    [
      "Host key verification failed.",
      /the key of `host\.example` is not one that ssh knows/,
      /ssh -T git@host\.example/,
    ],
    ["git@host.example: Permission denied (publickey).", /takes none of the keys/, /ssh-add/],
  ] as const) {
    test(`that says ${says}`, patience, async () => {
      using place = newSourcePlace();
      const environment = environmentOf(place, `echo '${says}' >&2; exit 255`);
      await assert.rejects(
        place.pin("git+ssh://git@host.example/x", { environment }),
        refuses("authentication", message, hint),
      );
    });
  }
});

/** All that is written below a folder, but for objects of git, which are compressed. */
function textsBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => !path.includes("/objects/") && !path.includes("/served/") && lstatSync(path).isFile())
    .map((path) => readFileSync(path, "latin1"))
    .join("\n");
}

describe("what is refused or missing", () => {
  test("no git", patience, async () => {
    using place = newSourcePlace();
    const environment = { ...gitEnvironment, PATH: place.root };
    await assert.rejects(
      place.pin("git+https://host.invalid/x", { environment }),
      refuses("no-git", /need git/, /install/),
    );
  });

  test("no repository, no server, nothing in it", patience, async () => {
    using place = newSourcePlace();
    history(place);
    await using server = await served(place);
    const { url } = server;
    await assert.rejects(
      place.pin(url.replace("project", "nothing")),
      refuses("not-found", /no repository at/),
    );
    await assert.rejects(place.pin("git+file:///nonexistent/x"), refuses("not-found", /no repository at/));
    await assert.rejects(place.pin("git+http://127.0.0.1:9/x"), refuses("network", /failed: .*connect/i));
    const empty = newRepository(join(place.root, "empty"));
    await assert.rejects(
      place.pin(`git+file://${empty.path}`),
      refuses("unknown-revision", /nothing of that name/),
    );
  });

  test("no hook runs, whoever put it there", patience, async () => {
    using place = newSourcePlace();
    const { repository } = history(place);
    const hooks = join(place.root, "hooks");
    const ran = join(place.root, "ran");
    mkdirSync(hooks);
    for (const name of ["post-checkout", "reference-transaction", "post-index-change"]) {
      writeFileSync(join(hooks, name), `#!/bin/sh\ntouch ${ran}\n`);
      chmodSync(join(hooks, name), 0o755);
    }
    const environment = {
      ...gitEnvironment,
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "core.hooksPath",
      GIT_CONFIG_VALUE_0: hooks,
    };
    await place.layOut(`git+file://${repository.path}`, { environment });
    assert.ok(!existsSync(ran));
    // The same would run without us.
    execFileSync("git", ["clone", "--quiet", repository.path, join(place.root, "clone")], {
      env: environment,
    });
    assert.ok(existsSync(ran));
  });

  test("a repository that we stand in changes nothing", patience, async () => {
    using place = newSourcePlace();
    const { repository, main } = history(place);
    const other = newRepository(join(place.root, "other"));
    other.commit(project);
    const git = join(other.path, ".git");
    const environment = {
      ...gitEnvironment,
      GIT_DIR: git,
      GIT_INDEX_FILE: join(git, "index"),
      GIT_WORK_TREE: other.path,
    };
    const { origin } = await place.pin(`git+file://${repository.path}`, { environment });
    assert.equal(commitOf(origin), main);
    assert.equal(other.git("status", "--porcelain"), "");
  });
});

test("many at once are all right", patience, async () => {
  using place = newSourcePlace();
  const { first, main, feature } = history(place);
  await using server = await served(place);
  const { url } = server;
  const wanted = [
    ["@main", main],
    ["@v1.0", first],
    ["@feature/new", feature],
    ["", main],
  ] as const;
  // Each with a run of its own, as so many processes would have.
  const pins = [...wanted, ...wanted].map(async ([revision, commit]) => {
    assert.equal(commitOf((await place.pin(url + revision)).origin), commit);
    assert.ok(existsSync(join(await place.layOut(url + revision), "pyproject.toml")));
  });
  await Promise.all(pins);
  assert.deepEqual(new Set(checkouts(place)), new Set([first, main, feature]));
});
