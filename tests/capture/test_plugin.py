"""The plugin is loaded at all: without that no other test says anything."""
import os


def test_tshark_lists_the_plugin_of_this_build(wireshark):
    rows = [line.split('\t') for line in wireshark.run('-G', 'plugins').stdout.splitlines()]
    ours = [row for row in rows if row[0].startswith('mbms-bcast.so')]
    assert len(ours) == 1
    assert ours[0][2] == 'dissector'
    assert ours[0][3].startswith(str(wireshark.plugins))


def test_protocols_are_registered(wireshark):
    protocols = {line.split('\t')[2] for line in wireshark.run('-G', 'protocols').stdout.splitlines()}
    assert {'mbms_sec', 'bcast', 'ltkm'} <= protocols


def test_root_is_not_what_runs_tshark(wireshark):
    """Wireshark run by root would silently load the system's copy of the plugin, if any."""
    assert os.geteuid() != 0 or wireshark.run('-u', program='id').stdout.strip() == '65534'
