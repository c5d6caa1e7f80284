import assert from "node:assert/strict";
import { test } from "node:test";
import { describeInterpreter } from "../../src/pythons/compatibility/describe-interpreter.ts";
import { markerEnvironment } from "../../src/pythons/compatibility/interpreter-markers.ts";
import { wheelTagsOf } from "../../src/pythons/compatibility/wheel-tags-of.ts";
import { thisMachine } from "../../src/system/machine/machine.ts";
import { parseVersion } from "../../src/vocab/version/version.ts";
import { askPython } from "../support/oracle.ts";

/** Posy computes these without running the interpreter, also the values that depend on the machine. */
test("markers, wheel tags and paths of a Python are those that it reports itself", async () => {
  const script = `
import json, sys, sysconfig
from packaging.markers import default_environment
from packaging.tags import sys_tags
scheme = "venv" if "venv" in sysconfig.get_scheme_names() else "posix_prefix"
base = dict.fromkeys(["base", "platbase", "installed_base", "installed_platbase"], "")
paths = {name: path.lstrip("/") or "." for name, path in sysconfig.get_paths(scheme, vars=base).items()}
print(json.dumps({"markers": default_environment(), "tags": [str(tag) for tag in sys_tags()], "paths": paths}))`;
  const truth = await askPython<{
    markers: Record<string, string>;
    tags: string[];
    paths: Record<string, string>;
  }>(script, null);
  const machine = await thisMachine();
  const version = parseVersion(truth.markers["python_full_version"] ?? "");
  const interpreter = describeInterpreter(version, machine.platform);
  assert.deepEqual(markerEnvironment(interpreter, machine), truth.markers);
  assert.deepEqual(wheelTagsOf(interpreter, machine), withPlainLinuxLast(truth.tags));
  assert.deepEqual(interpreter.paths, truth.paths);
});

/** Among the tags of one interpreter and ABI, `packaging` lists plain `linux_…` first, and Posy last. */
function withPlainLinuxLast(tags: readonly string[]): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const tag of tags) {
    const stem = tag.split("-", 2).join("-") + (tag.endsWith("-any") ? "-any" : "");
    groups.set(stem, [...(groups.get(stem) ?? []), tag]);
  }
  const isPlain = (tag: string) => /-linux_[^-]*$/.test(tag);
  return [...groups.values()].flatMap((group) => [
    ...group.filter((tag) => !isPlain(tag)),
    ...group.filter(isPlain),
  ]);
}
