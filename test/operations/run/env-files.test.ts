import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { typedEnvFiles, withEnvFiles } from "../../../src/operations/run/env-files.ts";
import type { EnvFile } from "../../../src/project/index.ts";

const root = mkdtempSync(join(tmpdir(), "posy-env-files-"));
after(() => rmSync(root, { recursive: true }));
writeFileSync(join(root, "one.env"), "A=one\nB=one\n");
writeFileSync(join(root, "two.env"), "B=two\nC='two words'\n");
mkdirSync(join(root, "folder"));

const file = (name: string, changes: Partial<EnvFile> = {}): EnvFile => ({
  path: join(root, name),
  optional: false,
  ...changes,
});

test("`--env-file` names files relative to the current folder, in both of its forms", () => {
  const typed = ["--with", "a.env", "--env-file", "b.env", "--env-file=c/d.env", "--env-files=e.env", "-q"];
  const fileAt = (path: string): EnvFile => ({ path: resolve(root, path), optional: false });
  assert.deepEqual(typedEnvFiles(typed, root), [fileAt("b.env"), fileAt("c/d.env")]);
  assert.deepEqual(typedEnvFiles([], root), []);
});

describe("variables of files", () => {
  test("are added, later files take precedence, and variables that are set stay", async () => {
    const environment = { C: "set", D: "set" };
    const merged = await withEnvFiles(environment, [file("one.env"), file("two.env")]);
    assert.deepEqual(merged, { A: "one", B: "two", C: "set", D: "set" });
    assert.deepEqual(environment, { C: "set", D: "set" });
  });

  test("are not looked for if no file is named", async () => {
    const environment = { A: "set" };
    assert.equal(await withEnvFiles(environment, []), environment);
  });

  test("may come from a file that is missing if it is optional", async () => {
    assert.deepEqual(await withEnvFiles({ A: "set" }, [file("none.env", { optional: true })]), { A: "set" });
  });
});

describe("a file with variables that can't be read is an error", () => {
  const failureOf = async (named: EnvFile): Promise<PosyError> => {
    const error = await withEnvFiles({}, [named]).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof PosyError);
    return error;
  };
  const origin = "`env-file` in `pyproject.toml:3`";

  test("that names the file if an option asked for it", async () => {
    const error = await failureOf(file("none.env"));
    assert.equal(error.code, "not-found");
    assert.ok(error.message.includes(join(root, "none.env")) && !error.message.includes("names it"));
  });

  test("that names the setting, and explains how a file may be missing", async () => {
    const error = await failureOf(file("none.env", { origin }));
    assert.equal(error.code, "not-found");
    assert.ok(error.message.endsWith(`; ${origin} names it`));
    assert.match(error.hint ?? "", /optional = true/);
  });

  test("even if it is optional, unless it is missing", async () => {
    const error = await failureOf(file("folder", { origin, optional: true }));
    assert.notEqual(error.code, "not-found");
    assert.ok(error.message.endsWith(`; ${origin} names it`));
    assert.doesNotMatch(error.hint ?? "", /optional = true/);
    await failureOf(file("folder", { optional: true }));
  });
});
