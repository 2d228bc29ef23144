"""Puts the repository root on the path: the generator is the package captures.generator."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
