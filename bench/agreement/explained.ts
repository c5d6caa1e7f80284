const pythonsInConflict =
  "uv counts versions of `numpy` for newer Pythons as conflicts, decides on it first, and ends at sources of years ago; Posy keeps the newest wheels of what was asked for";
const dbtOrProtobuf =
  "`dbt-core` 1.5.12 asks for `protobuf<5`: Posy decides on the first of the two first, uv on the other, after thousands of conflicts";
const validationOrNumpy =
  "`tensorflow-data-validation` newer than 1.14 asks for `numpy<2`: Posy takes it, since it was asked for, and uv the newer `numpy`";
const heldByMarker =
  "uv holds `cuda-bindings` twice, with a marker and without, and goes back on one of the two only; so it ends at a `cuda-python` of 2024";
const sourceOrWheel =
  "6.12 has no wheel for macOS 13: Posy reads its source distribution, which is what would be built, and uv its wheel for macOS 14";
const upperBounds =
  "versions 1.0 to 1.8 ask for Python below 3.14 or 3.13: uv passes over upper bounds of `requires-python`, pip and Posy do not";

/** Differences that are understood: the set, the package, and why both are right. `*` stands for all packages. */
export const explained: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Dagster: { "dbt-core": dbtOrProtobuf, "grpcio-health-checking": dbtOrProtobuf, protobuf: dbtOrProtobuf },
  vLLM: { "cuda-bindings": heldByMarker, "cuda-python": heldByMarker },
  "Beam on Google Cloud": { "*": validationOrNumpy },
  "Great Expectations": { "*": upperBounds },
  napari: { pyqt6: sourceOrWheel },
  "Qt and Wx": { pyqt6: sourceOrWheel, "pyqt6-qt6": sourceOrWheel },
  "science of 2022": {
    llvmlite: pythonsInConflict,
    numba: pythonsInConflict,
    numpy: pythonsInConflict,
    scipy: pythonsInConflict,
  },
  "uv's scispacy.in": {
    narwhals: pythonsInConflict,
    numpy: pythonsInConflict,
    pandas: pythonsInConflict,
    "scikit-learn": pythonsInConflict,
    scipy: pythonsInConflict,
  },
};
