import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PybiPaths } from "../../../../src/model/interpreter.ts";
import { packagesFolder, withUsualLayout } from "../../../../src/pythons/pybi/pack/debian-layout.ts";
import { describePacked } from "../../../../src/pythons/pybi/pack/describe-packed.ts";
import type { PrefixAnswer } from "../../../../src/pythons/pybi/pack/probe-prefix.ts";
import { relocatePacked } from "../../../../src/pythons/pybi/pack/relocate-packed.ts";
import type { Selection } from "../../../../src/pythons/pybi/pack/select-files.ts";
import { useSystemCertificates } from "../../../../src/pythons/pybi/pack/certificate-paths.ts";

const paths = { stdlib: "lib/python3.12", scripts: "bin" } as PybiPaths;
const answer = {
  prefix: "/opt/py",
  roots: ["/opt/py", "/opt/py/build"],
  multiarch: "x86_64-linux-gnu",
  tcl: "",
};
const relocated = (path: string, text: string, change: Partial<PrefixAnswer> = {}) =>
  Buffer.from(
    relocatePacked(path, Buffer.from(text), { ...answer, ...change } as unknown as PrefixAnswer, { paths }),
  ).toString();

describe("a text file of a packed Python", () => {
  test("is unchanged unless it is configuration or a script", () => {
    const text = "#!/opt/py/bin/python3.12\nx = '/opt/py/lib'\n";
    assert.equal(relocated("lib/python3.12/os.py", text), text);
    assert.equal(relocated("lib/python3.12/config-3.12/other", text), text);
    const options = "'x86_64-linux-gnu-gcc-13 -L/opt/py/lib -Wl,-rpath=/opt/py/lib /lib/x86_64-linux-gnu'\n";
    assert.equal(relocated("lib/python3.12/options.py", options), options);
  });

  test("keeps folders of libraries if the machine has none for its architecture", () => {
    const text = "{'a': '/x/lib/', 'b': '/x/lib/ '}\n";
    assert.ok(relocated("lib/python3.12/_sysconfigdata_x.py", text, { multiarch: "" }).includes("'/x/lib/'"));
  });

  test("gets the longest folder of the build machine replaced before shorter ones", () => {
    const data = relocated(
      "lib/python3.12/_sysconfigdata_x.py",
      "build_time_vars = {'a': '/opt/py/build/x', 'b': '/opt/py'}\n",
    );
    assert.match(data, /'a': '@prefix@\/x', 'b': '@prefix@'/);
    assert.ok(
      !relocated("lib/python3.12/_sysconfigdata_x.py", "{'a': '/opt/pypy'}\n").includes("@prefix@py"),
    );
  });

  test("keeps paths below `/usr` that are not Python's", () => {
    const text =
      "{'prefix': '/usr', 'lib': '/usr/lib', 'a': '/usr/lib/python3.12/x', 'sh': '/usr/bin/install', 'local': '/usr/local'}\n";
    const data = relocated("lib/python3.12/_sysconfigdata_x.py", text, { roots: ["/usr"] });
    assert.match(data, /'prefix': '@prefix@', 'lib': '@prefix@\/lib', 'a': '@prefix@\/lib\/python3.12\/x'/);
    assert.match(data, /'sh': '\/usr\/bin\/install', 'local': '\/usr\/local'/);
  });

  test("keeps its paths if no folder of the build machine is known", () => {
    const data = relocated("lib/python3.12/_sysconfigdata_x.py", "{'a': '/opt/x'}\n", { roots: [] });
    assert.match(data, /^\{'a': '\/opt\/x'\}\n/);
  });

  test("loses flags for folders of this machine, and gets the usual names of compilers", () => {
    const flags =
      "-L/opt/py/lib -I/opt/py/include -Wl,-rpath,/opt/py/lib -Wl,-R=/opt/py/x -ffile-prefix-map=/a=/b -O2";
    const text = `{'LDFLAGS': '${flags}', 'CC': 'x86_64-linux-gnu-gcc-12 -pthread', 'AR': 'gcc-ar', 'LIBDIR': '/opt/py/lib/x86_64-linux-gnu'}\n`;
    const data = relocated("lib/python3.12/_sysconfigdata_x.py", text);
    assert.match(data, /'LDFLAGS': ' ?-O2'/);
    assert.match(data, /'CC': 'cc -pthread', 'AR': 'ar'/);
    assert.match(data, /'LIBDIR': '@prefix@\/lib'/);
    assert.match(
      relocated("lib/python3.12/_sysconfigdata_x.py", text, { multiarch: "" }),
      /lib\/x86_64-linux-gnu'/,
    );
  });

  test("points to ensurepip's wheels in the tree", () => {
    const data = relocated(
      "lib/python3.12/_sysconfigdata_x.py",
      "{'WHEEL_PKG_DIR': '/usr/share/python-wheels'}\n",
    );
    assert.match(data, /'WHEEL_PKG_DIR': '@prefix@\/lib\/python3.12\/ensurepip\/_bundled'/);
  });

  test("may start any Python if other programs import or start it", () => {
    const script = relocated(
      "lib/python3.12/config-3.12/python-config.py",
      "#!/opt/py/bin/python3.12\nimport x\n",
    );
    assert.equal(script, "#!/usr/bin/env python3\nimport x\n");
  });

  test("of tkinter finds the scripts of Tcl, also in Python 2", () => {
    for (const path of ["lib/python3.12/tkinter/__init__.py", "lib/python3.12/lib-tk/Tkinter.py"]) {
      const text = relocated(path, "# x\n", { tcl: "/usr/share/tcl8.6" });
      assert.match(
        text,
        /^# x\n\n# Relocated[^]*range\(6, -1, -1\)[^]*"tcl8\.6"[^]*"tk8\.6"[^]*"TCL8_6_TM_PATH"/,
      );
      assert.equal(relocated(path, "# x\n"), "# x\n");
    }
    assert.equal(relocated("lib/python3.12/tkinter/font.py", "# x\n", { tcl: "/usr/share/tcl8.6" }), "# x\n");
  });
});

describe("Debian's layout", () => {
  const debian =
    "    'deb_system': {}\n        prefix_scheme = 'posix_local'\n        return 'posix_local'\n";

  test("is replaced by the usual one in sysconfig, whether that is a module or a package", () => {
    const usual = debian.replaceAll("posix_local", "posix_prefix");
    for (const path of ["sysconfig.py", "sysconfig/__init__.py"]) {
      assert.equal(relocated(`lib/python3.12/${path}`, debian), usual);
    }
    assert.equal(relocated("lib/python3.12/json/sysconfig.py", debian), debian);
    const other = "x = 'posix_local'\n";
    assert.equal(relocated("lib/python3.12/sysconfig.py", other), other);
    assert.equal(Buffer.from(withUsualLayout(Buffer.from(debian))).toString(), usual);
  });

  test("names the packages folder without the `t` of a free-threaded build", () => {
    assert.equal(packagesFolder("python3.13t", true), "python3.13");
    assert.equal(packagesFolder("python3.13t", false), "python3.13t");
    assert.equal(packagesFolder("python3.13", true), "python3.13");
  });
});

describe("a packed interpreter", () => {
  const markers = { python_full_version: "3.12.9", implementation_name: "cpython" };
  const selection = {
    stdlib: "lib/python3.12",
    include: "include/py",
    python: "python3.12",
    packages: "python3.12",
  };
  const described = (change: object = {}, files: object = {}, tag = "manylinux_2_17_x86_64") =>
    describePacked(
      {
        implementation: "cpython",
        freeThreaded: false,
        markers,
        soabi: "cpython-312-x86_64-linux-gnu",
        wideUnicode: true,
        ...change,
      } as unknown as PrefixAnswer,
      { ...selection, ...files } as Selection,
      tag,
    );

  test("has the paths of the selected files", () => {
    const { purelib, platlib, include, platinclude, stdlib, scripts, data } = described().paths;
    assert.deepEqual(
      [purelib, platlib, include, platinclude, stdlib, scripts, data],
      [
        "lib/python3.12/site-packages",
        "lib/python3.12/site-packages",
        "include/py",
        "include/py",
        "lib/python3.12",
        "bin",
        ".",
      ],
    );
    const fedora = described({}, { stdlib: "lib64/python3.12", include: "" }).paths;
    assert.deepEqual(
      [fedora.purelib, fedora.platlib, fedora.include, fedora.platinclude],
      [
        "lib/python3.12/site-packages",
        "lib64/python3.12/site-packages",
        "include/python3.12",
        "include/python3.12",
      ],
    );
  });

  test("has the ABI tag of its build", () => {
    assert.deepEqual(described().wheelTags.slice(0, 2), ["cp312-cp312-PLATFORM", "cp312-abi3-PLATFORM"]);
    const old = (version: string, soabi: string, wideUnicode: boolean) =>
      described({ markers: { python_full_version: version }, soabi, wideUnicode }).wheelTags;
    assert.equal(old("2.7.18", "", true)[0], "cp27-cp27mu-PLATFORM");
    assert.equal(old("2.7.18", "", false)[0], "cp27-cp27m-PLATFORM");
    assert.deepEqual(old("3.12.1", "cpython-312d-x", true).slice(0, 2), [
      "cp312-cp312d-PLATFORM",
      "cp312-cp312-PLATFORM",
    ]);
    assert.equal(old("3.6.1", "cpython-36m-x", true)[0], "cp36-cp36m-PLATFORM");
    assert.ok(!old("2.7.18", "", true).includes("cp27-cp27-PLATFORM"));
  });

  test("of another implementation has its own tags", () => {
    const { wheelTags } = described({ implementation: "pypy", soabi: "pypy312-pp73" });
    assert.equal(wheelTags[0], "pp312-pypy312_pp73-PLATFORM");
  });

  test("must be for a platform that Posy supports", () => {
    assert.throws(() => described({}, {}, "manylinux_2_17_riscv64"), { code: "unknown-platform" });
  });
});

test("replaces OpenSSL's folders of certificates, engines and modules in a library", () => {
  const bytes = Buffer.from(
    'OPENSSLDIR: "/b/ssl/openssl"\0ENGINESDIR: "/b/lib/engines-3-long"\0MODULESDIR: "/b/lib/modules-long"\0/b/ssl/openssl/private\0',
  );
  assert.equal(useSystemCertificates(bytes), true);
  const text = bytes.toString("latin1");
  assert.match(text, /^OPENSSLDIR: "\/etc\/ssl" *\0/);
  assert.match(text, /ENGINESDIR: "\/etc\/ssl\/none" *\0/);
  assert.match(text, /MODULESDIR: "\/etc\/ssl\/none" *\0/);
  assert.match(text, /\0\/etc\/ssl\/private\0/);
  const short = Buffer.from('x OPENSSLDIR: "/b"\0/b\0');
  assert.equal(useSystemCertificates(short), false);
  assert.equal(useSystemCertificates(Buffer.from("nothing")), false);
});
