import assert from "node:assert/strict";
import { test } from "node:test";
import { fakePackageDB } from "../support/fake-package-db.ts";
import { resolving } from "./resolving.ts";

const index = { a: { "1.0": {}, "9.0": {} }, asks: { "1.0": { requires: ["a"] } } };
const [one, other] = ["https://files.example/one.whl", "https://files.example/other.whl"];
const direct = { [one]: ["a", "2.0", {}], [other]: ["a", "3.0", {}] } as const;
const onMac = "sys_platform == 'darwin'";
const elsewhere = "sys_platform != 'darwin'";

const cases: Record<string, readonly [asked: readonly string[], linux: string, macos: string]> = {
  "a URL on macOS, the index on Linux": [[`a @ ${one} ; ${onMac}`, `a ; ${elsewhere}`], "9.0", "2.0"],
  "a URL on macOS, the index with a specifier on Linux": [
    [`a @ ${one} ; ${onMac}`, `a<9 ; ${elsewhere}`],
    "1.0",
    "2.0",
  ],
  "a separate URL on each": [[`a @ ${one} ; ${onMac}`, `a @ ${other} ; ${elsewhere}`], "3.0", "2.0"],
};
for (const [title, [asked, linux, macos]] of Object.entries(cases)) {
  for (const platforms of [
    ["linux-x86_64", "macos-arm64"],
    ["macos-arm64", "linux-x86_64"],
  ] as const) {
    test(`each target takes a package from where its marker says: ${title}, with ${platforms[0]} first`, async () => {
      const db = fakePackageDB(index, { direct });
      const { blueprint } = await resolving(index, { with: [...asked, "asks"], brief: { platforms }, db });
      const found = blueprint.targets.map(({ platform, packages }) => [
        platform,
        packages.find(({ name }) => name === "a")?.version,
      ]);
      assert.deepEqual(Object.fromEntries(found), { "linux-x86_64": linux, "macos-arm64": macos });
    });
  }
}
