# /// script
# dependencies = ["numpy"]
# ///

import numpy as np

matrix = np.array([[3.0, 1.0], [1.0, 2.0]])
print("ok", np.linalg.solve(matrix, [9.0, 8.0]).round(6))
