import { didYouMean } from "../../text/index.ts";

/** Import names and old names → the name of the package on the index. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ["attr", "attrs"],
  ["bs4", "beautifulsoup4"],
  ["crypto", "pycryptodome"],
  ["cv2", "opencv-python"],
  ["dateutil", "python-dateutil"],
  ["discord", "discord-py"],
  ["docx", "python-docx"],
  ["dotenv", "python-dotenv"],
  ["fitz", "pymupdf"],
  ["git", "gitpython"],
  ["github", "pygithub"],
  ["google-protobuf", "protobuf"],
  ["jose", "python-jose"],
  ["jwt", "pyjwt"],
  ["magic", "python-magic"],
  ["mpl-toolkits", "matplotlib"],
  ["mysqldb", "mysqlclient"],
  ["openssl", "pyopenssl"],
  ["pil", "pillow"],
  ["pptx", "python-pptx"],
  ["psycopg2-bin", "psycopg2-binary"],
  ["pyside", "pyside6"],
  ["pytorch", "torch"],
  ["serial", "pyserial"],
  ["skimage", "scikit-image"],
  ["sklearn", "scikit-learn"],
  ["socks", "pysocks"],
  ["telegram", "python-telegram-bot"],
  ["usb", "pyusb"],
  ["win32api", "pywin32"],
  ["yaml", "pyyaml"],
  ["zmq", "pyzmq"],
]);

/** Names of much-used packages, which `similarNames` suggests for a mistyped name. */
const wellKnownNames: readonly string[] = (
  "aiohttp alembic altair ansible anyio apache-airflow apscheduler arrow asyncpg attrs awscli babel bandit beautifulsoup4 " +
  "black bokeh boto3 botocore build cachetools celery certifi cffi chardet charset-normalizer click cloudpickle colorama " +
  "coverage cryptography cython dash dask datasets django django-rest-framework djangorestframework docker duckdb elasticsearch " +
  "faker fastapi filelock flake8 flask fsspec gensim gevent gitpython google-cloud-storage gradio greenlet grpcio gunicorn h5py " +
  "httptools httpx huggingface-hub hypothesis idna imageio invoke ipykernel ipython ipywidgets isort jax jinja2 joblib jsonschema " +
  "jupyter jupyterlab kafka-python keras kombu kubernetes langchain lightgbm llvmlite lxml mako marimo markdown markupsafe matplotlib " +
  "mkdocs mkdocs-material mlflow more-itertools msgpack multidict mypy mysqlclient nbconvert networkx nltk nose notebook nox numba " +
  "numexpr numpy oauthlib openai opencv-python openpyxl orjson packaging pandas paramiko parso pathspec peewee pendulum pexpect pillow " +
  "pip pip-tools pipenv pipx platformdirs playwright plotly pluggy poetry polars pre-commit prometheus-client prompt-toolkit protobuf " +
  "psutil psycopg psycopg2 psycopg2-binary pyarrow pyasn1 pycparser pycryptodome pydantic pydantic-settings pygame pygments pyinstaller " +
  "pyjwt pylint pymongo pymysql pyopenssl pyparsing pyqt5 pyqt6 pyright pyserial pyside6 pytest pytest-asyncio pytest-cov pytest-django " +
  "pytest-mock pytest-xdist python-dateutil python-dotenv python-multipart pytorch-lightning pytz pywin32 pyyaml pyzmq ray redis regex " +
  "requests requests-oauthlib responses rich ruff s3fs scapy scikit-image scikit-learn scipy scrapy seaborn selenium sentence-transformers " +
  "sentry-sdk setuptools shapely simplejson six sniffio sortedcontainers soupsieve spacy sphinx sqlalchemy sqlmodel starlette statsmodels " +
  "streamlit structlog sympy tabulate tenacity tensorboard tensorflow textual toml tomli toolz torch torchaudio torchvision tornado tox " +
  "tqdm transformers trio twine twisted typer typing-extensions tzdata ujson urllib3 uvicorn uvloop virtualenv wagtail waitress watchdog watchfiles " +
  "websocket-client websockets werkzeug wheel wrapt xarray xgboost xlsxwriter yarl zipp zstandard"
).split(" ");

/** Returns whether a normalised name is the name of a much-used package. */
export function isWellKnownName(name: string): boolean {
  return wellKnownNames.includes(name) || [...otherNames.values()].includes(name);
}

/** Returns the package behind an import name (`yaml` → `pyyaml`), if it is a well-known one. */
export function packageOfModule(name: string): string | undefined {
  return otherNames.get(name);
}

/**
 * Returns the package names that were probably meant: the package behind an import name (`yaml` → `pyyaml`),
 * otherwise up to three well-known names that differ by a typing mistake or two.
 */
export function similarNames(name: string): readonly string[] {
  const other = otherNames.get(name);
  if (other !== undefined) return [other];
  return didYouMean(
    name,
    wellKnownNames.filter((candidate) => candidate !== name),
  );
}
