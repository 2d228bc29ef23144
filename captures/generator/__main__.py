"""Writes all captures and expectations. From the root: /usr/bin/python3 -m captures.generator [--out DIR]."""

import argparse
import pathlib

from . import scenarios  # noqa: F401  (registers them)
from .capture import SCENARIOS, make
from .rule_capture import RULES, make_rule


def write_all(folder: pathlib.Path) -> None:
    """Makes every capture anew."""
    for name in SCENARIOS:
        make(name).write(folder)
    for name in RULES:
        make_rule(name).write(folder)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="captures.generator", description="Makes the sample captures and their expectations."
    )
    parser.add_argument(
        "--out", type=pathlib.Path, default=pathlib.Path(__file__).parents[1], help="folder to write to"
    )
    write_all(parser.parse_args().out)


if __name__ == "__main__":
    main()
