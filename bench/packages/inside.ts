import { type PackageCase, python, running } from "./case.ts";

/** What programs do in an Env: start other programs, inspect themselves, write bytecode, use a given Python. */
export const insideEnv: readonly PackageCase[] = [
  python(
    "multiprocessing: spawn",
    ["idna"],
    `
import pathlib, subprocess, sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    script = pathlib.Path(folder, "spawned.py")
    script.write_text("""
import multiprocessing
def work(n):
    import idna
    return idna.encode("a" * n).decode()
if __name__ == "__main__":
    for method in ("spawn", "forkserver"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            assert pool.map(work, [1, 2]) == ["a", "aa"]
    print("fine")
""")
    subprocess.run([sys.executable, str(script)], check=True)`,
  ),
  python(
    "sys.executable, emptied environment",
    ["idna"],
    `
import subprocess, sys
for flags in ([], ["-I"], ["-E"], ["-s"], ["-P"] if sys.version_info >= (3, 11) else []):
    code = "import idna, sys; print(sys.prefix, sys.executable)"
    said = subprocess.run([sys.executable, *flags, "-c", code], env={}, check=True, capture_output=True, text=True).stdout
    assert said.strip() == f"{sys.prefix} {sys.executable}", said
print("fine")`,
  ),
  python(
    "python -m venv",
    ["idna"],
    `
import pathlib, subprocess, sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    for extra in (["--without-pip"], ["--without-pip", "--system-site-packages"]):
        where = str(pathlib.Path(folder, "v" + str(len(extra)) + extra[-1]).resolve())
        subprocess.run([sys.executable, "-m", "venv", *extra, where], check=True)
        code = "import sys, ssl, json, encodings; print(sys.prefix)"
        said = subprocess.run([where + "/bin/python", "-c", code], env={}, check=True, capture_output=True, text=True).stdout
        assert said.strip() == where, said
print("fine")`,
  ),
  python(
    "python -m venv --copies",
    [],
    `
import pathlib, subprocess, sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    where = str(pathlib.Path(folder, "v").resolve())
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--copies", where], check=True)
    said = subprocess.run([where + "/bin/python", "-c", "import sys; print(sys.prefix)"], check=True, capture_output=True, text=True).stdout
    assert said.strip() == where, said
print("fine")`,
    {
      known:
        "the interpreters of the catalogue keep libpython in lib/ beside bin/, and venv copies the program alone",
    },
  ),
  python(
    "python -m venv with pip",
    [],
    `
import pathlib, subprocess, sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    where = str(pathlib.Path(folder, "v").resolve())
    subprocess.run([sys.executable, "-m", "venv", where], check=True)
    said = subprocess.run([where + "/bin/pip", "--version"], check=True, capture_output=True, text=True).stdout
    assert where in said, said
print("fine")`,
  ),
  running("ensurepip", ["python", "-m", "ensurepip", "--help"], /usage/i, { with: [] }),
  running("site", ["python", "-m", "site"], /ENABLE_USER_SITE: False/, { with: ["idna"] }),
  python(
    "importlib.resources",
    ["certifi", "jsonschema-specifications"],
    `
import importlib.resources as resources
assert "BEGIN CERTIFICATE" in resources.files("certifi").joinpath("cacert.pem").read_text()
with resources.as_file(resources.files("certifi") / "cacert.pem") as path: assert path.is_file()
assert any(resources.files("jsonschema_specifications").joinpath("schemas").iterdir())
import pkgutil
assert pkgutil.get_data("certifi", "cacert.pem") and any(m.name == "certifi" for m in pkgutil.iter_modules())
print("fine")`,
  ),
  python(
    "pytest: assertions and bytecode",
    ["pytest", "pytest-xdist", "pytest-asyncio"],
    `
import pathlib, subprocess, sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "test_it.py").write_text("def test_it():\\n    left = [1, 2]\\n    assert left == [1, 3]\\n")
    said = subprocess.run(["pytest", "-n", "2"], cwd=folder, capture_output=True, text=True)
    assert said.returncode == 1 and "At index 1 diff: 2 != 3" in said.stdout, (said.stdout, said.stderr)
    assert list(pathlib.Path(folder, "__pycache__").glob("*pytest*.pyc"))
print("fine")`,
  ),
  python(
    "coverage",
    ["coverage", "idna"],
    `
import pathlib, subprocess, sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "it.py").write_text("import idna\\nprint(idna.encode('a'))\\nif False:\\n    print(1)\\n")
    subprocess.run(["coverage", "run", "--source=.", "it.py"], cwd=folder, check=True)
    said = subprocess.run(["coverage", "report"], cwd=folder, check=True, capture_output=True, text=True).stdout
    assert "it.py" in said and "idna" not in said, said
print("fine")`,
  ),
  python(
    "coverage without a source",
    ["coverage", "idna"],
    `
import pathlib, subprocess, sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "it.py").write_text("import idna\\nprint(idna.encode('a'))\\n")
    subprocess.run(["coverage", "run", "it.py"], cwd=folder, check=True)
    said = subprocess.run(["coverage", "report"], cwd=folder, check=True, capture_output=True, text=True).stdout
    assert "it.py" in said and "idna" not in said, said
print("fine")`,
    {
      known:
        "coverage goes by real paths: packages lie in the store, which no scheme of sysconfig names as third-party; `--source` helps",
    },
  ),
  python(
    "pdb",
    ["idna"],
    `
import pathlib, subprocess, sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    script = pathlib.Path(folder, "it.py"); script.write_text("import idna\\nx = 41\\nprint(x)\\n")
    said = subprocess.run([sys.executable, "-m", "pdb", str(script)], input="n\\nn\\np x + 1\\nq\\n", capture_output=True, text=True)
    assert "42" in said.stdout, (said.stdout, said.stderr)
print("fine")`,
  ),
  python(
    "sysconfig",
    ["idna"],
    `
import os, pathlib, sys, sysconfig
paths = sysconfig.get_paths()
for name in ("purelib", "platlib", "scripts", "data"):
    assert pathlib.Path(paths[name]).is_relative_to(sys.prefix), (name, paths[name])
    assert os.path.isdir(paths[name]), (name, paths[name])
for name in ("stdlib", "include"):
    assert os.path.isdir(paths[name]), (name, paths[name])
assert os.path.exists(pathlib.Path(paths["include"], "Python.h"))
import idna
assert pathlib.Path(idna.__file__).is_relative_to(paths["purelib"])
print("fine")`,
  ),
  python(
    "importlib.metadata",
    ["black", "httpx[http2]"],
    `
import importlib.metadata as metadata, pathlib
names = set()
for each in metadata.distributions():
    assert each.metadata["Name"].lower() not in names; names.add(each.metadata["Name"].lower())
    assert each.read_text("INSTALLER").strip(), each
    for file in each.files: assert pathlib.Path(file.locate()).exists(), file
assert {"black", "httpx", "h2", "click"} <= names, names
assert any(e.name == "black" for e in metadata.entry_points(group="console_scripts"))
# Before 3.11 it knows only what a top_level.txt says, which few packages still have.
import sys; assert sys.version_info < (3, 11) or "click" in metadata.packages_distributions()
print("fine")`,
  ),
  python(
    "sys.path and site",
    ["pytest-cov", "coverage"],
    `
import site, sys, pathlib
assert sys.prefix != sys.base_prefix and not site.ENABLE_USER_SITE
assert sum(p.endswith("site-packages") for p in sys.path) == 1, sys.path
assert all(pathlib.Path(p).exists() or p.endswith(".zip") or p == "" for p in sys.path), sys.path
print("fine")`,
  ),
  running(
    "mypy pointed at an Env",
    [
      "bash",
      "-c",
      `printf 'import pydantic\\nreveal_type(pydantic.BaseModel().model_dump())\\n' > mypy_it.py; mypy --show-traceback --python-executable "$0" mypy_it.py`,
      "{elsewhere}",
    ],
    /Revealed type is .*dict/i,
    { with: ["mypy"], elsewhere: ["pydantic"] },
  ),
  running(
    "pyright pointed at an Env",
    [
      "bash",
      "-c",
      `printf 'import pydantic, numpy\\nreveal_type(numpy.zeros(2))\\n' > pyright_it.py; basedpyright --level error --pythonpath "$0" pyright_it.py`,
      "{elsewhere}",
    ],
    /0 errors/,
    { with: ["basedpyright"], elsewhere: ["pydantic", "numpy"] },
  ),
  python(
    "building with setuptools and cython",
    ["setuptools", "cython", "wheel"],
    `
import pathlib, shutil, subprocess, sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "quick.pyx").write_text("def twice(int n): return 2 * n\\n")
    pathlib.Path(folder, "setup.py").write_text("from setuptools import setup\\nfrom Cython.Build import cythonize\\nsetup(name='quick', ext_modules=cythonize('quick.pyx'))\\n")
    done = subprocess.run([sys.executable, "setup.py", "-q", "build_ext", "--inplace"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    subprocess.run([sys.executable, "-c", "import quick; assert quick.twice(21) == 42"], cwd=folder, check=True)
print("fine")`,
  ),
  python(
    "ctypes and cffi",
    ["cffi", "greenlet"],
    `
import cffi, ctypes, greenlet
ffi = cffi.FFI(); ffi.cdef("int abs(int);"); assert ffi.dlopen(None).abs(-3) == 3
assert ctypes.CDLL(None).abs(-3) == 3
print("fine")`,
  ),
];
