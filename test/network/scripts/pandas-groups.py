# /// script
# dependencies = ["pandas>=2"]
# ///

import io

import pandas as pd

frame = pd.read_csv(io.StringIO("city,rain\nA,1\nB,5\nA,3\n"))
print("ok", frame.groupby("city")["rain"].mean().to_dict())
