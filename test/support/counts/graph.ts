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
 * Returns the files of `x`, `y`, `z` and `w` in nine versions each, which limit each other, so that the solver has to
 * try several versions until they go together.
 */
export function conflictingGraph(): readonly IndexFile[] {
  const versions = Array.from({ length: 9 }, (_, index) => index + 1);
  return versions.flatMap((version) => [
    makeWheel({ name: "x", version: `${version}`, requires: [`z==${version}`, "w"] }),
    makeWheel({
      name: "y",
      version: `${version}`,
      requires: [`z<=${Math.min(3, version)}`, `w<=${version}`],
    }),
    makeWheel({ name: "z", version: `${version}` }),
    makeWheel({ name: "w", version: `${version}`, requires: [`z>=${Math.max(1, version - 2)}`] }),
  ]);
}
