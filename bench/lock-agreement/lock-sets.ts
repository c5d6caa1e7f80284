/** A project's dependencies, locked for five platforms with each of the Pythons. */
export interface LockSet {
  readonly name: string;
  readonly requirements: readonly string[];
  /** Minor versions; all five without it. */
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
  // Some of these have no wheels at all: what they need is known by asking their backends, here, for whatever platform.
  { name: "source distributions", requirements: ["hydra-core", "docopt", "feedparser", "odfpy", "uwsgi"] },
  // Its metadata can't be made without a library that few have, and only Windows and macOS have wheels.
  { name: "mysqlclient", requirements: ["django", "mysqlclient"], pythons: ["3.12", "3.14"] },
];

/** Differences that are understood and not of the alignment: the set, the package, and why both are right. */
export const explainedDifferences: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
