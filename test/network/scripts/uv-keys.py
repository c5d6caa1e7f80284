# /// script
# requires-python = ">=3.11"
# dependencies = ["packaging", "six"]
#
# [tool.uv]
# exclude-newer = "2024-06-01T00:00:00Z"
# constraint-dependencies = ["packaging<24"]
# ///

from importlib.metadata import version

assert version("packaging") == "23.2", version("packaging")
print("ok", version("six"))
