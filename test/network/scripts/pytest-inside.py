# /// script
# dependencies = ["pytest"]
# ///

import sys

import pytest


@pytest.mark.parametrize("n", [1, 2, 3])
def test_square(n):
    assert n * n >= n


if __name__ == "__main__":
    status = pytest.main(["-q", "-p", "no:cacheprovider", __file__])
    print("ok", int(status))
    sys.exit(status)
