# /// script
# requires-python = ">=3.10,<3.12"
# dependencies = ["attrs"]
# ///

import sys

import attrs

assert (3, 10) <= sys.version_info[:2] < (3, 12)
point = attrs.make_class("Point", ["x", "y"])
print("ok", point(1, 2))
