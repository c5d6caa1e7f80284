import { type RequirementSet, split } from "./requirement-sets.ts";

/**
 * The workloads that uv publishes (`test/requirements` in its repository), each with its Python. Requirements with a
 * URL are left out, and so is Home Assistant's list of three thousand pins.
 */
export const uvWorkloads: readonly RequirementSet[] = (
  [
    {
      name: "airflow.in",
      requirements: ["apache-airflow[all]", "apache-airflow-providers-apache-beam>3.0.0"],
      pythons: ["3.12.1"],
    },
    {
      name: "airflow2-req.in",
      requirements: split(
        "apache-airflow[amazon,async,google,google_auth,grpc,hashicorp,http,ldap,mysql,odbc,pandas,postgres,redis,sftp,slack,ssh,statsd,virtualenv]==2.3.4",
        "alembic>=1.8.1 ipython>=8.4.0",
      ),
      pythons: ["3.10.8", "3.12.1"],
    },
    {
      name: "all-kinds.in",
      requirements: ["pandas", "flask==3.0.0", "django_allauth==0.51.0", "werkzeug==3.0.1"],
      pythons: ["3.12.1"],
    },
    {
      name: "apache-beam-dill.in",
      requirements: ["dill<0.3.9,>=0.2.2", "apache-beam<=2.49.0"],
      pythons: ["3.10.8"],
    },
    { name: "numpy-numba.in", requirements: ["numpy>=2.1,<2.2", "numba<=0.60,>0.1"], pythons: ["3.12.1"] },
    { name: "numpy-sparse.in", requirements: ["numpy>=1.24,<2.1.2", "sparse<0.15.4"], pythons: ["3.12.1"] },
    {
      name: "sentry.in",
      requirements: ["python-rapidjson<=1.20,>=1.4", "sentry-kafka-schemas<=0.1.113,>=0.1.50"],
      pythons: ["3.12.1"],
    },
    {
      name: "starlette-fastapi.in",
      requirements: ["starlette<=0.36.0", "fastapi<=0.115.2"],
      pythons: ["3.12.1"],
    },
    { name: "bio_embeddings.in", requirements: ["bio_embeddings[all]"], pythons: ["3.12.1"] },
    { name: "boto3.in", requirements: ["urllib3<1.25.4", "boto3"], pythons: ["3.10.8", "3.12.1"] },
    { name: "dtlssocket.in", requirements: ["DTLSSocket==0.1.16"], pythons: ["3.10.8"] },
    {
      name: "flyte.in",
      requirements: split(
        "coverage[toml] hypothesis joblib mock pytest pytest-asyncio pytest-cov mypy",
        "pre-commit codespell google-cloud-bigquery google-cloud-bigquery-storage IPython",
        "keyrings.alt pillow scikit-learn types-protobuf types-croniter types-mock",
        "autoflake types-requests prometheus-client",
        "tensorflow==2.8.1;python_version<'3.11' tensorflow==2.13.0;python_version>='3.11'",
        "torch<=1.12.1;python_version<'3.11' torch<=2.0.0;python_version>='3.11'",
      ),
      pythons: ["3.10.8", "3.11.3"],
    },
    { name: "meine_stadt_transparent.in", requirements: ["meine_stadt_transparent"], pythons: ["3.12.1"] },
    {
      name: "pdm_2193.in",
      requirements: ["pandas", "pystac", "pystac-client", "sat-stac>=0.4"],
      pythons: ["3.12.1"],
    },
    {
      name: "pydantic.in",
      requirements: split(
        "annotated-types>=0.4.0 ansi2html autoflake cloudpickle coverage[toml] devtools",
        "dirty-equals email-validator>=2.0.0 faker>=18.13.0 greenlet>=3.0.0rc3 mkdocs",
        "mkdocs-embed-external-markdown>=2.3.0 mkdocs-exclude mkdocs-material mkdocs-redirects",
        "mkdocs-simple-hooks mkdocstrings-python mypy~=1.1.1 pydantic-core==2.10.1",
        "pydantic-settings>=2.0b1 pytest pytest-benchmark>=4.0.0 pytest-examples>=0.0.10",
        "pytest-memray==1.5.0 pytest-mock pytest-pretty pyupgrade ruff==0.1.3",
        "sqlalchemy>=2.0,<3.0 tomli typing-extensions>=4.6.1",
      ),
      pythons: ["3.12.1"],
    },
    {
      name: "scispacy.in",
      requirements: split(
        "numpy scipy<1.11 spacy>=3.6.0,<3.7.0 spacy-lookups-data pandas conllu joblib",
        "requests>=2.0.0,<3.0.0 scikit-learn>=0.20.3 pytest pytest-cov flake8 black",
        "mypy types-requests types-setuptools types-tabulate twine pysbd",
      ),
      pythons: ["3.11.3", "3.12.1"],
    },
    {
      name: "slow.in",
      requirements: split(
        "bert_score blobfile nltk numpy<1.24.0 packaging psutil PyYAML setuptools",
        "spacy torch torchmetrics tqdm transformers wandb datasets",
      ),
      pythons: ["3.10.8", "3.11.3"],
    },
    {
      name: "transformers-extras.in",
      requirements: split(
        "filelock huggingface-hub>=0.19.3,<1.0 numpy>=1.17 packaging>=20.0 pyyaml>=5.1",
        "regex!=2019.12.17 requests tokenizers>=0.14,<0.19 safetensors>=0.4.1 tqdm>=4.27",
        "fugashi>=1.0 ipadic>=1.0.0,<2.0 unidic_lite>=1.0.7 unidic>=1.0.2 sudachipy>=0.6.6",
        "sudachidict_core>=20220729 rhoknp>=1.1.0,<1.3.1 scikit-learn tensorflow>=2.6,<2.16",
        "onnxconverter-common tf2onnx tensorflow-text<2.16 keras-nlp>=0.3.1 torch",
        "tensorflow-cpu>=2.6,<2.16 accelerate>=0.21.0 faiss-cpu datasets!=2.5.0 ftfy",
        "jax>=0.4.1,<=0.4.13 jaxlib>=0.4.1,<=0.4.13 flax>=0.4.1,<=0.7.0 optax>=0.0.8,<=0.1.4",
        "onnxruntime>=1.4.0 onnxruntime-tools>=1.4.2 cookiecutter==1.7.3 sagemaker==2.226.1",
        "deepspeed>=0.9.3 optuna ray[tune]>=2.7.0 sigopt pydantic uvicorn fastapi",
        "starlette librosa pyctcdecode>=0.4.0 phonemizer kenlm torchaudio torchvision",
        "Pillow>=10.0.1,<=15.0 timm codecarbon==1.2.0 decord==0.6.0 av==9.2.0 protobuf",
        "sentencepiece>=0.1.91,!=0.1.92 pytest>=7.2.0,<8.0.0 pytest-xdist pytest-timeout",
        "timeout-decorator parameterized psutil dill<0.3.5 evaluate>=0.2.0 ruff==0.1.5",
        "sacrebleu>=1.4.12,<2.0.0 rouge-score!=0.0.7,!=0.0.8,!=0.1,!=0.1.1 nltk sacremoses",
        "GitPython<3.1.19 hf-doc-builder>=0.3.0 rjieba beautifulsoup4 tensorboard",
        "isort>=5.5.4 urllib3<2.0.0 importlib_metadata diffusers opencv-python",
      ),
      pythons: ["3.10.8"],
    },
    {
      name: "trio.in",
      requirements: split(
        "sphinx>=4.0,<6.2 jinja2 sphinx_rtd_theme sphinxcontrib-jquery towncrier",
        "sphinxcontrib-trio cffi;os_name=='nt' attrs>=19.2.0 sortedcontainers idna",
        "outcome sniffio exceptiongroup>=1.0.0rc9 immutables>=0.6 pyOpenSSL",
      ),
      pythons: ["3.12.1"],
    },
  ] as const satisfies readonly RequirementSet[]
).map((workload) => ({ ...workload, name: `uv's ${workload.name}`, builds: true }));
