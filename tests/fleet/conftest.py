"""tools/bcast-fleet, run as bcast-check is in tests/capture, on this machine and on clusters of its own."""
import importlib.util
import pathlib
import sys

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY / 'tests' / 'fleet'), str(REPOSITORY / 'tests' / 'capture'), str(REPOSITORY), str(REPOSITORY / 'tools')]

from cluster import Cluster  # noqa: E402
from fleet_tool import install_fleet  # noqa: E402
from wireshark import Wireshark  # noqa: E402


def pytest_collection_modifyitems(items):
    """Where there is no Dask, what needs it is skipped, and the rest is tested."""
    if importlib.util.find_spec('distributed') is None:
        for item in items:
            if {'fleet', 'cluster'} & set(item.fixturenames):
                item.add_marker(pytest.mark.skip(reason='Dask is not installed: python3-distributed, which tools/test.sh installs'))


@pytest.fixture(scope='session')
def wireshark() -> Wireshark:
    """Fewer processors than the machine has may be free: Dask is given time."""
    return Wireshark(DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT='60s')


@pytest.fixture(scope='session')
def tools(wireshark) -> pathlib.Path:
    return install_fleet(wireshark)


@pytest.fixture(scope='session')
def fleet(wireshark, tools):
    return lambda *arguments, **environment: wireshark.run(*arguments, program=str(tools / 'bcast-fleet'), **environment)


@pytest.fixture(scope='session')
def check(wireshark, tools):
    return lambda *arguments, **environment: wireshark.run(*arguments, program=str(tools / 'bcast-check'), **environment)


@pytest.fixture
def folder(wireshark) -> pathlib.Path:
    """Anybody may read and write it."""
    path = wireshark.root / f'made-{len(list(wireshark.root.iterdir()))}'
    path.mkdir()
    path.chmod(0o777)
    return path


@pytest.fixture
def cluster(wireshark, folder):
    """A scheduler, and workers as they are asked for; all are gone in the end."""
    made = Cluster(wireshark, folder)
    yield made
    made.close()
