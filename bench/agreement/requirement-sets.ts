import type { Brief, PrereleaseMode } from "../../src/model/brief.ts";
import type { PlatformName } from "../../src/vocab/tags/platform-name.ts";

/** Requirements that both tools resolve, once for every Python and platform. */
export interface RequirementSet {
  readonly name: string;
  readonly requirements: readonly string[];
  readonly constraints?: readonly string[];
  readonly pythons?: readonly string[];
  readonly platforms?: readonly PlatformName[];
  readonly prefer?: Brief["prefer"];
  readonly prerelease?: PrereleaseMode;
  /** Whether source distributions are candidates, too. The default is wheels only. */
  readonly builds?: true;
}

const everyPython = ["3.10.8", "3.11.3", "3.12.1", "3.13.5", "3.14.3"];
const everyPlatform = [
  "linux-x86_64",
  "linux-aarch64",
  "linux-x86_64-musl",
  "macos-arm64",
  "macos-x86_64",
  "windows-x86_64",
] as const satisfies readonly PlatformName[];
export const threePlatforms = ["linux-x86_64", "macos-arm64", "windows-x86_64"] as const;

/** Returns the requirements in a text, in which spaces separate them. */
export function split(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(" "));
}

export const requirementSets: readonly RequirementSet[] = [
  { name: "jupyter", requirements: ["jupyter"], platforms: everyPlatform },
  { name: "jupyterlab", requirements: ["jupyterlab"], pythons: everyPython },
  {
    name: "trio numpy black",
    requirements: ["trio", "numpy", "black"],
    pythons: everyPython,
    platforms: threePlatforms,
  },
  { name: "apache-airflow", requirements: ["apache-airflow"], pythons: ["3.12.1", "3.13.5"] },
  { name: "apache-airflow<3", requirements: ["apache-airflow<3"], pythons: ["3.12.1"] },
  { name: "boto3 with urllib3<2", requirements: ["boto3", "urllib3<2"], pythons: ["3.10.8", "3.13.5"] },
  { name: "awscli and boto3", requirements: ["awscli", "boto3"] },
  { name: "django celery", requirements: ["django", "celery[redis]"], pythons: everyPython },
  {
    name: "fastapi[standard]",
    requirements: ["fastapi[standard]"],
    pythons: ["3.10.8", "3.14.3"],
    platforms: threePlatforms,
  },
  {
    name: "science",
    requirements: ["pandas", "matplotlib", "scipy"],
    pythons: everyPython,
    platforms: threePlatforms,
  },
  { name: "old science", requirements: ["pandas<2", "numpy", "scikit-learn"], pythons: ["3.10.8", "3.11.3"] },
  { name: "langchain", requirements: ["langchain", "langchain-openai", "langchain-community"] },
  { name: "poetry", requirements: ["poetry"], pythons: ["3.10.8", "3.13.5"], platforms: threePlatforms },
  {
    name: "a web application of twenty",
    requirements: split(
      "aiohttp>=3.9 aiodns sqlalchemy>=2 pyyaml voluptuous jinja2 cryptography pyjwt orjson httpx[http2]",
      "zeroconf requests pillow attrs awesomeversion python-slugify bcrypt ifaddr ulid-transform yarl",
    ),
    pythons: ["3.13.5", "3.14.3"],
    platforms: threePlatforms,
  },
  { name: "google", requirements: ["google-cloud-storage", "google-cloud-bigquery", "grpcio-status"] },
  { name: "azure", requirements: ["azure-identity", "azure-storage-blob", "azure-cli-core"] },
  { name: "streamlit", requirements: ["streamlit", "protobuf<6"] },
  {
    name: "notebook tools",
    requirements: ["notebook", "ipywidgets", "nbconvert[webpdf]"],
    platforms: threePlatforms,
  },
  {
    name: "a linter's choice",
    requirements: ["ruff", "mypy", "pylint", "flake8", "isort"],
    pythons: ["3.10.8", "3.14.3"],
  },
  { name: "documentation", requirements: ["mkdocs-material[imaging]", "mkdocstrings[python]"] },
  { name: "sphinx", requirements: ["sphinx", "sphinx-rtd-theme"], pythons: ["3.10.8", "3.13.5"] },
  {
    name: "testing",
    requirements: ["pytest", "pytest-xdist", "hypothesis[cli]", "tox", "coverage[toml]"],
    pythons: ["3.10.8"],
  },
  { name: "ansible", requirements: ["ansible"] },
  { name: "scrapy", requirements: ["scrapy", "lxml"], platforms: threePlatforms },
  { name: "transformers", requirements: ["transformers", "tokenizers", "datasets"] },
  {
    name: "opentelemetry",
    requirements: ["opentelemetry-distro[otlp]", "opentelemetry-instrumentation-fastapi"],
  },
  {
    name: "lowest",
    requirements: ["flask>=2", "requests>=2.28", "pandas>=2"],
    prefer: "lowest",
    pythons: ["3.11.3"],
  },
  {
    name: "lowest with bounds",
    requirements: ["httpx>=0.20", "starlette>=0.30", "anyio>=3"],
    prefer: "lowest",
  },
  {
    name: "lowest-direct",
    requirements: ["django>=4", "celery>=5.2", "boto3>=1.26", "sqlalchemy>=2"],
    prefer: "lowest-direct",
    pythons: ["3.11.3", "3.13.5"],
  },
  { name: "pre-releases allowed", requirements: ["pydantic", "black", "django"], prerelease: "allow" },
  { name: "a pre-release named", requirements: ["django>=5.0rc1", "numpy>=2.0.0rc1"] },
  { name: "a pre-release pinned", requirements: ["flask==2.0.0rc1"], pythons: ["3.11.3"] },
  {
    name: "nothing but pre-releases",
    requirements: ["opentelemetry-instrumentation-requests", "opentelemetry-exporter-prometheus"],
  },
  {
    name: "constraints",
    requirements: ["jupyterlab", "requests"],
    constraints: ["tornado<6.5", "certifi<2025", "urllib3<2.3"],
  },
  { name: "exclusions", requirements: ["requests!=2.32.*", "urllib3!=2.5.0,!=2.4.0", "idna~=3.6"] },
  { name: "impossible", requirements: ["django>=5", "asgiref<3"] },
  { name: "impossible, deeper", requirements: ["jupyterlab>=4", "tornado<5"] },
  { name: "no wheel", requirements: ["numpy<1.20"], pythons: ["3.13.5"] },
  { name: "yanked", requirements: ["markdown-it-py[linkify]", "pyopenssl", "mistune<3"] },
  { name: "dbt", requirements: ["dbt-core", "dbt-postgres"], pythons: ["3.12.1"] },
  {
    name: "pywin32 and friends",
    requirements: ["ipykernel", "docker", "portalocker", "colorlog", "tqdm"],
    platforms: everyPlatform,
  },
];
