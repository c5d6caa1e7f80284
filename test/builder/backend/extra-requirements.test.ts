import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { declaresAllRequirements } from "../../../src/builder/backend/extra-requirements.ts";
import type { SdistFiles } from "../../../src/packages/metadata/sdist-files.ts";

const named = (backend: string, more = "") =>
  `[build-system]\nrequires = []\nbuild-backend = "${backend}"\n${more}`;

describe("whether the files of an sdist declare all build requirements", () => {
  const cases: [title: string, files: SdistFiles, answer: boolean][] = [
    ["flit", { pyproject: named("flit_core.buildapi") }, true],
    ["poetry-core", { pyproject: named("poetry.core.masonry.api") }, true],
    ["setuptools without a program", { pyproject: named("setuptools.build_meta") }, true],
    [
      "setuptools with one that asks for nothing",
      { pyproject: named("setuptools.build_meta"), setupPy: "from setuptools import setup\nsetup()\n" },
      true,
    ],
    [
      "setuptools with one that does",
      { pyproject: named("setuptools.build_meta"), setupPy: 'setup(setup_requires=["cffi"])' },
      false,
    ],
    [
      "setuptools whose settings do",
      { pyproject: named("setuptools.build_meta"), setupCfg: "[options]\nsetup_requires =\n  cffi\n" },
      false,
    ],
    ["any other", { pyproject: named("hatchling.build") }, false],
    [
      "one from the source itself",
      { pyproject: named("flit_core.buildapi", 'backend-path = ["."]\n') },
      false,
    ],
    ["none named", { pyproject: "[build-system]\nrequires = []\n" }, false],
    ["no `pyproject.toml`", { setupPy: "setup()" }, false],
  ];
  for (const [title, files, answer] of cases) {
    test(title, async () => assert.equal(await declaresAllRequirements(files, "it 1.0"), answer));
  }
});
