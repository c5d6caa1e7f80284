import assert from "node:assert/strict";
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { librarySearch } from "../../../../src/pythons/pybi/pack/find-library.ts";
import {
  glibcLevel,
  isMusl,
  raisedTag,
  unversionedMinor,
} from "../../../../src/pythons/pybi/pack/platform-policy.ts";
import { platformTagOf } from "../../../../src/pythons/pybi/pack/platform-tag-of.ts";
import type { Selected } from "../../../../src/pythons/pybi/pack/select-files.ts";
import { vendorLibraries } from "../../../../src/pythons/pybi/pack/vendor-libraries.ts";
import { readElf } from "../../../../src/system/binaries/elf/read-elf.ts";
import { makeElf } from "../../../system/binaries/elf/make-elf.ts";
import { newSandbox } from "../../sandbox.ts";

const [machine, bits] = (() => {
  const elf = readElf(makeElf({})) ?? assert.fail();
  return [elf.machine, elf.bits] as const;
})();

describe("searching a library", { skip: process.platform !== "linux" }, () => {
  test("tries the folders of the run path in order, relative to the file that needs it", () => {
    using sandbox = newSandbox();
    for (const folder of ["bin", "one", "two"]) mkdirSync(join(sandbox.root, folder));
    const program = join(sandbox.root, "bin/program");
    writeFileSync(program, "x");
    for (const folder of ["one", "two"])
      writeFileSync(join(sandbox.root, folder, "libposy.so.1"), makeElf({}));
    writeFileSync(join(sandbox.root, "two/libonly.so.1"), makeElf({}));
    symlinkSync("libonly.so.1", join(sandbox.root, "two/liblink.so.1"));
    const search = librarySearch(machine, bits, "");
    const runPath = "$ORIGIN/../one:${ORIGIN}/../two";
    const root = realpathSync(sandbox.root);
    assert.equal(search("libposy.so.1", { path: program, runPath }), join(root, "one/libposy.so.1"));
    assert.equal(search("libonly.so.1", { path: program, runPath }), join(root, "two/libonly.so.1"));
    assert.equal(search("liblink.so.1", { path: program, runPath }), join(root, "two/libonly.so.1"));
    assert.equal(
      search("libposy.so.1", { path: program, runPath: `::${root}/two` }),
      join(root, "two/libposy.so.1"),
    );
    assert.equal(search("libposy.so.1", { path: program }), undefined);
    assert.equal(search("libposy.so.2", { path: program, runPath }), undefined);
  });

  test("ignores empty folders of the run path, which mean the current folder", () => {
    using sandbox = newSandbox();
    const program = sandbox.program("bin/program", "x");
    writeFileSync(join(sandbox.root, "libposy.so.1"), makeElf({}));
    const before = process.cwd();
    process.chdir(sandbox.root);
    try {
      const search = librarySearch(machine, bits, "", sandbox.root);
      assert.equal(search("libposy.so.1", { path: program, runPath: "" }), undefined);
      assert.equal(search("libposy.so.1", { path: program, runPath: "::/nowhere" }), undefined);
    } finally {
      process.chdir(before);
    }
  });

  test("tries the folders that the loader's configuration names, then the usual ones, in order", () => {
    using sandbox = newSandbox();
    const root = realpathSync(sandbox.root);
    const put = (path: string, content: string | Uint8Array) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    };
    put("bin/program", "x");
    put(
      "etc/ld.so.conf",
      "# a comment\n/opt/first/lib # another\nhwcap 1 nosegneg\ninclude ld.so.conf.d/*.conf\ninclude /etc/more/*.conf\ninclude /none/*.conf\nrelative/lib/\n",
    );
    put("etc/ld.so.conf.d/b.conf", "/opt/b\n");
    put("etc/ld.so.conf.d/a.conf", "/opt/a\ninclude deeper/*.conf\n");
    put("etc/ld.so.conf.d/.conf.off", "/opt/off\n");
    put("etc/ld.so.conf.d/deeper/x.conf", "/opt/deeper\n");
    put("etc/more/c.conf", "/opt/c\n");
    const order = [
      "opt/first/lib",
      "opt/a",
      "opt/deeper",
      "opt/b",
      "opt/c",
      "lib/x86_64-linux-gnu",
      "usr/lib/x86_64-linux-gnu",
      "lib64",
      "usr/lib64",
      "lib",
      "usr/lib",
      "usr/local/lib",
    ];
    const never = ["opt/off", "relative/lib", "hwcap 1 nosegneg", "etc/relative/lib"];
    for (const [index, folder] of [...order, ...never].entries()) {
      put(`${folder}/libfrom${index}.so`, makeElf({}));
      for (let other = 0; other <= index; other++) put(`${folder}/libatleast${other}.so`, makeElf({}));
    }
    const from = { path: join(root, "bin/program") };
    const search = librarySearch(machine, bits, "x86_64-linux-gnu", root);
    for (const [index, folder] of order.entries()) {
      assert.equal(search(`libfrom${index}.so`, from), join(root, folder, `libfrom${index}.so`));
      assert.equal(search(`libatleast${index}.so`, from), join(root, folder, `libatleast${index}.so`));
    }
    for (let index = order.length; index < order.length + never.length; index++) {
      assert.equal(search(`libfrom${index}.so`, from), undefined, never[index - order.length]);
    }
    const plain = librarySearch(machine, bits, "", root);
    assert.equal(plain("libfrom5.so", from), undefined);
    assert.equal(plain("libfrom7.so", from), join(root, "lib64/libfrom7.so"));
    put("lib/libhere.so", makeElf({}));
    assert.equal(plain("libhere.so", from), join(root, "lib/libhere.so"));
  });

  test("works without a configuration of the loader", () => {
    using sandbox = newSandbox();
    const root = realpathSync(sandbox.root);
    const program = sandbox.program("bin/program", "x");
    mkdirSync(join(root, "lib"));
    writeFileSync(join(root, "lib/libposy.so.1"), makeElf({}));
    const search = librarySearch(machine, bits, "", root);
    assert.equal(search("libposy.so.1", { path: program }), join(root, "lib/libposy.so.1"));
  });

  test("skips a library for another processor", () => {
    using sandbox = newSandbox();
    const program = join(sandbox.root, "program");
    writeFileSync(program, "x");
    writeFileSync(join(sandbox.root, "libposy.so.1"), makeElf({}));
    writeFileSync(join(sandbox.root, "libtext.so.1"), "INPUT(-lposy)");
    const from = { path: program, runPath: "$ORIGIN" };
    assert.equal(librarySearch(machine + 1, bits, "")("libposy.so.1", from), undefined);
    assert.equal(librarySearch(machine, bits === 64 ? 32 : 64, "")("libposy.so.1", from), undefined);
    assert.equal(librarySearch(machine, bits, "")("libtext.so.1", from), undefined);
  });
});

describe("a platform tag that the user requests", () => {
  test("is compared by the version of its C library", () => {
    assert.equal(raisedTag("musllinux_1_1_x86_64", "musllinux_1_2_x86_64"), "musllinux_1_2_x86_64");
    assert.throws(() => raisedTag("musllinux_1_2_x86_64", "musllinux_1_1_x86_64"), { message: /is too low/ });
    assert.equal(raisedTag("manylinux_2_5_x86_64", "manylinux1_x86_64"), "manylinux1_x86_64");
    assert.equal(raisedTag("manylinux_2_12_x86_64", "manylinux2014_x86_64"), "manylinux2014_x86_64");
    assert.throws(() => raisedTag("manylinux_2_18_x86_64", "manylinux2014_x86_64"), {
      message: /is too low/,
    });
  });

  test("may be higher than the computed one, but not lower or of another kind", () => {
    const computed = "manylinux_2_28_x86_64";
    assert.equal(raisedTag(computed, undefined), computed);
    assert.equal(raisedTag(computed, computed), computed);
    assert.equal(raisedTag(computed, "manylinux_2_39_x86_64"), "manylinux_2_39_x86_64");
    assert.throws(() => raisedTag(computed, "manylinux_2_27_x86_64"), {
      code: "usage",
      message: /is too low/,
    });
    for (const other of ["manylinux_2_39_aarch64", "musllinux_1_2_x86_64", "x"]) {
      assert.throws(() => raisedTag(computed, other), { code: "usage", message: /another platform/ });
    }
    assert.throws(() => raisedTag("x", "x"), { code: "usage" });
  });
});

test("symbols without a version need glibc 2.18 if the policies before it forbid them", () => {
  assert.equal(unversionedMinor("__issignaling"), 18);
  assert.equal(unversionedMinor("read"), undefined);
});

test("a Python is for musl if its program names musl's loader", () => {
  assert.equal(isMusl([]), false);
  assert.equal(isMusl([{}, { interpreter: "/lib/ld-musl-x86_64.so.1" }]), true);
  assert.equal(
    isMusl([{ interpreter: "/lib64/ld-linux-x86-64.so.2" }, { interpreter: "/lib/ld-musl-x86_64.so.1" }]),
    false,
  );
});

test("the versions of the compiler's libraries are compared number by number", () => {
  const minor = (library: string, version: string) =>
    glibcLevel([["x", { versions: new Map([[library, [version]]]) }]]).minor;
  assert.equal(minor("libstdc++.so.6", "GLIBCXX_3.4"), 5);
  assert.equal(minor("libstdc++.so.6", "GLIBCXX_3.4.9"), 12);
  assert.equal(minor("libstdc++.so.6", "GLIBCXX_3.4.8"), 5);
  assert.equal(minor("libstdc++.so.6", "CXXABI_1.3.1"), 5);
  assert.equal(minor("libstdc++.so.6", "CXXABI_1.3.2"), 12);
  assert.equal(minor("libgcc_s.so.1", "GCC_7.0.0"), 27);
  assert.equal(minor("libatomic.so.1", "LIBATOMIC_1.1"), 24);
  assert.equal(minor("libatomic.so.1", "LIBATOMIC_1.0"), 17);
  assert.equal(minor("libatomic.so.1", "LIBATOMIC_1"), 17);
  assert.equal(minor("libatomic.so.1", "LIBATOMIC_1.0.1"), 24);
  assert.equal(minor("libc.so.6", "GLIBC_ABI_GNU_TLS"), 42);
  assert.equal(minor("libgcc_s.so.1", "GCC_99.0.0"), undefined);
});

test("the reason for a level below 2.18 is a symbol version, or undefined if none is needed", () => {
  const bytes = makeElf({ needed: ["libc.so.6"], versions: { "libc.so.6": ["GLIBC_2.17"] } });
  const programs = {
    elves: new Map([["a", readElf(bytes) ?? assert.fail()]]),
    contents: new Map([["a", bytes]]),
  };
  const { tag, reason } = platformTagOf(programs, { markers: { platform_machine: "x86_64" } }, undefined);
  assert.equal(tag, "manylinux_2_17_x86_64");
  assert.deepEqual([reason?.version, reason?.path], ["GLIBC_2.17", "a"]);
  const plain = makeElf({});
  const oldest = {
    elves: new Map([["a", readElf(plain) ?? assert.fail()]]),
    contents: new Map([["a", plain]]),
  };
  assert.deepEqual(platformTagOf(oldest, { markers: { platform_machine: "x86_64" } }, undefined), {
    tag: "manylinux_2_5_x86_64",
    reason: undefined,
  });
});

describe("the copied libraries of a pybi", { skip: process.platform !== "linux" }, () => {
  test("are sorted by path, and only those with code have relative run paths", () => {
    using sandbox = newSandbox();
    const names = ["libc1.so.1", "liba.so.1", "libd.so.1", "libb.so.1"];
    for (const name of names) writeFileSync(join(sandbox.root, name), makeElf({ soname: name, data: name }));
    const source = join(sandbox.root, "module");
    writeFileSync(source, makeElf({ needed: names, runPath: sandbox.root }));
    const entry = { kind: "file", path: "lib/python3/module.so", source, size: 1, executable: true } as const;
    const { vendored } = vendorLibraries([entry], "", false);
    assert.deepEqual(
      vendored.map(({ name }) => name),
      names.toSorted(),
    );
  });
});

describe("the libraries of a pybi", { skip: process.platform !== "linux" }, () => {
  test("are not copied if the tree or the system has them", () => {
    using sandbox = newSandbox();
    const entry = (path: string, made: Parameters<typeof makeElf>[0], executable = true): Selected => {
      const source = join(sandbox.root, path.replaceAll("/", "_"));
      writeFileSync(source, makeElf(made));
      return { kind: "file", path, source, size: 1, executable };
    };
    const entries = [
      entry("bin/python", { needed: ["libpython3.so", "libc.so.6"] }),
      entry("lib/libpython3.so", { needed: ["libc.so.6"] }),
      entry("lib/python3/plain.so", { needed: ["libc.so.6"] }),
      entry("lib/python3/data.bin", { needed: ["libother.so"] }, false),
      { kind: "symlink", path: "lib/x", target: "y" } as const,
    ];
    const { vendored, warnings, contents } = vendorLibraries(entries, "", false);
    assert.deepEqual([vendored, warnings], [[], []]);
    assert.deepEqual([...contents.keys()].sort(), [
      "bin/python",
      "lib/libpython3.so",
      "lib/python3/plain.so",
    ]);
    const runPath = (path: string) => readElf(contents.get(path) ?? assert.fail())?.runPath;
    assert.equal(runPath("bin/python"), "$ORIGIN/../lib");
    assert.equal(runPath("lib/python3/plain.so"), undefined);
    assert.deepEqual(vendorLibraries([], "", false).vendored, []);
  });
});
