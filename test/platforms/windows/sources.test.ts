import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex, type TestIndex } from "../../support/index-server.ts";
import { makeSdist } from "../../support/make-sdist.ts";
import { newWindowsSandbox, type WindowsSandbox } from "../support/windows-sandbox.ts";
import { compileForWindows, windowsPath, withoutWine } from "../support/wine.ts";

const backend = `import os, zipfile
def build_wheel(folder, settings=None, metadata=None):
    name = "pure-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.write("pure.py")
        wheel.writestr("pure-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: pure\\nVersion: 1.0\\n")
        wheel.writestr("pure-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("pure-1.0.dist-info/RECORD", "pure.py,,\\npure-1.0.dist-info/METADATA,,\\npure-1.0.dist-info/WHEEL,,\\npure-1.0.dist-info/RECORD,,\\n")
    return name
`;
const buildSystem = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n';

/** What setuptools prints if there is no compiler. */
const withoutCompiler = `def build_wheel(folder, settings=None, metadata=None):
    raise RuntimeError('Microsoft Visual C++ 14.0 or greater is required. Get it with "Microsoft C++ Build Tools": https://visualstudio.microsoft.com/visual-cpp-build-tools/')
`;

/** Writes down how it was called, and fails as git does for a server that does not answer. */
const gitProgram = `#include <stdio.h>
#include <string.h>
int main(int argc, char **argv) {
  FILE *log = fopen("Z:\\\\LOG", "a");
  for (int i = 1; i < argc; i++) fprintf(log, "%s ", argv[i]);
  fprintf(log, "\\n");
  fclose(log);
  if (argc > 1 && strcmp(argv[argc - 1], "version") == 0) { puts("git version 2.45.1.windows.1"); return 0; }
  fprintf(stderr, "fatal: unable to access 'http://127.0.0.1:9/repo/': Failed to connect to 127.0.0.1 port 9\\n");
  return 128;
}
`;

describe("sources on Windows", { skip: withoutWine }, () => {
  let index: TestIndex;
  let sandbox: WindowsSandbox;
  before(async () => {
    const files = (text: string) => ({
      "pyproject.toml": buildSystem,
      "backend.py": text,
      "pure.py": "value = 7\n",
    });
    index = await startIndex({
      files: [
        makeSdist({ name: "pure", files: files(backend) }),
        makeSdist({ name: "native", files: files(withoutCompiler) }),
      ],
    });
    sandbox = await newWindowsSandbox();
  });
  after(async () => {
    sandbox[Symbol.dispose]();
    await index.close();
  });

  const run = (requirement: string, env: Readonly<Record<string, string>> = {}) =>
    sandbox.posy(
      [
        "run",
        "--index",
        index.url,
        "--with",
        requirement,
        "--",
        "python",
        "-c",
        "import pure; print(pure.value)",
      ],
      { env },
    );

  test("a source distribution of an index is built and imported", async () => {
    const done = await run("pure");
    assert.equal(done.stdout, "7\r\n", done.stderr);
  });

  test("a source with C code names the compiler that is missing", async () => {
    const done = await run("native");
    assert.equal(done.status, 1, done.stdout);
    assert.match(done.stderr, /^error: `native 1\.0` could not be built/m);
    assert.match(done.stderr, /Visual C\+\+ 14\.0 or greater is required/);
    assert.match(done.stderr, /^hint: .*(Build Tools|compiler)/m);
  });

  test("a repository needs git, and the hint names a package for Windows", async () => {
    const done = await run("git+http://127.0.0.1:9/repo");
    assert.equal(done.status, 1, done.stdout);
    assert.match(done.stderr, /^error: sources in git need git, which is not on PATH$/m);
    assert.match(done.stderr, /^hint: install it \(`winget install Git\.Git`/m);
  });

  test("a repository is fetched by the git.exe on the PATH", async () => {
    const folder = join(sandbox.root, "git é");
    mkdirSync(folder);
    const log = join(sandbox.root, "git.log");
    const source = join(folder, "git.c");
    writeFileSync(source, gitProgram.replace("Z:\\\\LOG", windowsPath(log).replaceAll("\\", "\\\\")));
    compileForWindows(["-O2", "-s", "-o", join(folder, "git.exe"), source]);
    const done = await run("git+http://127.0.0.1:9/repo", { WINEPATH: windowsPath(folder) });
    assert.equal(done.status, 69, done.stderr);
    assert.match(done.stderr, /127\.0\.0\.1/);
    assert.match(readFileSync(log, "utf8"), /ls-remote|fetch/);
  });
});
