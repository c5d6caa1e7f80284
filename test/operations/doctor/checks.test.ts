import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import {
  type DiskAbilities,
  diskAbilities,
  findingsOfDisk,
} from "../../../src/operations/doctor/check-disk.ts";
import { checkPath } from "../../../src/operations/doctor/check-path.ts";
import { checkVariables } from "../../../src/operations/doctor/check-variables.ts";
import type { Finding } from "../../../src/operations/doctor/finding.ts";

const root = mkdtempSync(join(tmpdir(), "posy-doctor-test-"));
after(() => rmSync(root, { recursive: true, force: true }));

/** Asserts that a finding of this level has a matching message. */
function assertFound(
  findings: readonly Finding[],
  level: Finding["level"],
  message: RegExp,
  hint = /./,
): void {
  const found = findings.find((finding) => finding.level === level && message.test(finding.message));
  assert.ok(found, `no ${level} ${message} in ${JSON.stringify(findings, undefined, 1)}`);
  if (level === "problem") assert.match(found.hint ?? "", hint);
}

const problemsOf = (findings: readonly Finding[]) => findings.filter(({ level }) => level === "problem");

describe("the check of the disk", () => {
  const able: DiskAbilities = {
    symbolicLinks: true,
    hardLinks: true,
    junctions: true,
    foldsCase: false,
    reflinks: true,
    executableBit: true,
    startsPrograms: true,
  };
  const cases: readonly (readonly [Partial<DiskAbilities>, boolean, Finding["level"], RegExp])[] = [
    [{ symbolicLinks: false }, false, "problem", /symbolic links can't be made/],
    [{ symbolicLinks: false, junctions: false }, true, "note", /junctions can't be made/],
    [{ hardLinks: false }, false, "note", /hard links can't be made/],
    [{ foldsCase: true }, false, "note", /differ only in case/],
    [{ executableBit: false }, false, "problem", /can't be marked as executable/],
    [{ startsPrograms: false }, false, "problem", /`noexec`/],
  ];
  for (const [change, windows, level, message] of cases) {
    test(`finds ${JSON.stringify(change)}${windows ? " on Windows" : ""}`, () => {
      assertFound(findingsOfDisk({ ...able, ...change }, "/store", windows), level, message);
    });
  }
  test("finds nothing wrong with a disk that has everything", () => {
    for (const windows of [false, true]) {
      assert.deepEqual(
        findingsOfDisk(able, "/store", windows).map(({ level }) => level),
        ["ok"],
      );
    }
    // Windows has no symbolic links without Developer Mode.
    assert.deepEqual(problemsOf(findingsOfDisk({ ...able, symbolicLinks: false }, "C:\\store", true)), []);
  });

  test("tries the disk, and leaves nothing behind", async () => {
    const folder = join(root, "disk");
    mkdirSync(folder);
    const found = await diskAbilities(folder);
    assert.deepEqual(
      [found.symbolicLinks, found.hardLinks, found.executableBit, found.startsPrograms],
      [true, true, true, true],
    );
    assert.deepEqual(spawnSync("ls", ["-A", folder], { encoding: "utf8" }).stdout, "");
  });

  test("notices that programs do not start on a disk that is mounted with `noexec`", async (context) => {
    const folder = join(root, "noexec");
    mkdirSync(folder);
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "noexec,size=1m", "tmpfs", folder]).status !== 0) {
      context.skip("needs the right to mount");
      return;
    }
    try {
      assert.equal((await diskAbilities(folder)).startsPrograms, false);
    } finally {
      spawnSync("umount", [folder]);
    }
  });
});

describe("the check of the PATH", () => {
  const folderOf = (name: string) => {
    const folder = join(root, name);
    mkdirSync(folder, { recursive: true });
    for (const program of ["posy", "python"]) {
      writeFileSync(join(folder, program), "");
      chmodSync(join(folder, program), 0o755);
    }
    return folder;
  };
  const [one, other] = [folderOf("one"), folderOf("other")];

  test("finds that posy is not on it, and folders that do not exist", async () => {
    const findings = await checkPath({ PATH: `${root}:/nosuch` }, join(one, "posy"));
    assertFound(findings, "note", /`posy` is not on the PATH/);
    assertFound(findings, "note", /do not exist: \/nosuch/);
  });

  test("finds that another posy comes first", async () => {
    const findings = await checkPath({ PATH: `${other}:${one}` }, join(one, "posy"));
    assertFound(findings, "problem", /`posy` on the PATH is `.*other\/posy`/);
    assertFound(findings, "note", /other Posys .* hidden by the first: .*one\/posy/);
    assert.deepEqual(problemsOf(await checkPath({ PATH: `${one}:${other}` }, join(one, "posy"))), []);
  });

  test("takes a link to this posy for the same one", async () => {
    const links = join(root, "links");
    mkdirSync(links);
    symlinkSync(join(one, "posy"), join(links, "posy"));
    const findings = await checkPath({ PATH: `${links}:${one}` }, join(one, "posy"));
    assert.ok(findings.every(({ message }) => !message.includes("hidden")));
    assert.deepEqual(problemsOf(findings), []);
  });

  test("names the python of a shell, and says if it is that of an activated environment", async () => {
    const findings = await checkPath({ PATH: one }, join(one, "posy"));
    assertFound(findings, "note", /`python` is `.*one\/python`; `posy run python`/);
    const env = join(root, "env");
    mkdirSync(join(env, "bin"), { recursive: true });
    writeFileSync(join(env, "bin", "python"), "");
    chmodSync(join(env, "bin", "python"), 0o755);
    const active = await checkPath(
      { PATH: `${join(env, "bin")}:${one}`, VIRTUAL_ENV: env },
      join(one, "posy"),
    );
    assertFound(active, "ok", /of the activated environment/);
  });
});

describe("the check of variables", () => {
  const cases: readonly (readonly [NodeJS.ProcessEnv, Finding["level"], RegExp, RegExp?])[] = [
    [{ POSY_PYTHN: "3.13" }, "problem", /no variable `POSY_PYTHN`/, /did you mean `POSY_PYTHON`/],
    [{ POSY_NOSUCHTHING: "1" }, "problem", /no variable `POSY_NOSUCHTHING`/, /settings\.md/],
    [{ SSL_CERT_FILE: "/nosuch.pem" }, "problem", /`SSL_CERT_FILE` names `\/nosuch\.pem`/],
    [{ SSL_CERT_DIR: `${root}:/nosuch` }, "problem", /`SSL_CERT_DIR`/],
    [{ REQUESTS_CA_BUNDLE: "/nosuch.pem" }, "problem", /`REQUESTS_CA_BUNDLE`/],
    [{ PYTHONHOME: "/usr" }, "problem", /`PYTHONHOME` is `\/usr`/, /unset/],
    [{ PYTHONPATH: "/lib" }, "problem", /`PYTHONPATH` is `\/lib`/, /unset/],
    [{ LD_LIBRARY_PATH: "/opt/lib" }, "note", /library path is `\/opt\/lib`/],
    [{ VIRTUAL_ENV: "/nosuch" }, "problem", /`VIRTUAL_ENV` names `\/nosuch`/, /deactivate/],
    [{ CONDA_PREFIX: "/nosuch" }, "problem", /`CONDA_PREFIX` names `\/nosuch`/],
    [{ CONDA_PREFIX: root }, "note", /conda environment/],
    [{ NODE_TLS_REJECT_UNAUTHORIZED: "0" }, "note", /is ignored/],
    [{ PIP_INDEX_URL: "https://index.example/simple" }, "note", /of pip: PIP_INDEX_URL/],
    [{ UV_INDEX: "https://index.example/simple" }, "note", /of uv: UV_INDEX/],
  ];
  for (const [environment, level, message, hint] of cases) {
    test(`finds ${Object.keys(environment).join(", ")}: ${level}`, async () => {
      assertFound(await checkVariables(environment), level, message, hint);
    });
  }
  test("knows every variable that the reference lists", async () => {
    const reference = readFileSync("docs/reference/settings.md", "utf8");
    const own = reference.match(/`POSY_[A-Z_]+[A-Z]`/g) ?? [];
    const [, shared = ""] = /^### Posy's and uv's$([^]*?)^Of uv alone/m.exec(reference) ?? [];
    const both = [...shared.matchAll(/^\| (`.*?) +\|/gm)].flatMap(
      ([, cell = ""]) => cell.match(/`[A-Z_]+`/g) ?? [],
    );
    const names = [
      ...own.map((name) => name.slice(1, -1)),
      ...both.map((name) => `POSY_${name.slice(1, -1)}`),
    ];
    assert.ok(names.length > 30 && names.includes("POSY_HOME") && names.includes("POSY_KEYRING_PROVIDER"));
    for (const name of names) {
      const unknown = (await checkVariables({ [name]: root })).filter(({ message }) =>
        message.includes("has no variable"),
      );
      assert.deepEqual(unknown, []);
    }
  });

  test("finds nothing wrong with the variables that Posy has", async () => {
    const environment = {
      POSY_HOME: root,
      POSY_INDEX_MINE_USERNAME: "me",
      POSY_OFFLINE: "1",
      POSY_RELEASES: "/releases",
      SSL_CERT_DIR: root,
      PATH: "/bin",
    };
    assert.deepEqual(problemsOf(await checkVariables(environment)), []);
    assert.deepEqual(await checkVariables({ PATH: "/bin" }), [
      { area: "variables", level: "ok", message: "no variable changes what Posy does" },
    ]);
  });
});
