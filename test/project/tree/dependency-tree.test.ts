import assert from "node:assert/strict";
import { test } from "node:test";
import { dependencyTree, type TreeNode } from "../../../src/operations/dependency-tree.ts";
import type { FakeIndex } from "../../support/fake-package-db.ts";
import { resolving } from "../../resolve/resolving.ts";

const index: FakeIndex = {
  a: {
    "1.0": {
      extras: ["docs", "test"],
      requires: [
        "b>=1",
        "b<7; extra == 'docs'",
        "b!=3; extra == 'test'",
        "b<9; sys_platform == 'win32'",
        "b<8; python_version >= '3'",
      ],
    },
  },
  b: { "1.0": {} },
};

const edges = (nodes: readonly TreeNode[]): readonly string[] =>
  nodes.flatMap(({ name, asked, children }) => [
    ...(asked === undefined ? [] : [`${name} ${asked}`]),
    ...edges(children),
  ]);

for (const inverted of [false, true]) {
  test(`an edge shows the requirements that hold here and the extras that are asked for (${inverted ? "inverted" : "not inverted"})`, async () => {
    const shown = async (asked: string) => {
      const [target] = (await resolving(index, { with: [asked] })).blueprint.targets;
      assert.ok(target);
      return edges(dependencyTree(target, { inverted, depth: 9, names: inverted ? ["b"] : [] }));
    };
    const name = inverted ? "a" : "b";
    assert.deepEqual(await shown("a"), [`${name} >=1, <8`]);
    assert.deepEqual(await shown("a[docs]"), [`${name} >=1, <7, <8`]);
  });
}
