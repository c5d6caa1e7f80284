import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatBlueprint } from "../../src/model/format-blueprint.ts";
import { parseBlueprint } from "../../src/model/parse-blueprint.ts";
import { PosyError } from "../../src/errors/posy-error.ts";
import { resolving } from "../resolve/resolving.ts";

const index = {
  a: { "1.0": { requires: ["b[x]>=1; python_version > '3'"], requiresPython: ">=3.8" } },
  b: { "1.0": { extras: ["x"] } },
};
const made = async () =>
  (await resolving(index, { with: ["a"], brief: { platforms: ["linux-x86_64", "windows-x86_64"] } }))
    .blueprint;

/** Returns the JSON with one value changed. */
function changed(json: unknown, path: string, value: unknown): unknown {
  const copy = structuredClone(json);
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const sandbox = keys.reduce<Record<string, unknown>>(
    (at, key) => at[key] as Record<string, unknown>,
    copy as Record<string, unknown>,
  );
  if (value === undefined) delete sandbox[last];
  else sandbox[last] = value;
  return copy;
}

test("a Blueprint is the same after writing and parsing, and its text is stable", async () => {
  const blueprint = await made();
  const text = formatBlueprint(blueprint);
  const back = await parseBlueprint(JSON.parse(text));
  assert.deepEqual(back, blueprint);
  assert.equal(formatBlueprint(back), text);
  const reversed = Object.fromEntries(Object.entries(blueprint).reverse());
  assert.equal(formatBlueprint(reversed as unknown as typeof blueprint), text);
});

describe("parseBlueprint refuses hostile JSON", () => {
  const pin = "targets.0.packages.0";
  const rows: readonly (readonly [string, unknown, string])[] = [
    ["blueprintVersion", 2, "blueprintVersion"],
    ["targets", {}, "targets"],
    ["targets.0.platform", "amiga", "targets.0.platform"],
    ["surprise", 1, "surprise"],
    [`${pin}.name`, "../../etc/passwd", `${pin}.name`],
    [`${pin}.name`, "B", `${pin}.name`],
    [`${pin}.name`, "b", "targets.0.packages"],
    [`${pin}.version`, "1.0 ", `${pin}.version`],
    [`${pin}.artifact.filename`, "../x.whl", `${pin}.artifact.filename`],
    [`${pin}.artifact.filename`, "..", `${pin}.artifact.filename`],
    [`${pin}.artifact.filename`, "a\\b.whl", `${pin}.artifact.filename`],
    [`${pin}.artifact.url`, "javascript:alert(1)", `${pin}.artifact.url`],
    [`${pin}.artifact.url`, "https://me:secret@files.example/a.whl", `${pin}.artifact.url`],
    [`${pin}.artifact.hashes.sha256`, "abc", `${pin}.artifact.hashes`],
    [`${pin}.artifact.hashes.sha256`, "../", `${pin}.artifact.hashes.sha256`],
    [`${pin}.artifact.size`, -1, `${pin}.artifact.size`],
    [`${pin}.artifact.size`, 1e300, `${pin}.artifact.size`],
    [`${pin}.requestedBy`, [], `${pin}.requestedBy`],
    [`${pin}.requested`, undefined, `${pin}.requested`],
    ["targets.0.python.paths.purelib", "../../outside", "targets.0.python.paths.purelib"],
    ["targets.0.python.paths.purelib", "/outside", "targets.0.python.paths.purelib"],
    ["targets.0.python.paths.purelib", "C:\\outside", "targets.0.python.paths.purelib"],
    ["targets.0.python.source.kind", "magic", "targets.0.python.source.kind"],
    ["targets.0.python.markers.os_name", 1, "targets.0.python.markers.os_name"],
  ];
  for (const [path, value, sandbox] of rows) {
    test(`${path} = ${JSON.stringify(value)}`, async () => {
      await assert.rejects(parseBlueprint(changed(await made(), path, value)), (error) => {
        assert.ok(error instanceof PosyError);
        assert.equal(error.code, "invalid-blueprint");
        assert.ok(error.message.includes(`at \`${sandbox}\``), error.message);
        return true;
      });
    });
  }

  for (const json of [
    null,
    undefined,
    1,
    "x",
    [],
    { blueprintVersion: 1 },
    JSON.parse('{"__proto__": {}, "targets": []}'),
  ]) {
    test(`rejects what is not a Blueprint: ${JSON.stringify(json)}`, async () => {
      await assert.rejects(
        parseBlueprint(json),
        (error) => (error as PosyError).code === "invalid-blueprint",
      );
    });
  }

  test("says that a Blueprint was made by a newer Posy", async () => {
    const error = await parseBlueprint(changed(await made(), "blueprintVersion", 2)).catch(
      (each: unknown) => each,
    );
    assert.equal((error as PosyError).hint, "it was made by a newer Posy: upgrade Posy");
  });
});
