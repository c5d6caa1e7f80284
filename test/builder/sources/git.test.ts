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
import { filesIn, newSourceFixture, type SourceFixture } from "./source-fixture.ts";

/** Each test starts git dozens of times. */
const patience = { timeout: 120_000 };

const project = { "pyproject.toml": "[project]\n", "core/pyproject.toml": "[project]\n" };

/** `v1.0` ← `main` ← `feature/new`, with tags of both kinds. */
function history(fixture: SourceFixture) {
  const repository = newRepository(join(fixture.root, "served", "project"));
  const first = repository.commit({ ...project, "old.txt": "only in the first commit\n" });
  repository.git("tag", "v1.0");
  repository.git("tag", "--annotate", "--message=x", "v1.1");
  const main = repository.commit({ "new.txt": "x\n", "old.txt": "changed\n" });
  repository.git("checkout", "--quiet", "-b", "feature/new");
  const feature = repository.commit({ "feature.txt": "x\n" });
  repository.git("checkout", "--quiet", "main");
  return { repository, first, main, feature };
}

async function served(fixture: SourceFixture, options?: Parameters<typeof startGitServer>[1]) {
  const server = await startGitServer(join(fixture.root, "served"), options);
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
      using fixture = newSourceFixture();
      const { repository, first, main, feature } = history(fixture);
      await using server = await served(fixture);
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
        const { origin, url: pinned } = await fixture.pin(url + revision);
        assert.equal(commitOf(origin), commit, revision);
        assert.equal(pinned, `${url}@${commit}`);
      }
    });
  }

  test("is the branch if a tag has the same name", patience, async () => {
    using fixture = newSourceFixture();
    const { repository, main, feature } = history(fixture);
    repository.git("tag", "both", main);
    repository.git("branch", "both", feature);
    assert.equal(commitOf((await fixture.pin(`git+file://${repository.path}@both`)).origin), feature);
  });

  test("that does not exist is an error with similar names", patience, async () => {
    using fixture = newSourceFixture();
    const { repository } = history(fixture);
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
        fixture.pin(`${url}@${revision}`),
        refuses("unknown-revision", /has no branch, tag or commit/, hint),
      );
    }
  });

  test(
    "of a fetched commit makes no request; a branch is looked up again, and fetched if it has moved",
    patience,
    async () => {
      using fixture = newSourceFixture();
      const { repository, main } = history(fixture);
      await using server = await served(fixture);
      const { url } = server;
      await fixture.pin(`${url}@main`);
      const after = server.requests.length;
      await fixture.extract(`${url}@${main}`);
      assert.equal(server.requests.length, after);
      await fixture.pin(`${url}@main`);
      assert.ok(server.requests.length > after);
      const moved = repository.commit({ "moved.txt": "" });
      assert.equal(commitOf((await fixture.pin(`${url}@main`)).origin), moved);
      assert.equal(commitOf((await fixture.pin(url)).origin), moved);
    },
  );

  test("of one branch is the same commit during one run", patience, async () => {
    using fixture = newSourceFixture();
    const { repository, main } = history(fixture);
    const db = {} as PackageDB;
    const url = `git+file://${repository.path}@main`;
    const [one, other] = await Promise.all([
      fixture.pin(url, { db }),
      fixture.pin(`${url}#subdirectory=core`, { db }),
    ]);
    repository.commit({});
    const late = await fixture.pin(url, { db });
    for (const { origin } of [one, other, late]) assert.equal(commitOf(origin), main);
    assert.notEqual(one.identity, other.identity);
    assert.equal(one.identity, late.identity);
  });
});

describe("a checkout", () => {
  test("is a copy with files, history and tags", patience, async () => {
    using fixture = newSourceFixture();
    history(fixture);
    await using server = await served(fixture);
    const { url } = server;
    const folder = await fixture.extract(`${url}@feature/new`);
    assert.deepEqual(filesIn(folder), ["core", "feature.txt", "new.txt", "old.txt", "pyproject.toml"]);
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", folder, ...args], { env: gitEnvironment, encoding: "utf8" }).trim();
    assert.match(git("describe", "--tags", "--long", "--dirty"), /^v1\.1-2-g[0-9a-f]+$/);
    assert.equal(git("remote", "get-url", "origin"), url.slice(4));
    writeFileSync(join(folder, "new.txt"), "changed by a build\n");
    assert.equal(readFileSync(join(await fixture.extract(`${url}@feature/new`), "new.txt"), "utf8"), "x\n");
  });

  test("fetches only the contents of its own files", patience, async () => {
    using fixture = newSourceFixture();
    const { repository } = history(fixture);
    await using server = await served(fixture);
    const { url } = server;
    const folder = await fixture.extract(`${url}@main`);
    const old = repository.git("rev-parse", "v1.0:old.txt");
    const found = spawnSync("git", ["-C", folder, "cat-file", "-e", old], {
      env: { ...gitEnvironment, GIT_ALLOW_PROTOCOL: "none" },
    });
    assert.notEqual(found.status, 0);
  });

  const oldServers = [
    ["does not support partial clones", "false"],
    ["supports partial clones but sends no single objects", "true"],
  ] as const;
  for (const [title, filters] of oldServers) {
    test(`works with a server that ${title} and sends only commits with a name`, patience, async () => {
      using fixture = newSourceFixture();
      const { repository, first } = history(fixture);
      repository.git("config", "uploadpack.allowFilter", filters);
      repository.git("config", "uploadpack.allowAnySHA1InWant", "false");
      await using server = await served(fixture);
      // Version 0 of the protocol, for old servers.
      const environment = {
        ...gitEnvironment,
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "protocol.version",
        GIT_CONFIG_VALUE_0: "0",
      };
      for (const revision of ["@main", `@${repository.git("rev-parse", "main")}`, `@${first}`]) {
        assert.ok(existsSync(join(await fixture.extract(server.url + revision, { environment }), "old.txt")));
      }
      using other = newSourceFixture();
      assert.ok(existsSync(join(await other.extract(`${server.url}@${first}`, { environment }), "old.txt")));
    });
  }

  describe("of a plain file server", () => {
    /** A git that prints another version, and otherwise is the installed one. */
    const gitThatIs = (fixture: SourceFixture, version: string): NodeJS.ProcessEnv => {
      const folder = join(fixture.root, "tools");
      mkdirSync(folder);
      const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
      // Older versions don't know the variable, so they must not depend on it.
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

    for (const version of ["of this machine", "2.34.1"]) {
      for (const packed of [false, true]) {
        const title = `works with ${packed ? "packs" : "loose objects"} and the git ${version}`;
        test(title, patience, async () => {
          using fixture = newSourceFixture();
          const { repository, first, main } = history(fixture);
          const environment = version === "2.34.1" ? gitThatIs(fixture, version) : gitEnvironment;
          if (packed) repository.git("gc", "--quiet");
          repository.git("update-server-info");
          await using server = await startFileServer(join(fixture.root, "served"));
          const url = `git+${server.url}project/.git`;
          for (const [revision, commit] of [
            ["", main],
            ["@v1.0", first],
            [`@${first}`, first],
          ] as const) {
            const { origin } = await fixture.pin(url + revision, { environment });
            assert.equal(commitOf(origin), commit);
          }
          const folder = await fixture.extract(`${url}@v1.0`, { environment, offline: true });
          assert.equal(readFileSync(join(folder, "old.txt"), "utf8"), "only in the first commit\n");
          const git = (...args: string[]) =>
            execFileSync("git", ["-C", folder, ...args], { env: gitEnvironment, encoding: "utf8" }).trim();
          assert.match(git("describe", "--tags", "--dirty"), /^v1\.[01]$/);
          assert.equal(git("config", "--default=none", "extensions.partialClone"), "none");
        });
      }
    }

    test("works if the server supported partial clones before", patience, async () => {
      using fixture = newSourceFixture();
      const { repository, first } = history(fixture);
      repository.git("gc", "--quiet");
      repository.git("update-server-info");
      await using files = await startFileServer(join(fixture.root, "served"));
      await using server = await served(fixture);
      // The same address is served by different servers in turn.
      let plain = false;
      await using both = await startRelay(() => (plain ? files.url : server.root));
      const url = `git+${both.url}project/.git`;
      await fixture.pin(`${url}@main`);
      plain = true;
      // The history was fetched, the contents of the first commit were not.
      const folder = await fixture.extract(`${url}@${first}`);
      assert.equal(readFileSync(join(folder, "old.txt"), "utf8"), "only in the first commit\n");
    });
  });

  test("may be a subdirectory of the repository", patience, async () => {
    using fixture = newSourceFixture();
    const { repository } = history(fixture);
    const url = `git+file://${repository.path}`;
    const folder = await fixture.extract(`${url}#subdirectory=core`);
    assert.deepEqual(filesIn(folder), ["pyproject.toml"]);
    await assert.rejects(
      fixture.pin(`${url}#subdirectory=cores`),
      refuses("not-found", /has no folder `cores`/),
    );
    await assert.rejects(
      fixture.pin(`${url}#subdirectory=old.txt`),
      refuses("not-found", /has no folder `old\.txt`/),
    );
  });

  test("refuses a subdirectory that is a link out of the repository", patience, async () => {
    using fixture = newSourceFixture();
    const repository = newRepository(join(fixture.root, "served", "project"));
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
        async () => fixture.pin(`${url}#subdirectory=${part}`),
        refuses(refused, /leads out|stay inside/),
      );
    }
    assert.deepEqual(filesIn(await fixture.extract(`${url}#subdirectory=in`)), ["pyproject.toml"]);
  });

  test("without the network comes from the cache, or is an error", patience, async () => {
    using fixture = newSourceFixture();
    const { first } = history(fixture);
    await using server = await served(fixture);
    const { url } = server;
    const offline = { offline: true };
    await assert.rejects(
      fixture.pin(url, offline),
      refuses("offline", /its default branch .* never fetched/),
    );
    await assert.rejects(
      fixture.pin(`${url}@main`, offline),
      refuses("offline", /`main` of .* never fetched/),
    );
    await assert.rejects(fixture.pin(`${url}@${first}`, offline), refuses("offline", /needs the network/));
    await fixture.pin(`${url}@main`);
    await fixture.pin(url);
    const asked = server.requests.length;
    for (const revision of ["", "@main"]) {
      assert.ok(existsSync(join(await fixture.extract(url + revision, offline), "new.txt")));
    }
    // Its history was fetched, its contents were not.
    await assert.rejects(fixture.pin(`${url}@${first}`, offline), refuses("offline", /needs the network/));
    assert.equal(server.requests.length, asked);
  });

  test("without the network works for a repository on this disk", patience, async () => {
    using fixture = newSourceFixture();
    const { repository, first } = history(fixture);
    const { origin } = await fixture.pin(`git+file://${repository.path}@v1.0`, { offline: true });
    assert.equal(commitOf(origin), first);
  });
});

describe("submodules", () => {
  /** project → vendor/library (with a relative URL) → deep/inner. */
  function nested(fixture: SourceFixture): GitRepository {
    const inner = newRepository(join(fixture.root, "served", "inner"));
    inner.commit({ "inner.txt": "x\n" });
    const library = newRepository(join(fixture.root, "served", "library"));
    library.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.path, "deep/inner");
    library.git("config", "--file=.gitmodules", "submodule.deep/inner.url", "../../inner/.git");
    library.commit({ "library.txt": "x\n" });
    const repository = newRepository(join(fixture.root, "served", "project"));
    repository.git("submodule", "--quiet", "add", library.path, "vendor/library");
    repository.git("config", "--file=.gitmodules", "submodule.vendor/library.url", "../../library/.git");
    repository.commit(project);
    return repository;
  }

  for (const transport of ["http", "file"]) {
    test(`are fetched recursively, by ${transport}`, patience, async () => {
      using fixture = newSourceFixture();
      const repository = nested(fixture);
      await using server = await served(fixture);
      const { url: http } = server;
      const url = transport === "http" ? http : `git+file://${repository.path}/.git`;
      const folder = await fixture.extract(url);
      assert.ok(existsSync(join(folder, "vendor/library/library.txt")));
      assert.ok(existsSync(join(folder, "vendor/library/deep/inner/inner.txt")));
      const asked = server.requests.length;
      await fixture.extract(url, { offline: transport === "http" });
      assert.equal(server.requests.length, transport === "http" ? asked : 0);
    });
  }

  for (const [title, address] of [
    ["a path on this disk", "file:///etc"],
    ["a program", "ext::sh -c touch% /tmp/posy-evil"],
  ] as const) {
    test(`are refused if their URL is ${title}`, patience, async () => {
      using fixture = newSourceFixture();
      const repository = nested(fixture);
      repository.git("config", "--file=.gitmodules", "submodule.vendor/library.url", address);
      repository.commit();
      await using server = await served(fixture);
      const { url } = server;
      await assert.rejects(
        fixture.pin(url),
        refuses("git-failed", /would use `(file|ext)`, which is not allowed/),
      );
      assert.ok(!existsSync("/tmp/posy-evil"));
      // No incomplete checkout remains.
      assert.deepEqual(checkouts(fixture), []);
    });
  }
});

function checkouts(fixture: SourceFixture): string[] {
  const bucket = join(fixture.root, "cache", "git-v1", "checkouts");
  return existsSync(bucket) ? readdirSync(bucket).flatMap((key) => readdirSync(join(bucket, key))) : [];
}

describe("large files", () => {
  const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n";
  const files = {
    ...project,
    ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n",
    "data.bin": pointer,
  };

  test("stay pointers without git LFS, with one warning", patience, async () => {
    using fixture = newSourceFixture();
    const repository = newRepository(join(fixture.root, "served", "project"));
    repository.commit(files);
    const folder = await fixture.extract(`git+file://${repository.path}`);
    assert.equal(readFileSync(join(folder, "data.bin"), "utf8"), pointer);
    assert.match(fixture.reporter.warnings().join(), /has large files in git LFS, which is not installed/);
  });

  test("are fetched with git LFS, also if it was installed later", patience, async () => {
    using fixture = newSourceFixture();
    const repository = newRepository(join(fixture.root, "served", "project"));
    repository.commit(files);
    const url = `git+file://${repository.path}`;
    const before = await fixture.pin(url);
    // A fake git LFS that knows `version` and `pull`, and does nothing if its filters are not configured.
    const tools = join(fixture.root, "tools");
    mkdirSync(tools);
    const script = [
      "#!/bin/sh",
      'case "$1" in version) echo git-lfs/3;; pull) git config filter.lfs.smudge >/dev/null && printf big > data.bin;; *) exit 1;; esac',
    ];
    writeFileSync(join(tools, "git-lfs"), `${script.join("\n")}\n`);
    chmodSync(join(tools, "git-lfs"), 0o755);
    const environment = { ...gitEnvironment, PATH: `${tools}:${gitEnvironment["PATH"]}` };
    const after = await fixture.pin(url, { environment });
    assert.notEqual(after.identity, before.identity);
    assert.equal(readFileSync(join(await fixture.extract(url, { environment }), "data.bin"), "utf8"), "big");
    assert.equal(fixture.reporter.warnings().length, 1);
  });
});

describe("logging in works", () => {
  const auth = { username: "me@example.org", password: "s3cret:/@word" };
  const login = `${encodeURIComponent(auth.username)}:${encodeURIComponent(auth.password)}@`;
  const withLogin = (url: string, text: string) => url.replace("://", `://${text}`);

  test("with credentials in the URL, which are neither stored nor shown", patience, async () => {
    using fixture = newSourceFixture();
    history(fixture);
    await using server = await served(fixture, { auth });
    const { url } = server;
    const pinned = await fixture.pin(`${withLogin(url, login)}@main`);
    const kept = JSON.stringify(pinned) + textsBelow(fixture.root);
    for (const secret of [auth.password, encodeURIComponent(auth.password), "s3cret"]) {
      assert.ok(!kept.includes(secret));
    }
    // The checkout exists, so growing from a lock needs no login.
    await fixture.extract(pinned.url, { offline: true });
  });

  for (const [title, text] of [
    ["no login", ""],
    ["a wrong password", "me:wr0ng@"],
    ["a name alone", "t0ken@"],
  ] as const) {
    test(`is an error without the secret for ${title}`, patience, async () => {
      using fixture = newSourceFixture();
      history(fixture);
      await using server = await served(fixture, { auth });
      const { url } = server;
      await assert.rejects(
        fixture.pin(withLogin(url, text)),
        (error) =>
          refuses(
            "authentication",
            /is private, or there is no such repository/,
            /credential helper/,
          )(error) && !/wr0ng|t0ken/.test(`${(error as Error).message} ${String((error as Error).cause)}`),
      );
    });
  }

  test("with a token as the user name and no password", patience, async () => {
    using fixture = newSourceFixture();
    history(fixture);
    await using server = await served(fixture, { auth: { username: "t0ken", password: "" } });
    const { url } = server;
    assert.ok((await fixture.pin(withLogin(url, "t0ken@"))).identity);
    assert.ok(!textsBelow(fixture.root).includes("t0ken"));
  });

  test("with a credential helper of the user", patience, async () => {
    using fixture = newSourceFixture();
    history(fixture);
    await using server = await served(fixture, { auth });
    const { url } = server;
    const environment = {
      ...gitEnvironment,
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "credential.helper",
      GIT_CONFIG_VALUE_0: `!printf 'username=${auth.username}\\npassword=${auth.password}\\n' #`,
    };
    assert.ok((await fixture.pin(url, { environment })).identity);
  });
});

describe("ssh", () => {
  /** A fake ssh. It prints its arguments, and is the server or fails with a message. */
  function environmentOf(fixture: SourceFixture, does: string): NodeJS.ProcessEnv {
    const ssh = join(fixture.root, "ssh");
    const words = '#!/bin/sh\nprintf "%s\\n" "$@" >> "$0.said"\nfor last; do :; done\n';
    writeFileSync(ssh, `${words}${does}\n`);
    chmodSync(ssh, 0o755);
    return { ...gitEnvironment, GIT_ALLOW_PROTOCOL: "ssh", GIT_SSH: ssh, GIT_SSH_VARIANT: "ssh" };
  }

  for (const form of ["ssh://me@host.example:2222", "me@host.example:"]) {
    test(`of the system is used for ${form}`, patience, async () => {
      using fixture = newSourceFixture();
      const { repository, main } = history(fixture);
      const environment = environmentOf(fixture, 'eval "$last"');
      const { origin, url } = await fixture.pin(`git+${form}${repository.path}@main`, { environment });
      assert.equal(commitOf(origin), main);
      // The user name is a part of the URL.
      assert.match(url, /^git\+ssh:\/\/me@host\.example/);
      const said = readFileSync(join(fixture.root, "ssh.said"), "utf8");
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
    ["git@host.example: Permission denied (publickey).", /accepts none of the keys/, /ssh-add/],
  ] as const) {
    test(`that prints ${says} is explained`, patience, async () => {
      using fixture = newSourceFixture();
      const environment = environmentOf(fixture, `echo '${says}' >&2; exit 255`);
      await assert.rejects(
        fixture.pin("git+ssh://git@host.example/x", { environment }),
        refuses("authentication", message, hint),
      );
    });
  }
});

/** Returns the text of all files below a folder, except objects of git, which are compressed. */
function textsBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => !path.includes("/objects/") && !path.includes("/served/") && lstatSync(path).isFile())
    .map((path) => readFileSync(path, "latin1"))
    .join("\n");
}

describe("git sources", () => {
  test("are an error without git", patience, async () => {
    using fixture = newSourceFixture();
    const environment = { ...gitEnvironment, PATH: fixture.root };
    await assert.rejects(
      fixture.pin("git+https://host.invalid/x", { environment }),
      refuses("no-git", /need git/, /install/),
    );
  });

  test("are an error without a repository, a server or a commit", patience, async () => {
    using fixture = newSourceFixture();
    history(fixture);
    await using server = await served(fixture);
    const { url } = server;
    await assert.rejects(
      fixture.pin(url.replace("project", "nothing")),
      refuses("not-found", /no repository at/),
    );
    await assert.rejects(fixture.pin("git+file:///nonexistent/x"), refuses("not-found", /no repository at/));
    await assert.rejects(fixture.pin("git+http://127.0.0.1:9/x"), refuses("network", /failed: .*connect/i));
    const empty = newRepository(join(fixture.root, "empty"));
    await assert.rejects(
      fixture.pin(`git+file://${empty.path}`),
      refuses("unknown-revision", /repository does not have it/),
    );
  });

  test("run no hook", patience, async () => {
    using fixture = newSourceFixture();
    const { repository } = history(fixture);
    const hooks = join(fixture.root, "hooks");
    const ran = join(fixture.root, "ran");
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
    await fixture.extract(`git+file://${repository.path}`, { environment });
    assert.ok(!existsSync(ran));
    // Plain git would run it.
    execFileSync("git", ["clone", "--quiet", repository.path, join(fixture.root, "clone")], {
      env: environment,
    });
    assert.ok(existsSync(ran));
  });

  test("do not depend on the repository in the current folder", patience, async () => {
    using fixture = newSourceFixture();
    const { repository, main } = history(fixture);
    const other = newRepository(join(fixture.root, "other"));
    other.commit(project);
    const git = join(other.path, ".git");
    const environment = {
      ...gitEnvironment,
      GIT_DIR: git,
      GIT_INDEX_FILE: join(git, "index"),
      GIT_WORK_TREE: other.path,
    };
    const { origin } = await fixture.pin(`git+file://${repository.path}`, { environment });
    assert.equal(commitOf(origin), main);
    assert.equal(other.git("status", "--porcelain"), "");
  });
});

test("many git sources can be fetched at the same time", patience, async () => {
  using fixture = newSourceFixture();
  const { first, main, feature } = history(fixture);
  await using server = await served(fixture);
  const { url } = server;
  const wanted = [
    ["@main", main],
    ["@v1.0", first],
    ["@feature/new", feature],
    ["", main],
  ] as const;
  // Each has a separate context, as separate processes have.
  const pins = [...wanted, ...wanted].map(async ([revision, commit]) => {
    assert.equal(commitOf((await fixture.pin(url + revision)).origin), commit);
    assert.ok(existsSync(join(await fixture.extract(url + revision), "pyproject.toml")));
  });
  await Promise.all(pins);
  assert.deepEqual(new Set(checkouts(fixture)), new Set([first, main, feature]));
});
