# /// script
# dependencies = ["matplotlib"]
# ///

import tempfile
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

plt.plot([1, 4, 9])
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "plot.png"
    plt.savefig(path)
    print("ok", path.read_bytes()[1:4].decode())
