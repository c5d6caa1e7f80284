import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { parsePythonRequest } from "../../../src/model/python-request.ts";
import type { PackageDB, PybiArtifact } from "../../../src/packages/package-db.ts";
import { describeInterpreter } from "../../../src/pythons/compatibility/describe-interpreter.ts";
import { indexPybis } from "../../../src/pythons/pybi/index-pybis.ts";
import type { PythonsContext } from "../../../src/pythons/pythons-context.ts";
import { parsePybiFilename } from "../../../src/vocab/filenames/pybi-filename.ts";
import { formatPybiFile, formatPybiMetadata } from "../../../src/vocab/metadata/pybi-metadata.ts";
import { newSandbox } from "../sandbox.ts";

const linux = "manylinux_2_17_x86_64";

/** A page of an index with these files, each perhaps with an error that reading its metadata causes. */
function contextOf(
  files: readonly string[],
  faults: Readonly<Record<string, Error>> = {},
  hashed = true,
  size?: number,
) {
  const asked: string[] = [];
  const fetched: string[] = [];
  const db = {
    async pybis(_index: unknown, name: string): Promise<readonly PybiArtifact[]> {
      asked.push(name);
      return files
        .map((filename) => ({
          filename,
          pybi: parsePybiFilename(filename),
          url: `https://index.example.org/${filename}`,
          hashes: hashed ? { sha256: "a".repeat(64) } : {},
          ...(size === undefined ? {} : { size }),
        }))
        .filter(({ pybi }) => pybi.name === name) as unknown as readonly PybiArtifact[];
    },
    async fetch({ filename }: PybiArtifact) {
      fetched.push(filename);
      return { sha256: "b".repeat(64) };
    },
    async pybiMetadata({ filename, pybi }: PybiArtifact) {
      if (faults[filename] !== undefined) throw faults[filename];
      const { markers, paths, wheelTags } = describeInterpreter(pybi.version, "linux-x86_64");
      const { name, version, platformTags: tags, build } = pybi;
      return {
        metadata: formatPybiMetadata({ name, version, markers, paths, wheelTags }),
        pybi: formatPybiFile({ tags, ...(build === undefined ? {} : { build }) }),
      };
    },
  } as unknown as PackageDB;
  const pythonIndexes = [{}] as unknown as PythonsContext["pythonIndexes"];
  return { asked, fetched, change: { db, pythonIndexes } };
}

async function found(
  request: string | undefined,
  files: readonly string[],
  faults: Readonly<Record<string, Error>> = {},
  hashed = true,
) {
  using sandbox = newSandbox();
  const { asked, fetched, change } = contextOf(files, faults, hashed);
  const context = sandbox.context(change);
  const parsed = request === undefined ? undefined : parsePythonRequest(request);
  const interpreters = await indexPybis(parsed, "linux-x86_64", context);
  const names = interpreters.map(({ source }) => (source.kind === "pybi" ? source.filename : ""));
  const hashes = interpreters.map(({ source }) =>
    source.kind === "pybi" ? source.hashes["sha256"]?.[0] : "",
  );
  return { names, hashes, asked, fetched, warnings: context.reporter.warnings() };
}

const pybi = (version: string, tag = linux) => `cpython-${version}-${tag}.pybi`;

describe("the pybis of an index", () => {
  test("are looked for under three names of the requested implementation", async () => {
    const namesOf = (name: string) => [name, `${name}-unofficial`, `${name}-freethreaded`];
    assert.deepEqual((await found(undefined, [])).asked, namesOf("cpython"));
    assert.deepEqual((await found("3.13", [])).asked, namesOf("cpython"));
    assert.deepEqual((await found("pypy3.10", [])).asked, namesOf("pypy"));
    assert.deepEqual((await found("/usr/bin/python3", [])).asked, []);
  });

  test("are the newest of each minor version, newest first", async () => {
    const files = ["3.12.9", "3.13.5", "3.12.10", "3.13.4-2", "3.13.5-1", "3.13.5-3"].map((version) =>
      pybi(version),
    );
    const { names } = await found(undefined, files);
    assert.deepEqual(names, [pybi("3.13.5-3"), pybi("3.12.10")]);
  });

  test("of other platforms or versions are left out", async () => {
    const files = [pybi("3.13.5", "macosx_11_0_arm64"), pybi("3.13.4"), pybi("3.12.1"), pybi("3.11.1")];
    assert.deepEqual((await found(undefined, files)).names, [pybi("3.13.4"), pybi("3.12.1"), pybi("3.11.1")]);
    assert.deepEqual((await found("<3.13", files)).names, [pybi("3.12.1"), pybi("3.11.1")]);
    assert.deepEqual((await found("3.10", files)).names, []);
  });

  test("that are pre-releases are only chosen if the request names one", async () => {
    const files = [pybi("3.14.0rc1"), pybi("3.13.4")];
    assert.deepEqual((await found(undefined, files)).names, [pybi("3.13.4")]);
    assert.deepEqual((await found(">=3.13", files)).names, [pybi("3.13.4")]);
    assert.deepEqual((await found(">=3.14.0rc1", files)).names, [pybi("3.14.0rc1")]);
  });

  test("are pinned by the hash that the index lists, or else by that of the file", async () => {
    const listed = await found(undefined, [pybi("3.13.4")]);
    assert.deepEqual([listed.hashes, listed.fetched], [["a"], []]);
    const computed = await found(undefined, [pybi("3.13.4")], {}, false);
    assert.deepEqual([computed.hashes, computed.fetched], [["b"], [pybi("3.13.4")]]);
  });

  test("have the size that the index lists, if it lists one", async () => {
    using sandbox = newSandbox();
    const sourceOf = async (size?: number) => {
      const { change } = contextOf([pybi("3.13.4")], {}, true, size);
      const [interpreter] = await indexPybis(undefined, "linux-x86_64", sandbox.context(change));
      return interpreter?.source;
    };
    const listed = await sourceOf(7);
    assert.equal(listed?.kind === "pybi" && listed.size, 7);
    assert.ok(!Object.hasOwn((await sourceOf()) ?? {}, "size"));
  });

  test("with a fault are skipped with a warning, but a wrong hash is an error", async () => {
    const files = [pybi("3.13.4"), pybi("3.12.1")];
    const failing = (error: Error) => found(undefined, files, { [pybi("3.13.4")]: error });
    for (const code of ["invalid-pybi", "invalid-metadata", "offline", "invalid-archive"] as const) {
      const { names, warnings } = await failing(new PosyError(code, "it is not valid"));
      assert.deepEqual(names, [pybi("3.12.1")]);
      assert.deepEqual(warnings, [`\`${pybi("3.13.4")}\` is skipped: it is not valid`]);
    }
    await assert.rejects(failing(new PosyError("hash-mismatch", "no")), { code: "hash-mismatch" });
    await assert.rejects(failing(new TypeError("a bug")), TypeError);
  });
});
