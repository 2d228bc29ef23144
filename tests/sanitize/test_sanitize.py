"""Everything once more with address and undefined behaviour sanitizers: unit tests, and all captures through tshark."""
import os
import pathlib
import re
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'capture'))

from key_rows import RIGHT, given  # noqa: E402
from wireshark import BUILD, Wireshark, capture_names  # noqa: E402

SANITIZED = BUILD / 'sanitize'
OPTIONS = {
    'ASAN_OPTIONS': 'detect_leaks=0:abort_on_error=1',  # tshark itself leaves memory behind
    'UBSAN_OPTIONS': 'halt_on_error=1:print_stacktrace=1',
}


def runtime(name: str) -> str:
    return subprocess.run(['gcc', '-print-file-name=' + name], capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope='session')
def wireshark() -> Wireshark:
    return Wireshark(SANITIZED, LD_PRELOAD=f'{runtime("libasan.so")} {runtime("libubsan.so")}', **OPTIONS)


def test_plugin_is_the_sanitized_one(wireshark):
    plugin = next(wireshark.plugins.rglob('mbms-bcast.so')).read_bytes()
    assert b'__asan_report' in plugin and b'__ubsan_handle' in plugin


@pytest.mark.parametrize('options', [['-2', '-V']], ids=' '.join)
@pytest.mark.parametrize('capture', capture_names())
def test_capture(wireshark, capture, options):
    assert wireshark.tshark(capture, *options)


@pytest.mark.parametrize('capture', [name for name in capture_names() if re.match('mikey-|bad-mikey-|tour|fresh-t|duplicate|several|rules/(r61|clean)', name)])
def test_capture_with_keys(wireshark, capture):
    assert wireshark.tshark(capture, '-2', '-V', *given(RIGHT))


@pytest.mark.parametrize('binary', sorted(path for path in (SANITIZED / 'tests').glob('test-*') if os.access(path, os.X_OK)),
                         ids=lambda path: path.name)
def test_unit(binary):
    done = subprocess.run([binary], env={**os.environ, **OPTIONS}, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
