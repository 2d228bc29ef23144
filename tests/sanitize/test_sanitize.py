"""Everything once more with address and undefined behaviour sanitizers: unit tests, and all captures through tshark."""
import os
import re
import subprocess

import pytest

from sanitized import OPTIONS, SANITIZED, sanitized_wireshark  # first: it makes the next two known
from key_rows import RIGHT, given
from wireshark import Wireshark, capture_names

from captures.generator.scenarios.cards import CARDS  # known by key_rows


@pytest.fixture(scope='session')
def wireshark() -> Wireshark:
    return sanitized_wireshark()


def test_plugin_is_the_sanitized_one(wireshark):
    plugin = next(wireshark.plugins.rglob('mbms-bcast.so')).read_bytes()
    assert b'__asan_report' in plugin and b'__ubsan_handle' in plugin


@pytest.mark.parametrize('options', [['-2', '-V']], ids=' '.join)
@pytest.mark.parametrize('capture', capture_names())
def test_capture(wireshark, capture, options):
    assert wireshark.tshark(capture, *options)


@pytest.mark.parametrize('capture', capture_names())
def test_capture_where_nobody_looks(wireshark, capture):
    assert wireshark.tshark(capture)


@pytest.mark.parametrize('options', [[], ['-2'], ['-2', '-V']], ids=' '.join)
@pytest.mark.parametrize('protocol', ['mbms_sec', 'bcast', 'ltkm', 'mikey'])
def test_disabled_protocol(wireshark, protocol, options):
    assert wireshark.tshark('tour.pcap', '--disable-protocol', protocol, *options)


@pytest.mark.parametrize('capture', ['tour.pcap', 'mikey-kemac.pcap', 'recorded/recorded.pcap'])
def test_capture_in_one_pass(wireshark, capture):
    """Nothing is known of what comes later; the second capture begins with an LTKM, when nothing is known at all."""
    assert wireshark.tshark(capture, '-V')


@pytest.mark.parametrize('capture', [name for name in capture_names() if re.match('mikey-|bad-mikey-|tour|fresh-t|duplicate|several|rules/(r61|clean)', name)])
def test_capture_with_keys(wireshark, capture):
    assert wireshark.tshark(capture, '-2', '-V', *given(RIGHT))


def test_capture_with_cards(wireshark):
    rows = [part for card in CARDS for part in ('-o', f'uat:ltkm_cards:"{card.impi}","{card.k.hex()}","{card.opc.hex()}"')]
    listings = ('-z', 'ltkm,keys', '-z', 'ltkm,key_table', '-z', 'bcast,rules')
    assert 'Digest status: Good' in wireshark.tshark('cards.pcap', '-2', '-V', *rows, *listings)


@pytest.mark.parametrize('binary', sorted(path for path in (SANITIZED / 'tests').glob('test-*') if os.access(path, os.X_OK)),
                         ids=lambda path: path.name)
def test_unit(binary):
    done = subprocess.run([binary], env={**os.environ, **OPTIONS}, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
