"""What all end-to-end tests share."""
import pathlib
import subprocess
import sys

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parents[2])]

from wireshark import Wireshark  # noqa: E402


@pytest.fixture(scope='session')
def wireshark() -> Wireshark:
    return Wireshark()


@pytest.fixture(scope='session')
def stock(tmp_path_factory) -> Wireshark:
    """A Wireshark without the plugin, to compare with."""
    empty = tmp_path_factory.mktemp('no-build')
    (empty / 'plugins').mkdir()
    return Wireshark(empty)


@pytest.fixture(scope='session')
def comma(wireshark) -> dict[str, str]:
    """The environment of somebody whose numbers have a decimal comma."""
    folder = wireshark.root / 'locales'
    folder.mkdir()
    subprocess.run(['localedef', '-i', 'de_DE', '-f', 'UTF-8', str(folder / 'de_DE.UTF-8')])
    environment = {'LC_ALL': 'de_DE.UTF-8', 'LOCPATH': str(folder)}
    assert wireshark.run('decimal_point', program='locale', **environment).stdout.strip() == ','
    return environment


@pytest.fixture
def folder(wireshark, request) -> pathlib.Path:
    """A folder that tshark and its companions may read and write."""
    path = wireshark.root / f'made-{len(list(wireshark.root.iterdir()))}'
    path.mkdir()
    path.chmod(0o777)
    return path
