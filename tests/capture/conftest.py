"""What all end-to-end tests share."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from wireshark import Wireshark  # noqa: E402


@pytest.fixture(scope='session')
def wireshark() -> Wireshark:
    return Wireshark()
