# /// script
# requires-python = ">=3.9"
# dependencies = [
#     "colorama; sys_platform == 'win32'",
#     "tomli; python_version < '3.11'",
#     "idna; python_version >= '3.9' and implementation_name == 'cpython'",
# ]
# ///

import importlib.util
import sys

import idna

assert (importlib.util.find_spec("colorama") is not None) == (sys.platform == "win32")
assert (importlib.util.find_spec("tomli") is not None) == (sys.version_info < (3, 11))
print("ok", idna.encode("b\u00fccher.example").decode())
