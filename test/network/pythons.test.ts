import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { describeInstalledPython } from "../../src/pythons/system/describe-installed-python.ts";
import { loadCatalogue } from "../../src/pythons/catalogue/load-catalogue.ts";
import { runsOn } from "../../src/pythons/compatibility/host-platform-tag.ts";
import { interpreterDownload } from "../../src/pythons/discover/interpreter-download.ts";
import type { Interpreter } from "../../src/model/interpreter.ts";
import { isWhole } from "../../src/pythons/optional-modules.ts";
import { extractInterpreter } from "../../src/pythons/extract/extract-interpreter.ts";
import { homeAt } from "../../src/system/fs/home.ts";
import { thisMachine } from "../../src/system/machine/machine.ts";

const run = promisify(execFile);
const root = mkdtempSync(join(tmpdir(), "posy-real-pythons-"));
const { SSL_CERT_FILE: _file, SSL_CERT_DIR: _dir, ...environment } = process.env;
const machine = await thisMachine();
const here = (await loadCatalogue()).filter(
  (python) =>
    python.platform === machine.platform && machine.platform.startsWith("linux-") && runsOn(python, machine),
);
const newest = (wanted: (python: Interpreter) => boolean) => here.filter(wanted).slice(0, 1);
after(() => rmSync(root, { recursive: true, force: true }));

for (const python of [...newest(isWhole), ...newest((each) => !isWhole(each))]) {
  describe(`CPython ${python.version} of the catalogue`, () => {
    const tree = join(root, python.version);
    const ask = async (script: string, ...args: string[]) =>
      JSON.parse(
        (await run(join(tree, "bin", "python"), ["-I", "-c", script, ...args], { env: environment })).stdout,
      ) as unknown;

    before(async () => {
      const download = await interpreterDownload(python);
      assert.ok(download);
      const answer = await fetch(download.url);
      assert.equal(answer.status, 200);
      const bytes = Buffer.from(await answer.arrayBuffer());
      assert.equal(bytes.length, download.size);
      assert.equal(createHash("sha256").update(bytes).digest("hex"), download.hashes["sha256"]);
      const jar = join(root, download.filename);
      writeFileSync(jar, bytes);
      mkdirSync(tree);
      await extractInterpreter(python, jar, tree);
    });

    test("imports its optional modules, and explains why a missing one is missing", async () => {
      const script = `
import importlib, json
answers = {}
for name in ["ssl", "ctypes", "bz2", "zlib", "hashlib", "sqlite3", "lzma", "readline", "curses", "venv", "ensurepip"]:
    try:
        importlib.import_module(name)
        answers[name] = ""
    except ModuleNotFoundError as error:
        answers[name] = f"{error.name}: {error}"
print(json.dumps(answers))`;
      const answers = (await ask(script)) as Record<string, string>;
      for (const [name, message] of Object.entries(answers)) {
        const lacking = [name, `_${name}`].find((each) => python.lacks.includes(each));
        if (lacking === undefined) assert.equal(message, "", name);
        else assert.match(message, new RegExp(`^${lacking}: .*was built without it`));
      }
    });

    test("matches its description in the catalogue", async () => {
      const home = homeAt(join(root, "data"), join(root, "cache"));
      const adopted = await describeInstalledPython(join(tree, "bin", "python"), { home });
      for (const key of [
        "version",
        "implementation",
        "freeThreaded",
        "platform",
        "markers",
        "wheelTags",
        "paths",
      ] as const) {
        assert.deepEqual(adopted[key], python[key], key);
      }
    });

    test("uses the system's certificates for HTTPS without environment variables", async () => {
      const download = await interpreterDownload(python);
      const script = `
import json, ssl, sys, urllib.request
paths = ssl.get_default_verify_paths()
with urllib.request.urlopen(sys.argv[1] + ".sha1", timeout=60) as answer:
    print(json.dumps([answer.status, paths.openssl_cafile, paths.openssl_capath]))`;
      assert.deepEqual(await ask(script, download?.url ?? ""), [
        200,
        "/etc/ssl/certs/ca-bundle.crt",
        "/etc/ssl/certs",
      ]);
    });

    test("reports its current folder, and no path of the machine that built it", async () => {
      const script = `
import json, site, sys, sysconfig
values = [str(value) for value in sysconfig.get_config_vars().values()] + list(sysconfig.get_paths().values()) + sys.path
print(json.dumps([sys.prefix, sys.exec_prefix, site.getsitepackages(), [v for v in values if "cppbuild" in v or "@prefix@" in v]]))`;
      const sitePackages = join(tree, ...python.paths.purelib.split("/"));
      assert.deepEqual(await ask(script), [tree, tree, [sitePackages], []]);
    });

    test("is found by its scripts `pydoc3` and `python3-config`", async () => {
      const { stdout } = await run(join(tree, "bin", "pydoc3"), ["abs"], { env: environment });
      assert.match(stdout, /abs\(/);
      const config = await run(join(tree, "bin", "python3-config"), ["--includes"], { env: environment });
      assert.ok(config.stdout.includes(join(tree, python.paths.include)));
    });
  });
}
