import assert from "node:assert/strict";
import { test } from "node:test";
import { buildEnvironment } from "../../../src/builder/backend/build-environment.ts";

test("leaves out variables that change how Python behaves, in upper and lower case", () => {
  const base = {
    PATH: "/bin",
    PYTHONPATH: "/x",
    PythonHome: "/x",
    PYTHONNOUSERSITE: "1",
    PYTHON_GIL: "0",
    __PYVENV_LAUNCHER__: "/x",
    PYTHONHASHSEED: "0",
    PYTHON_CPU_COUNT: "2",
    PYENV_VERSION: "3.9",
    PYO3_PYTHON: "/x/python",
    CC: "clang",
    HOME: "/home/me",
    SOURCE_DATE_EPOCH: "1",
  };
  assert.deepEqual(
    buildEnvironment(base, () => ({})),
    {
      PATH: "/bin",
      PYTHONHASHSEED: "0",
      PYTHON_CPU_COUNT: "2",
      PYENV_VERSION: "3.9",
      PYO3_PYTHON: "/x/python",
      CC: "clang",
      HOME: "/home/me",
      SOURCE_DATE_EPOCH: "1",
    },
  );
});

test("the Env's variables override the caller's and can remove them", () => {
  const environment = buildEnvironment({ PATH: "/bin", CONDA_PREFIX: "/x" }, (base) => ({
    PATH: `/env/bin:${base["PATH"]}`,
    PYTHONPATH: "/wanted",
    CONDA_PREFIX: undefined,
  }));
  assert.deepEqual(environment, { PATH: "/env/bin:/bin", PYTHONPATH: "/wanted" });
});
