import { type RequirementSet, split, threePlatforms } from "./requirement-sets.ts";

/** Applications of many kinds. Packages without a wheel are built. */
export const applications: readonly RequirementSet[] = [
  ...webApplications(),
  ...dataAndScience(),
  ...machineLearning(),
  ...commandLineTools(),
  ...clouds(),
  ...notebooksAndGuis(),
  ...oldStacks(),
].map((set): RequirementSet => ({ pythons: ["3.12.1"], ...set, builds: true }));

function webApplications(): RequirementSet[] {
  return [
    {
      name: "a Flask site",
      requirements: split(
        "flask flask-sqlalchemy flask-migrate flask-login flask-wtf flask-admin",
        "gunicorn[gevent] psycopg2-binary marshmallow",
      ),
    },
    {
      name: "a Wagtail site",
      requirements: ["wagtail", "wagtail-localize", "django-storages[s3]", "django<6"],
    },
    {
      name: "a Django service",
      requirements: split(
        "django-allauth[socialaccount] djangorestframework drf-spectacular django-filter",
        "channels[daphne] channels-redis django-debug-toolbar celery[redis] django-celery-beat",
      ),
    },
    {
      name: "Litestar and Strawberry",
      requirements: ["litestar[standard,sqlalchemy]", "strawberry-graphql[asgi]", "asyncpg", "granian"],
    },
    {
      name: "Odoo's kind",
      requirements: ["pyramid", "zope.sqlalchemy", "werkzeug<3", "lxml", "babel<2.15", "zeep"],
    },
    { name: "Apache Superset", requirements: ["apache-superset"], pythons: ["3.11.3"] },
    {
      name: "Sentry's client and Locust",
      requirements: ["sentry-sdk[flask,celery]", "locust", "playwright"],
    },
  ];
}

function dataAndScience(): RequirementSet[] {
  return [
    { name: "Dagster", requirements: ["dagster", "dagster-webserver", "dagster-dbt", "dbt-duckdb"] },
    { name: "Prefect", requirements: ["prefect", "prefect-aws", "prefect-docker"] },
    {
      name: "Kedro",
      requirements: ["kedro", "kedro-datasets[pandas-csvdataset]", "kedro-viz"],
      pythons: ["3.11.3"],
    },
    {
      name: "Great Expectations",
      requirements: ["great-expectations", "sqlalchemy<2.1", "pandas<2.2"],
      pythons: ["3.12.1", "3.14.3"],
    },
    { name: "Dask", requirements: ["dask[complete]", "distributed", "xarray[io]", "zarr", "numcodecs"] },
    {
      name: "maps",
      requirements: ["geopandas[all]", "rasterio", "cartopy", "folium", "osmnx", "contextily"],
    },
    { name: "Bayesian statistics", requirements: ["pymc", "arviz", "bambi", "nutpie"] },
    { name: "dashboards", requirements: ["panel", "hvplot", "datashader", "dash[testing]", "plotly<6"] },
    { name: "Spark", requirements: ["pyspark[sql,ml,connect]<4", "delta-spark", "pyarrow", "pandas<3"] },
  ];
}

function machineLearning(): RequirementSet[] {
  return [
    { name: "TensorFlow", requirements: ["tensorflow", "tensorflow-hub", "tensorboard", "keras-tuner"] },
    {
      name: "JAX",
      requirements: ["jax[cpu]", "flax", "optax", "orbax-checkpoint", "chex"],
      pythons: ["3.13.5"],
      platforms: threePlatforms,
    },
    {
      name: "Lightning",
      requirements: ["lightning[extra]", "torchmetrics[image]", "hydra-core", "wandb"],
      platforms: threePlatforms,
    },
    { name: "vLLM", requirements: ["vllm"] },
    {
      name: "MLflow with spaCy",
      requirements: ["mlflow", "spacy", "scikit-learn", "xgboost", "lightgbm", "shap"],
      platforms: threePlatforms,
    },
    { name: "agents", requirements: ["crewai[tools]", "litellm[proxy]", "openai", "anthropic"] },
    {
      name: "LlamaIndex",
      requirements: ["llama-index", "llama-index-vector-stores-chroma", "chromadb", "sentence-transformers"],
    },
    {
      name: "vision",
      requirements: ["ultralytics", "opencv-python-headless", "gradio", "onnxruntime", "albumentations"],
    },
  ];
}

function commandLineTools(): RequirementSet[] {
  return [
    { name: "Snakemake", requirements: ["snakemake", "snakemake-executor-plugin-slurm"] },
    {
      name: "Conan and Meson",
      requirements: ["conan", "meson", "ninja", "gcovr", "pre-commit", "cmakelang[YAML]"],
    },
    { name: "Certbot", requirements: ["certbot", "certbot-nginx", "certbot-dns-route53"] },
    {
      name: "databases at the prompt",
      requirements: ["pgcli", "mycli", "litecli", "sqlfluff", "httpie"],
      platforms: threePlatforms,
    },
    { name: "embedded tools", requirements: ["platformio", "esptool", "esphome"] },
    { name: "packagers", requirements: ["hatch", "pdm", "nox", "cibuildwheel", "twine", "conda-lock"] },
    {
      name: "security tools",
      requirements: ["semgrep", "bandit[toml]", "pip-audit", "scapy", "impacket"],
      platforms: threePlatforms,
    },
  ];
}

function clouds(): RequirementSet[] {
  return [
    { name: "AWS SAM", requirements: ["aws-sam-cli"] },
    { name: "LocalStack", requirements: ["localstack[runtime]"] },
    { name: "Vertex AI", requirements: ["google-cloud-aiplatform[ray]", "kfp"], pythons: ["3.11.3"] },
    {
      name: "Beam on Google Cloud",
      requirements: ["apache-beam[gcp,dataframe]", "tensorflow-data-validation"],
      pythons: ["3.10.8"],
    },
    {
      name: "Snowflake and Databricks",
      requirements: ["snowflake-snowpark-python[pandas]", "databricks-connect", "databricks-sql-connector"],
    },
    {
      name: "Pulumi and Kubernetes",
      requirements: ["pulumi-aws", "pulumi-kubernetes", "kubernetes", "openshift", "oci-cli"],
    },
  ];
}

function notebooksAndGuis(): RequirementSet[] {
  return [
    {
      name: "JupyterHub",
      requirements: ["jupyterhub", "jupyterhub-kubespawner", "nbgitpuller", "jupyter-server-proxy"],
    },
    {
      name: "notebooks as applications",
      requirements: ["voila", "marimo[recommended]", "papermill[all]", "nbdev", "jupytext"],
    },
    { name: "Spyder", requirements: ["spyder"], platforms: threePlatforms },
    {
      name: "napari",
      requirements: ["napari[all]"],
      platforms: threePlatforms,
    },
    { name: "Kivy", requirements: ["kivy[base]", "kivymd"], platforms: threePlatforms },
    {
      name: "Qt and Wx",
      requirements: ["pyside6", "pyqt6", "pyqtgraph", "qtpy", "wxpython"],
      platforms: threePlatforms,
    },
  ];
}

function oldStacks(): RequirementSet[] {
  return [
    {
      name: "Django 2",
      requirements: ["django==2.2.28", "djangorestframework<3.12", "celery<5", "psycopg2<2.9"],
      pythons: ["3.10.8"],
    },
    {
      name: "Flask 1",
      requirements: ["flask<2", "flask-sqlalchemy<3", "sqlalchemy<1.4", "itsdangerous<2.1"],
      pythons: ["3.10.8"],
    },
    {
      name: "science of 2022",
      requirements: ["pandas==1.5.3", "scikit-learn==1.1.3", "matplotlib<3.6", "scipy<1.10", "numba<0.57"],
      pythons: ["3.10.8", "3.11.3"],
    },
    {
      name: "TensorFlow 2.8",
      requirements: ["tensorflow==2.8.*", "keras", "protobuf<3.20", "tensorflow-probability"],
      pythons: ["3.10.8"],
    },
    {
      name: "notebooks of 2021",
      requirements: ["notebook<6.4", "ipykernel<6", "nbconvert<6", "jinja2<3.1", "traitlets<5"],
      pythons: ["3.10.8"],
    },
    {
      name: "Airflow of 2021",
      requirements: ["apache-airflow==2.1.4", "sqlalchemy<1.4"],
      pythons: ["3.10.8"],
    },
    { name: "Buildbot and OctoPrint", requirements: ["buildbot[bundle]", "octoprint"], pythons: ["3.11.3"] },
  ];
}
