import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { newRepository } from "../support/git-repository.ts";
import { startGitServer } from "../support/git-server.ts";
import { startIndex } from "../support/index-server.ts";
import { makeSdist } from "../support/make-sdist.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox } from "../support/posy.ts";

const wheel = (name: string, version: string) =>
  makeWheel({
    name,
    version,
    files: { [`${name}.py`]: `def main():\n    print("${name}", "${version}")\n` },
    entryPoints: { [name]: `${name}:main` },
  });

/** The files of a source whose backend makes a wheel with one program. */
const source = (name: string, version: string): Readonly<Record<string, string>> => ({
  "pyproject.toml": `[project]\nname = "${name}"\nversion = "${version}"\n[project.scripts]\n${name} = "${name}:main"\n[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n`,
  "backend.py": `import os, zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "${name}-${version}-py3-none-any.whl"
    info = "${name}-${version}.dist-info/"
    texts = {
        "${name}.py": "def main():\\n    print('${name}', '${version}')\\n",
        info + "METADATA": "Metadata-Version: 2.1\\nName: ${name}\\nVersion: ${version}\\n",
        info + "WHEEL": "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        info + "entry_points.txt": "[console_scripts]\\n${name} = ${name}:main\\n",
    }
    texts[info + "RECORD"] = "".join(f"{path},,\\n" for path in [*texts, info + "RECORD"])
    with zipfile.ZipFile(os.path.join(folder, name), "w") as z:
        for path, text in texts.items():
            z.writestr(path, text)
    return name
`,
});

async function start() {
  const index = await startIndex({ files: [wheel("neat", "1.0"), wheel("neat", "2.0")] });
  const sandbox = await newSandbox();
  const bin = join(sandbox.root, "bin");
  return {
    index,
    install: (...links: readonly string[]) =>
      sandbox.posy(["install", ...links], {
        env: {
          POSY_DEFAULT_INDEX: index.url,
          POSY_TOOL_BIN_DIR: bin,
          PATH: `${bin}:${process.env["PATH"]}`,
        },
      }),
    program: (name: string) => spawnSync(join(bin, name), { encoding: "utf8" }).stdout,
    async [Symbol.asyncDispose]() {
      sandbox[Symbol.dispose]();
      await index[Symbol.asyncDispose]();
    },
  };
}

describe("posy install installs the tool behind", () => {
  test("a page of a project in the default index, with its version", async () => {
    await using box = await start();
    assertPrinted(
      await box.install(`${box.index.origin}/project/neat/1.0/`),
      "neat 1.0 is installed: neat\n",
    );
    assertPrinted(await box.install(`${box.index.origin}/project/neat/`), "neat 2.0 is installed: neat\n");
    assert.equal(box.program("neat"), "neat 2.0\n");
  });

  test("a page of a project in another index, for people or for programs", async () => {
    await using box = await start();
    await using other = await startIndex({ files: [wheel("rare", "3.0"), wheel("neat", "9.0")] });
    assertPrinted(await box.install(`${other.origin}/project/rare/`), "rare 3.0 is installed: rare\n");
    // The default index has a package of this name, too.
    assertPrinted(await box.install(`${other.origin}/simple/neat`), "neat 9.0 is installed: neat\n");
    assert.equal(box.program("neat"), "neat 9.0\n");
    // A page of the default index for programs is the default index.
    const again = await box.install("--force", `${box.index.url}neat/`);
    assertPrinted(again, "neat 2.0 is installed: neat\n");
  });

  test("the link of a wheel or of a source distribution", async () => {
    await using box = await start();
    const sdist = makeSdist({ name: "made", version: "4.0", files: source("made", "4.0") });
    box.index.add(sdist);
    const file = box.index.fileUrl("neat-1.0-py3-none-any.whl");
    assertPrinted(await box.install(file), "neat 1.0 is installed: neat\n");
    assertPrinted(await box.install(box.index.fileUrl(sdist.filename)), "made 4.0 is installed: made\n");
    assert.equal(box.program("made"), "made 4.0\n");
  });

  test("a page of a repository, with its revision and folder", async () => {
    await using box = await start();
    const root = mkdtempSync(join(tmpdir(), "posy-git-"));
    try {
      const repository = newRepository(join(root, "me", "ours"));
      repository.commit({
        ...source("ours", "1.0"),
        ...Object.fromEntries(
          Object.entries(source("inner", "1.0")).map(([path, text]) => [`parts/inner/${path}`, text]),
        ),
      });
      repository.git("tag", "v1.0");
      const commit = repository.commit(source("ours", "2.0"));
      await using server = await startGitServer(root);
      const page = `${server.url}me/ours`;
      for (const [link, printed] of [
        [page, "ours 2.0"],
        [`${page}/tree/v1.0`, "ours 1.0"],
        [`${page}/commit/${commit}`, "ours 2.0"],
        [`${page}/-/releases/v1.0`, "ours 1.0"],
        [`${page}/blob/main/README.md`, "ours 2.0"],
        [`${page}/issues?q=1#top`, "ours 2.0"],
        [`git+${page}@v1.0`, "ours 1.0"],
        [`${page}/src/branch/main/parts/inner`, "inner 1.0"],
      ] as const) {
        const [name = ""] = printed.split(" ");
        const run = await box.install("--force", link);
        assertPrinted(run, `${printed} is installed: ${name}\n`);
        assert.equal(box.program(name), `${printed}\n`);
      }
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});

describe("posy install refuses", () => {
  test("a link to none of these, and says so", async () => {
    await using box = await start();
    box.index.always("/a/page", {
      status: 200,
      headers: { "content-type": "text/html" },
      body: '<html><body><a href="x">x</a></body></html>',
    });
    const none = /is neither a page of a project in an index, nor a git repository, a wheel or a source dist/;
    assertFailed(await box.install(`${box.index.origin}/a/page`), 2, none, /posy tool install NAME/);
    assertFailed(
      await box.install(`${box.index.origin}/x/y.py`),
      2,
      none,
      /posy run http.*y\.py` runs a script/,
    );
    assertFailed(await box.install("ftp://example.org/neat"), 2, none);
  });

  test("a link whose server fails or asks for a login, with what the server said", async () => {
    await using box = await start();
    await using closed = await startIndex({ auth: { username: "u", password: "secret" } });
    const refused = await box.install(`${closed.origin}/simple/neat/`);
    assertFailed(refused, 69, /asks for credentials/);
    const wrong = await box.install(`${closed.origin.replace("//", "//u:wrongpw@")}/simple/neat/`);
    assertFailed(wrong, 69, /asks for credentials/);
    assert.doesNotMatch(wrong.stderr, /wrongpw/);
    box.index.always("/me/neat/", { status: 503 });
    assertFailed(await box.install("--offline", `${box.index.origin}/me/neat/`), 69, /the network is off/);
    assertFailed(await box.install(`${box.index.origin}/me/neat/`), 69, /status 503/, /try again later/);
  });

  test("what is no link, and says what there is for it", async () => {
    await using box = await start();
    assertFailed(
      await box.install(),
      2,
      /`posy install` needs a link/,
      /posy add NAME.*posy run.*posy tool inst/,
    );
    assertFailed(await box.install("neat"), 2, /needs a link, and `neat` is none/, /posy tool install NAME/);
  });
});
