# /// script
# dependencies = ["certifi"]
#
# [tool.posy]
# exclude-newer = "2025-01-01"
# ///

from importlib.metadata import version

assert version("certifi") == "2024.12.14", version("certifi")
print("ok")
