"""Lets the tests import the modules of benchmarks/, which find one another by their folder."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "benchmarks"))
