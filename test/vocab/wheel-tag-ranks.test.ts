import assert from "node:assert/strict";
import { test } from "node:test";
import { compatiblePlatformTags } from "../../src/vocab/tags/platform-tags.ts";
import { parseVersion } from "../../src/vocab/version/version.ts";
import { cpythonWheelTags, expandWheelTags, wheelTagRanks } from "../../src/vocab/tags/wheel-tags.ts";

const platforms = ["manylinux_2_28_x86_64", "macosx_11_0_arm64", "macosx_10_13_x86_64", "win_amd64"];
const builds = [
  cpythonWheelTags(parseVersion("3.14.3")),
  cpythonWheelTags(parseVersion("3.13.0"), { freeThreaded: true }),
  cpythonWheelTags(parseVersion("3.7.1")),
  ["pp39-pypy39_pp73-PLATFORM", "py3-none-any", "py3-none-any", "pp39-pypy39_pp73-PLATFORM"],
  // A tag without `PLATFORM` keeps its rank, before or after the same tag made from `PLATFORM`.
  ["py3-none-win_amd64", "py3-none-PLATFORM", "py3-none-macosx_11_0_arm64"],
];

test("wheelTagRanks has the same tags in the same order as expandWheelTags", () => {
  const unknown = ["", "-", "py3", "py3-none-", "-none-any", "cp314-cp314-win32", "cp399-abi3-win_amd64"];
  for (const platform of platforms) {
    for (const wheelTags of builds) {
      const compatible = compatiblePlatformTags(platform);
      const all = expandWheelTags(wheelTags, compatible);
      const ranks = wheelTagRanks(wheelTags, compatible);
      assert.deepEqual(ranks.tags(), all);
      const found = all.map((tag) => ranks.get(tag) ?? Number.NaN);
      assert.ok(
        found.every((rank, sandbox) => sandbox === 0 || rank > (found[sandbox - 1] ?? 0)),
        `${platform} ${wheelTags.join(" ")}`,
      );
      for (const tag of unknown) if (!all.includes(tag)) assert.equal(ranks.get(tag), undefined, tag);
    }
  }
});
