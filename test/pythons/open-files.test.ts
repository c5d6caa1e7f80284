import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { checkPybi } from "../../src/pythons/pybi/check/check-pybi.ts";
import { convertArchive } from "../../src/pythons/pybi/convert/convert-archive.ts";
import { describeFile } from "../../src/pythons/pybi/index-folder/describe-file.ts";
import { extractInterpreter } from "../../src/pythons/extract/extract-interpreter.ts";
import { localPybi } from "../../src/pythons/pybi/local-pybi.ts";
import { makePybi } from "../support/make-pybi.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { writeZip } from "../support/zip-writer.ts";
import { newSandbox } from "./sandbox.ts";

/** Returns the files below a folder that this process has open. Only Linux lists them. */
function openFilesIn(folder: string): readonly string[] {
  return readdirSync("/proc/self/fd").flatMap((number) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${number}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      return [];
    }
  });
}

// An open archive can't be removed on Windows, and a program that reads many of them runs out of files.
describe("an archive is closed after", { skip: !existsSync("/proc/self/fd") }, () => {
  const tag = "manylinux_2_17_x86_64";
  const python = { "python.exe": "MZ", "python313.dll": "MZ" };
  const zipOf = (files: Readonly<Record<string, string | Buffer>>, root = "") =>
    writeZip(Object.entries(files).map(([path, data]) => ({ path: root + path, data })));
  const pybi = makePybi({ platformTag: tag });
  const broken = makePybi({ platformTag: tag, record: (rows) => rows.slice(1) });
  const wheel = makeWheel({ name: "a", version: "1" });
  const files: Readonly<Record<string, Uint8Array>> = {
    [pybi.filename]: pybi.bytes,
    [wheel.filename]: wheel.bytes,
    "b-1-py3-none-any.whl": zipOf({ x: "x" }),
    "python.3.13.5.nupkg": zipOf(python, "tools/"),
    "python.3.13.6.nupkg": zipOf({ x: "x" }, "tools/"),
    "python-3.13.5-embed-amd64.zip": zipOf({ ...python, "python313.zip": zipOf({ "os.pyc": "x" }) }),
    "python-3.13.5-0.conda": zipOf({ x: "x" }),
  };
  const tasks: Readonly<Record<string, (folder: string) => Promise<unknown>>> = {
    "a wheel was described for an index": (folder) => describeFile(folder, wheel.filename),
    "a wheel without METADATA was refused": (folder) => describeFile(folder, "b-1-py3-none-any.whl"),
    "a pybi was checked": (folder) => checkPybi(join(folder, pybi.filename)),
    "a NuGet package was converted": (folder) => convertArchive(join(folder, "python.3.13.5.nupkg"), folder),
    "a NuGet package was refused": (folder) => convertArchive(join(folder, "python.3.13.6.nupkg"), folder),
    "an embeddable zip was converted": (folder) =>
      convertArchive(join(folder, "python-3.13.5-embed-amd64.zip"), folder),
    "a conda package was refused": (folder) => convertArchive(join(folder, "python-3.13.5-0.conda"), folder),
    "a pybi was unpacked": async (folder) => {
      const path = join(folder, pybi.filename);
      const interpreter = await localPybi(path, "linux-x86_64");
      mkdirSync(join(folder, "tree"));
      await extractInterpreter(interpreter, path, join(folder, "tree"));
    },
    "a pybi was refused": async (folder) => {
      const path = join(folder, pybi.filename);
      const interpreter = await localPybi(path, "linux-x86_64");
      writeFileSync(path, broken.bytes);
      mkdirSync(join(folder, "tree"));
      await extractInterpreter(interpreter, path, join(folder, "tree"));
    },
  };
  for (const [title, task] of Object.entries(tasks)) {
    test(title, async () => {
      using sandbox = newSandbox();
      for (const [name, bytes] of Object.entries(files)) writeFileSync(join(sandbox.root, name), bytes);
      const before = process.env["TMPDIR"];
      process.env["TMPDIR"] = sandbox.root;
      try {
        const done = await task(sandbox.root).then(
          () => true,
          () => false,
        );
        assert.equal(done, !title.includes("refused"));
        assert.deepEqual(openFilesIn(sandbox.root), []);
      } finally {
        if (before === undefined) delete process.env["TMPDIR"];
        else process.env["TMPDIR"] = before;
      }
    });
  }
});
