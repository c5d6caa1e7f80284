const pythonsInConflict =
  "uv counts versions of `numpy` for newer Pythons as conflicts, decides on it first, and ends at sources of years ago; Posy keeps the newest wheels of what was asked for";
const dbtOrProtobuf =
  "`dbt-core` 1.5.12 asks for `protobuf<5`: Posy decides on the first of the two first, uv on the other, after thousands of conflicts";
const validationOrNumpy =
  "`tensorflow-data-validation` 1.16 needs a `tensorflow` that asks for `numpy<2`: Posy takes the newest of what was asked for, and uv the newer `numpy`";
const heldByMarker =
  "uv holds `cuda-bindings` twice, with a marker and without, and goes back on one of the two only; so it ends at a `cuda-python` of 2024";
const sourceOrWheel =
  "6.12 has no wheel for macOS 13: Posy reads its source distribution, which is what would be built, and uv its wheel for macOS 14";
const upperBounds =
  "uv passes over upper bounds of `requires-python`, as in `<3.13`; pip and Posy do not, and take a version that allows this Python";
const packagingOrPlatform =
  "`google-cloud-aiplatform` 1.14 and the versions after it ask for `packaging<22`: Posy keeps the newest `packaging`, uv a newer `google-cloud-aiplatform`";
const googleOrProvider =
  "Google's packages of 2022 exclude versions of each other, so it matters which are decided on first: Posy has newer versions of `packaging` and most libraries, uv of Airflow's provider, with a pre-release of `protobuf`";
const airflowOfAll =
  "among 700 packages dozens exclude versions of each other, so it matters which are decided on first: Posy has newer versions of Google's and Alibaba's packages, uv of Snowflake's and of `pandas`; a search that goes on finds newer ones of both";
const failingBackend =
  "uv ends where a backend fails that is asked for metadata; Posy takes them from another file of the release or from `PKG-INFO`, and warns";

/**
 * Explained differences: the set (`NAME`, or `NAME on 3.12.1`), the package, and why both answers are right. `*` stands
 * for all packages, and `refused` means that only one of the tools has a solution.
 */
export const explained: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Dagster: { "dbt-core": dbtOrProtobuf, "grpcio-health-checking": dbtOrProtobuf, protobuf: dbtOrProtobuf },
  vLLM: { "cuda-bindings": heldByMarker, "cuda-python": heldByMarker },
  "Beam on Google Cloud": { "*": validationOrNumpy },
  "Great Expectations on 3.14.3": { "*": upperBounds },
  napari: { pyqt6: sourceOrWheel },
  "Qt and Wx": { pyqt6: sourceOrWheel, "pyqt6-qt6": sourceOrWheel },
  "science of 2022 on 3.10.8": {
    llvmlite: pythonsInConflict,
    numba: pythonsInConflict,
    numpy: pythonsInConflict,
    scipy: pythonsInConflict,
  },
  "uv's airflow.in": { "*": airflowOfAll },
  "uv's airflow2-req.in on 3.10.8": {
    "google-cloud-aiplatform": packagingOrPlatform,
    "google-cloud-bigquery": packagingOrPlatform,
    packaging: packagingOrPlatform,
    virtualenv: packagingOrPlatform,
  },
  "uv's airflow2-req.in on 3.12.1": { "*": googleOrProvider },
  "uv's numpy-numba.in": { llvmlite: upperBounds, numba: upperBounds },
  "uv's pdm_2193.in": { refused: failingBackend },
  "uv's transformers-extras.in": { refused: failingBackend },
  "uv's scispacy.in on 3.11.3": {
    narwhals: pythonsInConflict,
    numpy: pythonsInConflict,
    pandas: pythonsInConflict,
    "scikit-learn": pythonsInConflict,
    scipy: pythonsInConflict,
  },
  "uv's scispacy.in on 3.12.1": { "*": upperBounds },
};
