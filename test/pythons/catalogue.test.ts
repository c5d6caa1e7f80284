import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { loadCatalogue } from "../../src/pythons/catalogue/load-catalogue.ts";
import { interpreterDownload } from "../../src/pythons/discover/interpreter-download.ts";
import { isWhole, optionalModules } from "../../src/pythons/optional-modules.ts";
import { missingModuleHint } from "../../src/pythons/missing-module-hint.ts";
import { platformsOfTags } from "../../src/pythons/compatibility/platform-of-tag.ts";
import { jarRoot } from "../../src/pythons/extract/jar-layout.ts";

const catalogue = await loadCatalogue();
const find = (version: string, platform = "linux-x86_64") => {
  const found = catalogue.find((each) => each.version === version && each.platform === platform);
  assert.ok(found, `${version} for ${platform}`);
  return found;
};

describe("the catalogue", () => {
  test("has every minor version from 3.9 on for the common platforms", () => {
    for (const platform of ["linux-x86_64", "macos-x86_64", "windows-x86_64"]) {
      const minors = catalogue
        .filter((each) => each.platform === platform)
        .map(({ version }) => Number(version.split(".")[1]));
      assert.deepEqual([...new Set(minors)], [14, 13, 12, 11, 10, 9]);
    }
    for (const platform of ["linux-aarch64", "macos-arm64"]) {
      assert.ok(catalogue.some((each) => each.platform === platform));
    }
  });

  test("is described once for each platform, with the interpreters of that platform only", async () => {
    const macos = await loadCatalogue("macos-arm64");
    assert.ok(macos.length > 0 && macos.every(({ platform }) => platform === "macos-arm64"));
    assert.equal(await loadCatalogue("macos-arm64"), macos);
    assert.equal(await loadCatalogue(), catalogue);
  });

  test("lists each archive once, each with a different hash", () => {
    const digests = catalogue.map(({ source }) =>
      source.kind === "catalogue" ? source.hashes["sha256"] : "",
    );
    assert.equal(new Set(digests).size, catalogue.length);
    for (const digest of digests) assert.match(digest ?? "", /^[0-9a-f]{64}$/);
  });

  test("describes each interpreter with the metadata of PEP 711", () => {
    for (const each of catalogue) {
      assert.deepEqual(platformsOfTags(each.platformTags), [each.platform]);
      assert.equal(each.markers.python_full_version, each.version);
      assert.ok(each.wheelTags[0]?.startsWith(`cp3${each.version.split(".")[1]}-`));
      for (const name of each.lacks)
        assert.ok(
          optionalModules.some((module) => module.name === name),
          name,
        );
    }
  });

  test("knows which interpreters lack modules", () => {
    assert.ok(isWhole(find("3.13.5")));
    assert.ok(isWhole(find("3.14.3", "windows-x86_64")));
    assert.ok(!isWhole(find("3.11.3")));
    assert.ok(find("3.9.6").lacks.includes("_sqlite3"));
  });

  test("contains no host name", () => {
    assert.doesNotMatch(
      readFileSync("src/pythons/catalogue/catalogue.json", "utf8"),
      /https?:|\.(org|com)\//,
    );
  });
});

test("an archive's URL has the classifier in the file's name", async () => {
  const python = find("3.13.5", "linux-x86_64");
  const download = await interpreterDownload(python);
  assert.ok(download);
  assert.equal(download.filename, "cpython-3.13.5-1.5.12-linux-x86_64.jar");
  assert.ok(download.url.startsWith("https://"));
  assert.ok(download.url.endsWith(`/org/bytedeco/cpython/3.13.5-1.5.12/${download.filename}`));
  assert.deepEqual(download.hashes, python.source.kind === "catalogue" && python.source.hashes);
  assert.equal(await interpreterDownload({ ...python, source: { kind: "described" } }), undefined);
});

test("finds the tree in a jar by its package URL", () => {
  assert.equal(
    jarRoot("pkg:maven/org.example/snake@1-2?classifier=linux-arm64"),
    "org/example/snake/linux-arm64/",
  );
  assert.throws(() => jarRoot("pkg:pypi/numpy@1"));
});

describe("explaining why a module is missing", () => {
  test("says that the module was not built", () => {
    assert.match(missingModuleHint(find("3.11.3"), "sqlite3") ?? "", /3\.11\.3.*without it.*>=3\.12/);
    assert.match(missingModuleHint(find("3.11.3"), "_lzma") ?? "", /without it/);
    assert.match(missingModuleHint(find("3.13.5"), "tkinter") ?? "", /without it.*by its path/);
  });
  test("names the missing system library and the package that provides it", () => {
    assert.match(missingModuleHint(find("3.13.5"), "sqlite3") ?? "", /libsqlite3\.so\.0.*`libsqlite3-0`/);
    assert.match(missingModuleHint(find("3.13.5"), "readline") ?? "", /libreadline8/);
  });
  test("returns undefined if no reason is known", () => {
    assert.equal(missingModuleHint(find("3.13.5"), "ssl"), undefined);
    assert.equal(missingModuleHint(find("3.13.5"), "no_such_module"), undefined);
    assert.equal(missingModuleHint(find("3.13.5", "windows-x86_64"), "sqlite3"), undefined);
  });
});
