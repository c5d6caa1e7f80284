import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { test } from "node:test";
import { isPythonApp } from "../../../../src/operations/run/script/python-app.ts";
import { newScriptFixture } from "./script-fixture.ts";

const zip = "PK\u0003\u0004the rest";

test("Python can run a folder with `__main__.py` and a zip archive, also behind a `#!` line", () => {
  using fixture = newScriptFixture({
    "app/__main__.py": "",
    "other/main.py": "",
    archive: zip,
    executable: `#!/usr/bin/env python3\n${zip}`,
    text: `print("x")\n${zip}`,
    twice: `#!/bin/sh\n#!/bin/sh\n${zip}`,
    empty: "",
  });
  mkdirSync(fixture.path("nothing"));
  const runnable = (name: string) => isPythonApp(fixture.path(name));
  for (const name of ["app", "archive", "executable"]) assert.ok(runnable(name), name);
  for (const name of ["other", "nothing", "text", "twice", "empty", "missing"]) {
    assert.ok(!runnable(name), name);
  }
});

test("a `#!` line may be long, but not longer than any system reads", () => {
  using fixture = newScriptFixture({
    // With the four bytes that begin an archive, this is what is read: 512 bytes.
    long: `#!/${"x".repeat(504)}\n${zip}`,
    longer: `#!/${"x".repeat(505)}\n${zip}`,
  });
  assert.ok(isPythonApp(fixture.path("long")));
  assert.ok(!isPythonApp(fixture.path("longer")));
});
