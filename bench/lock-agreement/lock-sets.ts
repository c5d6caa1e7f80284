/** The dependencies of a project, which is locked for five platforms with each of the Pythons. */
export interface LockSet {
  readonly name: string;
  readonly requirements: readonly string[];
  /** Minor versions. The default is all five. */
  readonly pythons?: readonly string[];
}

export const everyMinor = ["3.10", "3.11", "3.12", "3.13", "3.14"] as const;

export const lockSets: readonly LockSet[] = [
  { name: "jupyter", requirements: ["jupyter"] },
  { name: "apache-airflow", requirements: ["apache-airflow"] },
  { name: "django and celery", requirements: ["django", "celery"] },
  { name: "torch", requirements: ["torch"] },
  {
    name: "scipy stack",
    requirements: [
      "numpy scipy pandas matplotlib scikit-learn sympy ipython statsmodels seaborn scikit-image networkx",
      "numba xarray h5py",
    ].flatMap((line) => line.split(" ")),
  },
  { name: "homeassistant", requirements: ["homeassistant"], pythons: ["3.13", "3.14"] },
  {
    name: "web application",
    requirements: [
      "fastapi uvicorn[standard] sqlalchemy[asyncio] alembic pydantic-settings httpx[http2] redis celery[redis] boto3",
      "gunicorn jinja2 python-multipart psycopg[binary] passlib[bcrypt] pyjwt[crypto] structlog sentry-sdk orjson",
      "tenacity pillow",
    ].flatMap((line) => line.split(" ")),
  },
  // Some of these have no wheels. Their backends run on this machine to get the requirements for every platform.
  { name: "source distributions", requirements: ["hydra-core", "docopt", "feedparser", "odfpy", "uwsgi"] },
  // Its metadata need a library that few machines have, and only Windows and macOS have wheels.
  { name: "mysqlclient", requirements: ["django", "mysqlclient"], pythons: ["3.12", "3.14"] },
];

/** Explained differences that do not come from the alignment: the set, the package, and why both answers are right. */
export const explainedDifferences: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
