"""dissectors/packet/FILTERS.md has every field of the plugin, and no other."""
import re

from filters_table import PAGE, PROTOCOLS, page_of


def test_tables_are_the_generated_ones(wireshark):
    text = PAGE.read_text()
    assert text == page_of(wireshark, text), 'run tests/capture/filters_table.py'


def test_the_tables_are_whole(wireshark):
    """What a generator and its reader both forget, they would agree on."""
    told = set(re.findall(r'^\| `([\w.]+)` \|', PAGE.read_text(), re.MULTILINE))
    rows = [line.split('\t') for line in wireshark.run('-G', 'fields').stdout.splitlines() if line.startswith('F\t')]
    assert {name for name in told if not name.startswith('mikey.')} == {row[2] for row in rows if row[4] in PROTOCOLS}
    assert {name for name in told if name.startswith('mikey.')} <= {row[2] for row in rows if row[4] == 'mikey'}
    assert {'ltkm.verified_in', 'bcast.r22', 'mbms_sec.outcome', 'mikey.v.set'} < told
