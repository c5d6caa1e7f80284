# /// script
# dependencies = ["polars"]
# ///

import polars as pl

frame = pl.DataFrame({"kind": ["a", "b", "a"], "n": [1, 2, 3]})
print("ok", frame.group_by("kind").agg(pl.col("n").sum()).sort("kind").rows())
