import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex, type TestIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, newSandbox, type Sandbox } from "../support/posy.ts";
import { treeFiles } from "../support/tree-backend.ts";

const direct = makeWheel({ name: "direct", version: "1.0", files: { "direct.py": "answer = 42\n" } });
const tester = makeWheel({ name: "tester", version: "1.0" });
const pyproject = `[project]
name = "app"
version = "1.0"
dependencies = ["direct"]
[dependency-groups]
dev = ["tester"]
`;
const main = "def run():\n    import direct\n    print('the answer is', direct.answer)\n";
const options = ["--no-dev", "--entry-point", "serve=app.main:run", "--app", "serve"];

describe("`posy export --dockerfile`", { skip: process.platform !== "linux" }, () => {
  let index: TestIndex;
  let sandbox: Sandbox;

  before(async () => {
    index = await startIndex({ files: [direct, tester] });
    sandbox = await newSandbox();
    const tree = treeFiles({
      name: "app",
      dependencies: ["direct"],
      files: { "app/__init__.py": "", "app/main.py": main },
      pyproject,
    });
    for (const [path, text] of Object.entries(tree)) {
      mkdirSync(join(sandbox.cwd, path, ".."), { recursive: true });
      writeFileSync(join(sandbox.cwd, path), text);
    }
  });
  after(async () => {
    sandbox[Symbol.dispose]();
    await index.close();
  });

  const posy = (args: readonly string[], cwd = sandbox.cwd) =>
    sandbox.posy(args, { cwd, env: { UV_DEFAULT_INDEX: index.url }, timeout: 300_000 });

  test("needs a lock", async () => {
    const run = await posy(["export", "--dockerfile", "-", ...options]);
    assertFailed(run, 1, /the project has no `pylock\.toml`/, /`posy lock` writes it/);
    assert.equal((await posy(["lock", "-q"])).status, 0);
  });

  test("writes stages that build the application, with the dependencies first", async () => {
    const { status, stdout, stderr } = await posy(["export", "--dockerfile", "-", ...options]);
    assert.equal(status, 0, stderr);
    // What a build does, without the base: folders stand for the stages.
    const [source, out, image] = ["source", "out", "image"].map((name) => join(sandbox.root, name)) as [
      string,
      string,
      string,
    ];
    for (const folder of [source, out]) mkdirSync(folder);
    const steps = stdout.replaceAll("\\\n", " ").split("\n");
    for (const step of steps) {
      const [, command = ""] = /^RUN (?:--mount=\S+ +)*(.*)$/.exec(step) ?? [];
      const [words = "", ...others] = command.replaceAll("/out/", `${out}/`).split(" && ");
      if (command !== "") {
        const run = await posy(words.trim().split(/ +/).slice(1), source);
        assert.equal(run.status, 0, `${step}\n${run.stderr}`);
        const rest = spawnSync("sh", ["-ec", others.join(" && ")], { encoding: "utf8", cwd: source });
        assert.equal(rest.status, 0, rest.stderr);
      }
      const [, from = ""] = /^COPY (.*) \.\/$/.exec(step) ?? [];
      for (const name of from.split(" ").filter(Boolean)) cpSync(join(sandbox.cwd, name), join(source, name));
      if (step === "COPY . .") cpSync(sandbox.cwd, source, { recursive: true, verbatimSymlinks: true });
      const [, built] = /^COPY --from=build (\S+) \/app$/.exec(step) ?? [];
      if (built !== undefined)
        cpSync(built.replace("/out", out), image, { recursive: true, verbatimSymlinks: true, force: true });
    }
    assert.equal(steps.filter((step) => step.startsWith("COPY --from=build")).length, 2);
    assert.equal(existsSync(join(out, "project", "bin", "python")), false, "the interpreter is in one layer");
    const entrypoint = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(stdout)?.[1] ?? "[]") as readonly string[];
    assert.deepEqual(entrypoint, ["/app/bin/python", "-s", "/app/bin/serve"], "it needs no shell");
    const [program = "", ...words] = entrypoint.map((word) => word.replace(/^\/app/, image));
    const run = spawnSync(program, words, { encoding: "utf8", env: { PATH: "/usr/bin:/bin" } });
    assert.equal(run.stdout, "the answer is 42\n", run.stderr);
    const names = readdirSync(join(image, "lib"), { recursive: true, encoding: "utf8" });
    assert.ok(!names.some((name) => name.includes("tester")), "the group `dev` is left out");
  });

  test("has the settings of containers", async () => {
    const settings =
      "--base registry.example.org/debian:13 --image-user 1000:1000 --image-workdir /data --image-label a=b " +
      "--image-env MODE=fast --image-env PRICE=$5 --image-port 8000 --image-cmd serve --image-healthcheck true --strip --compile";
    const { stdout } = await posy(["export", "--dockerfile", "-", ...options, ...settings.split(" ")]);
    for (const line of [
      "ARG BASE=registry.example.org/debian:13",
      'ENV PATH="/app/bin:$PATH"',
      'ENV MODE="fast"',
      'ENV PRICE="\\$5"',
      'LABEL a="b"',
      "WORKDIR /data",
      "USER 1000:1000",
      "EXPOSE 8000",
      'HEALTHCHECK CMD ["/bin/sh","-c","true"]',
      'CMD ["serve"]',
    ]) {
      assert.ok(stdout.split("\n").includes(line), line);
    }
    assert.match(stdout, / --no-install-local --no-dev --strip --compile --dir \/out\/dependencies\n/);
    assert.match(
      stdout,
      / --no-dev --strip --compile --entry-point serve=app\.main:run --dir \/out\/project /,
    );
  });

  test("builds in another image if that of the application has no shell", async () => {
    for (const [more, build] of [
      [["--base", "registry.example.org/distroless/base"], "debian:12-slim"],
      [["--base", "small:1", "--build-base", "debian:11"], "debian:11"],
    ] as const) {
      const { stdout } = await posy(["export", "--dockerfile", "-", ...options, ...more]);
      assert.match(
        stdout,
        new RegExp(
          `^ARG BASE=${more[1]}\nARG BUILD_BASE=${build}\n\nFROM \\$\\{BUILD_BASE\\} AS build$`,
          "m",
        ),
      );
      assert.match(stdout, /^FROM \$\{BASE\}$/m);
    }
  });

  test("checks in the build that a dependency has the program", async () => {
    const { stdout } = await posy(["export", "--dockerfile", "-", "--app", "gunicorn"]);
    const [, check = ""] = /&& (\{ test -x .*\}) \\$/m.exec(stdout) ?? [];
    const run = spawnSync("sh", ["-c", check], { encoding: "utf8" });
    assert.equal(run.status, 1);
    assert.equal(
      run.stderr,
      "error: the application has no program `gunicorn`: name another one with --app\n",
    );
    assert.match(stdout, /^ENTRYPOINT \["\/app\/bin\/gunicorn"\]$/m);
  });

  test("may be written quietly, offline, and by a lock that must be up to date", async () => {
    const words = ["-q", "--offline", "export", "--dockerfile", "-", "--locked", "--color", "never"];
    const { status, stdout, stderr } = await posy([...words, ...options]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /posy export --frozen --no-install-local /);
    assert.match(stdout, /posy export --locked --no-dev /);
  });

  test("passes on what is left out", async () => {
    const { stdout } = await posy([
      "export",
      "--dockerfile",
      "-",
      "--app",
      "x",
      "--no-install-project",
      "--no-install-local",
      "--python",
      "3.12",
      "--only-group",
      "dev",
    ]);
    const part = "--python 3.12 --only-group dev --no-install-project";
    assert.match(stdout, new RegExp(` --no-install-local ${part} --dir /out/dependencies\n`));
    assert.match(stdout, new RegExp(` --no-install-local ${part} --dir /out/project `));
  });

  test("replaces its own file, and no other one without `--force`", async () => {
    const file = join(sandbox.cwd, "Dockerfile");
    const write = (...more: readonly string[]) =>
      posy(["export", "--dockerfile", "Dockerfile", ...options, ...more]);
    for (let time = 0; time < 2; time++) {
      const run = await write();
      assert.equal(run.status, 0, run.stderr);
      assert.match(run.stderr, /^wrote `Dockerfile`/);
    }
    writeFileSync(file, "FROM mine\n");
    assertFailed(await write(), 1, /`Dockerfile` is there, and Posy did not write it/);
    assert.equal(readFileSync(file, "utf8"), "FROM mine\n");
    assert.equal((await write("--force")).status, 0);
  });

  for (const [what, args, message] of [
    ["a project without programs", ["--dockerfile", "-"], /the project has no programs/],
    ["requirements", ["--dockerfile", "-", "direct"], /a Dockerfile is for a project/],
    [
      "a platform",
      ["--dockerfile", "-", "--platform", "linux-aarch64"],
      /`--platform` can't be combined with `--dockerfile`/,
    ],
    ["another output", ["--dockerfile", "-", "--oci", "x"], /`--oci` can't be combined with `--dockerfile`/],
    [
      "options that choose versions",
      ["--dockerfile", "-", ...options, "--prerelease", "allow"],
      /`--prerelease` has no effect/,
    ],
    ["options of texts", ["--dockerfile", "-", ...options, "--no-hashes"], /`--no-hashes` is for texts/],
    [
      "an empty base",
      ["--dockerfile", "-", ...options, "--base", "scratch"],
      /`--base scratch` has no C library/,
    ],
    [
      "a layout as base",
      ["--dockerfile", "-", ...options, "--base", "./base"],
      /`\.\/base` is not the name of an image/,
    ],
    ["lines", ["--dockerfile", "-", ...options, "--image-label", "a=b\nRUN c"], /`a=…` has a line break/],
    [
      "a wrong user",
      ["--dockerfile", "-", ...options, "--image-user", "a\nRUN b"],
      /`a\\u\{a\}RUN b` is no user/,
    ],
    [
      "a build base for `--oci`",
      ["--oci", "x", "--build-base", "debian"],
      /`--build-base` can't be combined with `--oci`/,
    ],
    ["a tag", ["--dockerfile", "-", ...options, "--image-tag", "x"], /`--image-tag` is for `--oci`/],
  ] as const) {
    test(`refuses ${what}`, async () => {
      const run = await posy(["export", ...args]);
      assert.equal(run.status, 2, run.stderr);
      assert.match(run.stderr, message);
      assert.equal(run.stdout, "");
    });
  }
});
