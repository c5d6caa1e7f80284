import assert from "node:assert/strict";
import { constants } from "node:os";
import { test } from "node:test";
import { startError } from "../../../src/system/process/start-error.ts";

test("says that the path of a program is too long for Windows", () => {
  const { ENOENT } = constants.errno;
  const long = `C:\\${"x".repeat(260)}\\python.exe`;
  assert.match(startError(long, ENOENT, "win32").message, /its path is too long$/);
  assert.match(startError(long, ENOENT, "win32").hint ?? "", /259 characters.*POSY_HOME/);
  assert.doesNotMatch(startError(long, ENOENT, "linux").message, /too long/);
  assert.doesNotMatch(startError("C:\\python.exe", ENOENT, "win32").message, /too long/);
});
