import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { asPosyError, failureAt, isFileFailure } from "../../../src/system/fs/file-error.ts";
import { openHome } from "../../../src/system/fs/home.ts";

const failure = (code: string, more: Readonly<Record<string, string>> = {}) =>
  Object.assign(new Error("native"), { code, ...more });

describe("asPosyError", () => {
  test("turns system errors into codes and messages", () => {
    const table = [
      ["ENOSPC", "no-space", "writing `x` failed: no space is left on the disk"],
      ["EDQUOT", "no-space", "writing `x` failed: the disk quota is used up"],
      ["EACCES", "permission", "writing `x` failed: permission was denied"],
      ["EPERM", "permission", "writing `x` failed: it is not permitted"],
      ["EROFS", "permission", "writing `x` failed: the file system is read-only"],
      ["ENOENT", "not-found", "writing `x` failed: there is no such file or folder"],
      ["EIO", "filesystem", "writing `x` failed: the disk reported an error"],
      ["EFAULT", "filesystem", "writing `x` failed: the disk reported an error"],
      ["EOWNERDEAD", "filesystem", "writing `x` failed: the file system reported EOWNERDEAD"],
    ] as const;
    for (const [errno, code, message] of table) {
      const error = asPosyError(failure(errno), "writing `x`");
      assert.deepEqual([error.code, error.message], [code, message]);
    }
  });

  test("names the path of the failure, unless the text before it does", () => {
    const error = failure("ENOSPC", { path: "/store/site/x.py", syscall: "write" });
    for (const [doing, message] of [
      ["unpacking `x.whl`", "unpacking `x.whl` failed: no space is left on the disk (`/store/site/x.py`)"],
      ["making `/store`", "making `/store` failed: no space is left on the disk"],
      ["reading `x.py`", "reading `x.py` failed: no space is left on the disk"],
    ] as const) {
      assert.equal(asPosyError(error, doing).message, message);
    }
  });

  test("is about the target of a copy, unless its source is missing", () => {
    const copy = { syscall: "copyfile", path: join(openHome().data, "x"), dest: "/media/stick/y" };
    const full = asPosyError(failure("ENOSPC", copy), "exporting");
    assert.match(full.message, /\(`\/media\/stick\/y`\)$/);
    assert.doesNotMatch(full.hint ?? "", /POSY_HOME/);
    assert.match(asPosyError(failure("ENOENT", copy), "exporting").message, /x`\)$/);
  });

  test("gets the path of a write from `failureAt`, since the system names none", () => {
    const path = join(openHome().cache, "x");
    const { message, hint = "" } = asPosyError(failureAt(failure("ENOSPC"), path), "unpacking");
    assert.match(message, /x`\)$/);
    assert.match(hint, /POSY_HOME/);
    assert.match(asPosyError(failureAt(failure("EIO", { path: "/a" }), "/b"), "x").message, /`\/a`/);
    const other = new TypeError("x");
    assert.equal(failureAt(other, path), other);
    assert.ok(!("path" in other));
  });

  test("returns a `PosyError` unchanged, and reports any other error as a bug", () => {
    const ours = new PosyError("offline", "no");
    assert.equal(asPosyError(ours, "writing `x`"), ours);
    assert.equal(asPosyError(new TypeError("undefined is not a function"), "writing `x`").code, "bug");
  });

  test("says on Windows that a program may use what can't be renamed or removed", () => {
    for (const [syscall, errno, expected] of [
      ["rename", "EPERM", "in-use"],
      ["unlink", "EBUSY", "in-use"],
      ["rmdir", "EACCES", "in-use"],
      ["open", "EPERM", "permission"],
      ["rename", "ENOSPC", "no-space"],
    ] as const) {
      const error = failure(errno, { syscall });
      assert.equal(asPosyError(error, "removing `x`", "win32").code, expected, `${syscall} ${errno}`);
      assert.notEqual(asPosyError(error, "removing `x`", "linux").code, "in-use");
    }
  });

  test("suggests POSY_HOME only for paths in Posy's folders, and TMPDIR only for temporary files", () => {
    const { cache, data } = openHome();
    const project = join(openHome().data, "..", "..", "..", "project");
    for (const code of ["ENOSPC", "EACCES", "EPERM", "EROFS", "ENAMETOOLONG"]) {
      for (const folder of [cache, data]) {
        const path = join(folder, "x");
        assert.match(asPosyError(failure(code, { path }), "writing").hint ?? "", /POSY_HOME/, code);
        assert.match(asPosyError(failure(code), `writing \`${path}\``).hint ?? "", /POSY_HOME/, code);
      }
      const temporary = failure(code, { path: join(tmpdir(), "x") });
      assert.match(asPosyError(temporary, "writing").hint ?? "", /TMPDIR/, code);
      const other = failure(code, { path: join(project, "pyproject.toml") });
      assert.doesNotMatch(asPosyError(other, "writing").hint ?? "", /POSY_HOME|TMPDIR/, code);
    }
  });

  test("suggests checking a missing path only if it is not in Posy's folders", () => {
    const missing = asPosyError(failure("ENOENT", { path: join(openHome().cache, "x") }), "reading");
    assert.match(missing.hint ?? "", /run the command again/);
    assert.equal(asPosyError(failure("ENOENT", { path: "/p/r.txt" }), "reading").hint, "check the path");
  });

  test("blames the file system if a link can't be made, and not the owner of the folder", () => {
    for (const syscall of ["symlink", "link"]) {
      const error = failure("EPERM", { syscall, path: "/store/env", dest: "/mnt/usb/p/.posy/env" });
      const { code, message, hint } = asPosyError(error, "linking `/mnt/usb/p/.posy/env`");
      assert.equal(code, "filesystem");
      const kind = syscall === "symlink" ? "symbolic links" : "hard links";
      const why = process.platform === "win32" ? "links can't be made there" : `the disk has no ${kind}`;
      assert.equal(message, `linking \`/mnt/usb/p/.posy/env\` failed: ${why}`);
      assert.doesNotMatch(hint ?? "", /who owns|permissions|POSY_HOME/);
    }
    const own = failure("EPERM", { syscall: "symlink", path: "a", dest: join(openHome().data, "envs") });
    if (process.platform !== "win32") assert.match(asPosyError(own, "making").hint ?? "", /POSY_HOME/);
  });
});

test("isFileFailure knows errors of the file system from those of connections and of the program", () => {
  assert.ok(isFileFailure(failure("EIO", { path: "/x", syscall: "rename" })));
  assert.ok(!isFileFailure(failure("ECONNRESET", { syscall: "read" })));
  assert.ok(!isFileFailure(failure("EIO", { syscall: "read" })));
  for (const other of [new TypeError("x"), undefined, "EIO"]) assert.ok(!isFileFailure(other));
});
