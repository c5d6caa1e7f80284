import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { declaresAllRequirements } from "../../../src/builder/backend/extra-requirements.ts";
import type { SdistFiles } from "../../../src/packages/metadata/sdist-files.ts";

const named = (backend: string, more = "") =>
  `[build-system]\nrequires = []\nbuild-backend = "${backend}"\n${more}`;

describe("declaresAllRequirements returns", () => {
  const cases: [title: string, files: SdistFiles, answer: boolean][] = [
    ["flit", { pyproject: named("flit_core.buildapi") }, true],
    ["poetry-core", { pyproject: named("poetry.core.masonry.api") }, true],
    ["setuptools without a `setup.py`", { pyproject: named("setuptools.build_meta") }, true],
    [
      "setuptools with a `setup.py` without `setup_requires`",
      { pyproject: named("setuptools.build_meta"), setupPy: "from setuptools import setup\nsetup()\n" },
      true,
    ],
    [
      "setuptools with `setup_requires` in `setup.py`",
      { pyproject: named("setuptools.build_meta"), setupPy: 'setup(setup_requires=["cffi"])' },
      false,
    ],
    [
      "setuptools with `setup_requires` in `setup.cfg`",
      { pyproject: named("setuptools.build_meta"), setupCfg: "[options]\nsetup_requires =\n  cffi\n" },
      false,
    ],
    ["any other backend", { pyproject: named("hatchling.build") }, false],
    [
      "a backend from the source itself",
      { pyproject: named("flit_core.buildapi", 'backend-path = ["."]\n') },
      false,
    ],
    ["a `[build-system]` without a backend", { pyproject: "[build-system]\nrequires = []\n" }, false],
    ["a source without a `pyproject.toml`", { setupPy: "setup()" }, false],
  ];
  for (const [title, files, answer] of cases) {
    test(`${answer} for ${title}`, async () =>
      assert.equal(await declaresAllRequirements(files, "it 1.0"), answer));
  }
});
