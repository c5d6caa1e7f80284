import type { IndexFile } from "../index-server.ts";
import { makeWheel } from "../make-wheel.ts";

const versions = ["1.0", "1.1", "2.0"];

/**
 * Returns the files of packages `p0` to `p<count-1>` without conflicts, each in three versions. Each package needs up
 * to three packages with higher numbers, so `p0` needs all of them.
 */
export function generatedGraph(count: number): readonly IndexFile[] {
  return Array.from({ length: count }, (_, number) => {
    const needed = new Set([number + 1, 2 * number + 1, 2 * number + 2].filter((other) => other < count));
    const requires = [...needed].map((other) => `p${other}>=1.0`);
    return versions.map((version): IndexFile => {
      const wheel = makeWheel({
        name: `p${number}`,
        version,
        requires,
        files: { [`p${number}/__init__.py`]: "", [`p${number}/data/more.txt`]: "more\n" },
      });
      const lines = requires.map((requirement) => `Requires-Dist: ${requirement}\n`).join("");
      return {
        ...wheel,
        metadata: `Metadata-Version: 2.1\nName: p${number}\nVersion: ${version}\n${lines}`,
      };
    });
  }).flat();
}

/**
 * Returns the files of packages that conflict, as boto3, s3transfer, botocore and urllib3 did. Each of 40 versions of
 * `sdk` requires exactly one `core`. Most versions of `core` require an old `net`, which `other` rules out. After a few
 * conflicts, the solver decides in another order. Otherwise it would try many versions of `transfer`, too.
 */
export function conflictingGraph(): readonly IndexFile[] {
  const versions = Array.from({ length: 40 }, (_, index) => index + 1);
  return [
    ...versions.flatMap((version) => [
      makeWheel({ name: "sdk", version: `${version}`, requires: [`core==${version}`, "transfer"] }),
      makeWheel({ name: "transfer", version: `${version}`, requires: ["core"] }),
      makeWheel({ name: "core", version: `${version}`, requires: [version > 10 ? "net<2" : "net"] }),
    ]),
    ...[1, 2, 3].map((version) => makeWheel({ name: "net", version: `${version}` })),
    makeWheel({ name: "other", requires: ["net==3"] }),
  ];
}
