# /// script
# dependencies = ["packaging"]
#
# [tool.posy]
# prerelease = "disallow"
# prefer = "lowest-direct"
# overrides = ["packaging==23.1"]
# ///

from importlib.metadata import version

print("ok", version("packaging"))
