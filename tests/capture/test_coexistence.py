"""Beside others: Lua post-dissectors, a second copy, another folder of plugins, and what the user's profile says."""
import os
import re
import shutil
import subprocess

import pytest

from wireshark import AS_NOBODY, BUILD, complaints

TOUR = 'captures/tour.pcap'
FIELDS = ['-T', 'fields', '-e', 'frame.number', '-e', 'ltkm.id', '-e', 'ltkm.verified_in', '-e', 'bcast.rule', '-e', 'mbms_sec.message']
POST_DISSECTOR = '''
local proto = Proto("beside", "Another post-dissector")
local seen = ProtoField.string("beside.seen", "Seen")
proto.fields = { seen }
local id = Field.new("ltkm.id")
local rule = Field.new("bcast.rule")
function proto.dissector(buffer, pinfo, tree)
    local texts = {}
    for _, field in ipairs({ id() }) do texts[#texts + 1] = tostring(field) end
    if #texts > 0 then tree:add(proto):add(seen, table.concat(texts, " ")) end
end
register_postdissector(proto)
'''


def has_lua(wireshark) -> bool:
    return 'with Lua' in wireshark.run('--version').stdout


def test_lua_post_dissector(wireshark, folder):
    """It sees what we decode, and changes nothing."""
    if not has_lua(wireshark):
        pytest.skip('this tshark has no Lua')
    (folder / 'beside.lua').write_text(POST_DISSECTOR)
    script = ['-X', f'lua_script:{folder}/beside.lua']
    alone = wireshark.tshark('tour.pcap', '-2', *FIELDS)
    both = wireshark.tshark('tour.pcap', '-2', *script, *FIELDS, '-e', 'beside.seen')
    assert [line.rsplit('\t', 1)[0] for line in both.splitlines()] == alone.splitlines()
    rows = [line.split('\t') for line in both.splitlines()]
    assert sum(bool(row[-1]) for row in rows) > 10
    assert [row[-1].split() for row in rows] == [row[1].split(',') if row[1] else [] for row in rows]


def run_with_folders(wireshark, personal: bool, system: bool):
    """A home with or without a copy, and a folder for all with or without one."""
    home = wireshark.root / f'home-{personal}-{system}'
    version, = (BUILD / 'plugins').iterdir()
    everybody = home / 'everybody'
    own = home / '.local' / 'lib' / 'wireshark' / 'plugins' / version.name / 'epan'
    (everybody / version.name / 'epan').mkdir(parents=True)
    own.mkdir(parents=True)
    for path, wanted in ((own, personal), (everybody / version.name / 'epan', system)):
        if wanted:
            shutil.copy(version / 'epan' / 'mbms-bcast.so', path)
    for path in [home, *home.rglob('*')]:
        path.chmod(0o777 if path.is_dir() else 0o644)
    environment = {'PATH': os.environ['PATH'], 'HOME': str(home), 'LC_ALL': 'C.UTF-8', 'WIRESHARK_PLUGIN_DIR': str(everybody)}
    return subprocess.run([*AS_NOBODY, 'tshark', '-n', '-2', '-r', TOUR, *FIELDS], capture_output=True, text=True, env=environment,
                          cwd=wireshark.root)


@pytest.mark.parametrize(('personal', 'system'), [(True, False), (False, True)])
def test_one_copy(wireshark, personal, system):
    done = run_with_folders(wireshark, personal, system)
    assert (done.returncode, complaints(done.stderr)) == (0, [])
    assert done.stdout == wireshark.tshark('tour.pcap', '-2', *FIELDS)


def test_two_copies(wireshark):
    """Wireshark says so, loads one, and that one decodes as ever."""
    done = run_with_folders(wireshark, True, True)
    assert done.returncode == 0
    said, = complaints(done.stderr)
    assert re.search(r"'mbms-bcast\.so' was found in multiple directories", said)
    assert done.stdout == wireshark.tshark('tour.pcap', '-2', *FIELDS)


def with_profile(wireshark, name: str, text: str) -> str:
    """What is decoded with a file in the user's profile."""
    home = wireshark.root / f'home-of-{name}'
    profile = home / '.config' / 'wireshark'
    profile.mkdir(parents=True)
    (profile / name).write_text(text)
    for path in [home, *home.rglob('*')]:
        path.chmod(0o777 if path.is_dir() else 0o666)
    done = wireshark.run('-n', '-2', '-r', TOUR, *FIELDS, HOME=str(home), XDG_CONFIG_HOME=str(home / '.config'))
    assert (done.returncode, complaints(done.stderr)) == (0, [])
    return done.stdout


def found(text: str) -> list[tuple[str, bool, bool]]:
    """Frame, whether an LTKM and whether a procedure is in it."""
    return [(row[0], bool(row[1]), bool(row[4])) for row in (line.split('\t') for line in text.splitlines())]


def test_saved_decode_as(wireshark):
    """Whoever has given port 2269 to MIKEY gets Wireshark's own there; bodies are not touched by it."""
    ours = found(wireshark.tshark('tour.pcap', '-2', *FIELDS))
    theirs = found(with_profile(wireshark, 'decode_as_entries', 'decode_as_entry: udp.port,2269,MIKEY,MIKEY\n'))
    assert [row[2] for row in theirs] == [row[2] for row in ours]
    assert 0 < sum(row[1] for row in theirs) < sum(row[1] for row in ours)


def test_saved_preference(wireshark):
    """Kept with the profile, as those of any protocol."""
    theirs = with_profile(wireshark, 'preferences', 'ltkm.udp.port: 2269,4359,5000\n')
    assert theirs == wireshark.tshark('tour.pcap', '-2', *FIELDS)


def test_switched_off(wireshark):
    """Enabled Protocols: what is off is decoded by those who had it before, and nothing of ours is left over."""
    theirs = found(with_profile(wireshark, 'disabled_protos', 'ltkm\nmbms_sec\n'))
    assert not any(row[1] or row[2] for row in theirs)


def test_community_id(wireshark):
    """Wireshark's own post-dissector, which is off: switched on it names the flow of every frame, and ours stay as they are."""
    if 'communityid' not in {line.split('\t')[2] for line in wireshark.run('-G', 'protocols').stdout.splitlines()}:
        pytest.skip('this tshark has no communityid')
    field = 'communityid.hash' if '\tcommunityid.hash\t' in wireshark.run('-G', 'fields').stdout else 'communityid'  # 4.6; before it
    alone = wireshark.tshark('tour.pcap', '-2', *FIELDS)
    both = wireshark.tshark('tour.pcap', '-2', '--enable-protocol', 'communityid', *FIELDS, '-e', field)
    assert [line.rsplit('\t', 1)[0] for line in both.splitlines()] == alone.splitlines()
    flows = {row[0]: row[-1] for row in (line.split('\t') for line in both.splitlines())}
    assert all(flow.startswith('1:') for flow in flows.values())
    assert flows['12'] == flows['18'] != flows['14']  # one connection; the verification message is another flow
