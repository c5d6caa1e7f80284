// Writes src/pythons/catalogue/catalogue.json: every release of the catalogue's artifact from CPython 3.9 on,
// on every platform that it has. Some 40 archives of 25 MB are downloaded, one after the other.
//
//     node_modules/.bin/bun scripts/regenerate-catalogue.ts [FOLDER]
//
// FOLDER keeps the archives, so that a second run downloads only what is new.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { archiveUrl } from "../src/pythons/catalogue/archive-url.ts";
import {
  type CatalogueEntry,
  catalogueInterpreter,
  platformOfClassifier,
} from "../src/pythons/catalogue/catalogue-entry.ts";
import { optionalModulesOf } from "../src/pythons/optional-modules.ts";
import { jarLayout, jarRoot } from "../src/pythons/extract/jar-layout.ts";
import { openZipFile } from "../src/system/archives/zip/open-zip-file.ts";
import { compareVersions, parseVersion } from "../src/vocab/version/version.ts";
import { glibcLevel, macosLevel } from "./catalogue/platform-level.ts";

const artifact = "pkg:maven/org.bytedeco/cpython";
const oldest = parseVersion("3.9");
const out = "src/pythons/catalogue/catalogue.json";

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), "posy-catalogue-"));
mkdirSync(folder, { recursive: true });

const pythonOf = (release: string) => parseVersion(release.split("-")[0] ?? "");

/** The versions that the metadata file beside the artifact lists, newest first. */
async function releases(): Promise<string[]> {
  const some = await archiveUrl(`${artifact}@0-0`);
  const page = await fetch(new URL("../maven-metadata.xml", some));
  if (!page.ok) throw new Error(`the list of versions was answered with ${page.status}`);
  const versions = [...(await page.text()).matchAll(/<version>([^<]+)<\/version>/g)].map(
    (match) => match[1] ?? "",
  );
  return versions
    .filter((release) => compareVersions(pythonOf(release), oldest) >= 0)
    .sort((a, b) => compareVersions(pythonOf(b), pythonOf(a)));
}

/** Returns the path of the archive, or undefined if this release has none for the platform. */
async function download(purl: string): Promise<string | undefined> {
  const url = await archiveUrl(purl);
  const path = join(folder, basename(url));
  const published = await fetch(`${url}.sha1`);
  if (published.status === 404) return undefined;
  if (!published.ok) throw new Error(`${url}.sha1 was answered with ${published.status}`);
  if (!existsSync(path)) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url} was answered with ${answer.status}`);
    writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
  }
  const sha1 = createHash("sha1").update(readFileSync(path)).digest("hex");
  if (!(await published.text()).startsWith(sha1)) throw new Error(`${path} is not what was published`);
  return path;
}

function describe(purl: string, path: string): CatalogueEntry {
  const bytes = readFileSync(path);
  const plain: CatalogueEntry = {
    purl,
    size: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    platformTag: "",
    lacks: [],
  };
  const interpreter = catalogueInterpreter(plain);
  const layout = jarLayout(interpreter);
  const root = jarRoot(purl);
  const modules = new Set<string>();
  let glibc = 0;
  let macos: readonly [number, number] = [0, 0];
  let core = "";
  const zip = openZipFile(path);
  for (const entry of zip.entries) {
    const placed = entry.path.startsWith(root) ? layout(entry.path.slice(root.length)) : undefined;
    if (placed === undefined || entry.size < 64 || !/\.(so|pyd|dylib|dll)|\/python[\d.]+$/.test(placed.path))
      continue;
    const content = Buffer.from(zip.readSync(entry));
    glibc = Math.max(glibc, glibcLevel(content) ?? 0);
    const level = macosLevel(content);
    if (level && (level[0] > macos[0] || (level[0] === macos[0] && level[1] > macos[1]))) macos = level;
    const file = basename(placed.path);
    if (/lib-dynload\/|^DLLs\//.test(placed.path)) modules.add(file.split(".")[0] ?? "");
    // A built-in module has its initialiser in the library or the program.
    else if (/^(lib)?python/.test(file)) core += content.toString("latin1");
  }
  // On Windows the scripts of Tcl are needed too.
  if (
    interpreter.platform.startsWith("windows-") &&
    !zip.entries.some(({ path }) => path.endsWith("/init.tcl"))
  ) {
    modules.delete("_tkinter");
  }
  zip.close();
  const windows = interpreter.platform.startsWith("windows-");
  const arch = interpreter.markers.platform_machine ?? "";
  return {
    ...plain,
    platformTag: windows
      ? "win_amd64"
      : glibc > 0
        ? `manylinux_2_${glibc}_${arch}`
        : `macosx_${macosTag(macos)}_${arch}`,
    lacks: optionalModulesOf(interpreter)
      .map(({ name }) => name)
      // Windows builds zlib into its DLL without exporting it.
      .filter(
        (name) => !modules.has(name) && !core.includes(`PyInit_${name}\0`) && !(windows && name === "zlib"),
      ),
  };
}

/** From macOS 11 on, tags have only the major version (as `packaging` computes them). */
function macosTag([major, minor]: readonly [number, number]): string {
  return major < 11 ? `${major}_${minor}` : `${major}_0`;
}

const entries: CatalogueEntry[] = [];
for (const release of await releases()) {
  for (const classifier of Object.keys(platformOfClassifier)) {
    const purl = `${artifact}@${release}?classifier=${classifier}`;
    const path = await download(purl);
    if (path === undefined) {
      console.log(`${purl}: none`);
      continue;
    }
    const entry = describe(purl, path);
    entries.push(entry);
    console.log(`${purl}: ${entry.platformTag}, lacks ${entry.lacks.join(" ") || "nothing"}`);
  }
}
const lines = entries.map((entry) => JSON.stringify(entry)).join(",\n");
writeFileSync(out, `{"catalogueVersion":1,"interpreters":[\n${lines}\n]}\n`);
console.log(`${entries.length} interpreters written to ${out}`);
