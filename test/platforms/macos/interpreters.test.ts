import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { after, before, describe, test } from "node:test";
import { archiveUrl } from "../../../src/pythons/catalogue/archive-url.ts";
import { checkPybi } from "../../../src/pythons/pybi/check/index.ts";
import { convertArchive } from "../../../src/pythons/pybi/convert/index.ts";
import { openZipFile } from "../../../src/system/archives/index.ts";
import { isMachO, readMachO } from "../../../src/system/binaries/index.ts";
import { command, machSlices } from "../../../src/system/binaries/macho/macho-image.ts";
import { removeFolder } from "../../support/remove-folder.ts";
import { checkSignature } from "../../system/binaries/macho/check-signature.ts";
import { platformCache } from "../support/tools.ts";

interface Entry {
  readonly purl: string;
  readonly sha256: string;
}

const catalogue: readonly Entry[] = JSON.parse(
  readFileSync("src/pythons/catalogue/catalogue.json", "utf8"),
).interpreters;

/** Returns the path of the catalogue's newest Python for a platform. It is downloaded once. */
async function downloaded(classifier: string): Promise<string> {
  const entry = catalogue.find(({ purl }) => purl.endsWith(`classifier=${classifier}`));
  assert.ok(entry);
  const url = await archiveUrl(entry.purl);
  const path = join(platformCache, posix.basename(url));
  if (existsSync(path)) return path;
  const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
  assert.equal(createHash("sha256").update(bytes).digest("hex"), entry.sha256);
  mkdirSync(platformCache, { recursive: true });
  writeFileSync(`${path}.part`, bytes);
  renameSync(`${path}.part`, path);
  return path;
}

/** The builder links these modules with libraries of Homebrew. `decimal` has a slower twin in Python. */
const isFromHomebrew = (path: string, library: string): boolean =>
  /\/_(dbm|decimal|gdbm|lzma|zstd)\.[^/]*$/.test(path) &&
  /^\/(opt\/homebrew|usr\/local)\/opt\//.test(library);

/** No Python for macOS can run here. What macOS checks before it loads a library can be checked. */
describe("a Python for macOS of the catalogue", { skip: process.platform !== "linux" }, () => {
  let root: string;
  before(() => {
    mkdirSync(platformCache, { recursive: true });
    root = mkdtempSync(join(platformCache, "macos-python-"));
  });
  after(() => root !== undefined && removeFolder(root));

  for (const [classifier, processor] of [
    ["macosx-arm64", "arm64"],
    ["macosx-x86_64", "x86_64"],
  ] as const) {
    describe(`for ${processor}`, () => {
      const code = new Map<string, Buffer>();
      const links = new Map<string, string>();
      before(async () => {
        const { path } = await convertArchive(await downloaded(classifier), join(root, classifier));
        assert.deepEqual((await checkPybi(path)).findings, []);
        const zip = openZipFile(path);
        for (const entry of zip.entries) {
          const bytes = Buffer.from(zip.readSync(entry));
          if (entry.kind === "symlink") links.set(entry.path, bytes.toString());
          else if (isMachO(bytes)) code.set(entry.path, bytes);
        }
        zip.close();
        assert.ok(code.size > 50);
      });

      test("has code for this processor only", () => {
        for (const [path, bytes] of code) {
          const processors = readMachO(bytes)?.map((slice) => slice.processor);
          assert.deepEqual(processors, [processor], path);
        }
      });

      test("has signatures that match all pages of the code", () => {
        for (const [path, bytes] of code) {
          for (const slice of machSlices(bytes)) {
            const signature = slice.commands.find(({ kind }) => kind === command.codeSignature);
            // Apple's processors start no code without a signature. The builder signs none for Intel's.
            if (signature === undefined) assert.equal(processor, "x86_64", path);
            else checkSignature(slice.bytes, slice.bytes.readUInt32LE(signature.at + 8));
          }
        }
      });

      test("needs libraries of macOS and of its own tree, which it finds from any folder, and few of Homebrew", () => {
        const program = [...code.keys()].find((path) => /^bin\/python3\.\d+$/.test(path)) ?? "";
        const programPaths = readMachO(code.get(program) ?? Buffer.alloc(0))?.[0]?.runPaths ?? [];
        assert.ok(code.has(program));
        const inTree = (from: string, name: string) =>
          name.replace(/^@loader_path/, posix.dirname(from)).replace(/^@executable_path/, "bin");
        for (const [path, bytes] of code) {
          for (const { needed, runPaths } of readMachO(bytes) ?? []) {
            for (const name of needed) {
              if (/^(\/usr\/lib|\/System\/Library)\//.test(name) || isFromHomebrew(path, name)) continue;
              const candidates = name.startsWith("@rpath/")
                ? [
                    ...runPaths.map((folder) => inTree(path, folder)),
                    ...programPaths.map((folder) => inTree(program, folder)),
                  ].map((folder) => `${folder}${name.slice("@rpath".length)}`)
                : [inTree(path, name)];
              const found = candidates.map((each) => posix.normalize(each));
              assert.ok(
                found.some((each) => code.has(each) || links.has(each)),
                `${path} needs ${name}, which is at none of ${found.join(", ")}`,
              );
            }
            for (const folder of runPaths) assert.match(folder, /^@(loader|executable)_path(\/|$)/, path);
          }
        }
      });

      test("has no path of the machine that built it where OpenSSL looks for certificates", () => {
        const ssl = [...code].filter(([path]) => /\/(_ssl|_hashlib)\./.test(path));
        assert.equal(ssl.length, 2);
        for (const [path, bytes] of ssl) {
          assert.doesNotMatch(bytes.toString("latin1"), /\0[^\0\s"]*\/cppbuild\/[^\0"]*\/ssl/, path);
          assert.ok(bytes.includes("\0/etc/ssl/cert.pem\0"), path);
        }
      });
    });
  }
});
