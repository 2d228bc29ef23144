"""Captures cut by a snap length: what the capture lacks is nobody's fault."""
import pytest


@pytest.mark.parametrize('capture', ['rules/clean.pcap', 'tour.pcap'])
def test_no_finding_at_any_snap_length(wireshark, folder, capture):
    """Nothing is judged by what is not there: LTKMs without visible answers, halves of documents."""
    for length in range(60, 1500, 40):
        path = folder / f'{length}.pcap'
        wireshark.run('-s', str(length), '-F', 'pcap', str(wireshark.captures / capture), str(path), program='editcap')
        found = wireshark.fields(str(path), ['bcast.rule', 'bcast.rule_text'], '-2', '-Y', 'bcast.rule')
        assert (length, found) == (length, {})
