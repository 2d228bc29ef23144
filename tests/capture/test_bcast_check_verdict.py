"""tools/bcast-check: the same verdict for everybody, and none where there was nothing to judge."""
import functools
import io
import json
import os
import shutil
import struct
import xml.etree.ElementTree as ElementTree

import pytest

from bcast_tool import install_tool, without_details
from wireshark import CAPTURES, REPOSITORY, capture_names

TOUR, R22, R61, CLEAN = 'captures/tour.pcap', 'captures/rules/r22.pcap', 'captures/rules/r61.pcap', 'captures/rules/clean.pcap'
BSM1 = '"bsm1.example.org","","000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"'
NOBODYS = '"bsm1.example.org","","ffff02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"'

CARD_ROWS = ['ltkm_cards:"user@example.org","465b5ce8b199b49faa5f0a2ee238a6bc","cd63cb71954a9f4e48a5994e37a02baf"',
             'ltkm_cards:"001010123456789@ims.mnc001.mcc001.3gppnetwork.org","fec86ba6eb707ed08905757b1bb44b8f","1006020f0a478bf6b699f15c062e42b3"']


@pytest.fixture(scope='module')
def tool(wireshark):
    return install_tool(wireshark)


@pytest.fixture
def check(wireshark, tool):
    return lambda *arguments, **environment: wireshark.run(*arguments, program=tool, **environment)


def edited(name, change):
    """A capture of this repository with each packet changed."""
    data = (CAPTURES / name).read_bytes()
    made, at = data[:24], 24
    while at < len(data):
        captured, = struct.unpack_from('<I', data, at + 8)
        packet = bytearray(data[at + 16:at + 16 + captured])
        change(packet)
        made += data[at:at + 16] + bytes(packet)
        at += 16 + captured
    return made


def offload_checksums(packet):
    """As a capture on the sending host has them: the card has not put them in yet."""
    transport = 14 + 20
    if packet[12:14] == b'\x08\x00' and packet[23] in (6, 17):
        where = transport + (16 if packet[23] == 6 else 6)
        packet[where:where + 2] = b'\x12\x34'


# ---- whoever runs it -------------------------------------------------------------------------------------------------

TCP_OFF = 'tcp.desegment_tcp_streams: FALSE\n'
MIKEY_PORTS = ''.join(f'decode_as_entry: udp.port,{port},LTKM,MIKEY\n' for port in (2269, 4359))
CHECKSUMS = 'ip.check_checksum: TRUE\ntcp.check_checksum: TRUE\nudp.check_checksum: TRUE\n'
PROFILES = {
    'protocols': ('disabled_protos', 'http\nmbms_sec\nltkm\n', R22),
    'desegmentation': ('preferences', TCP_OFF, R22),
    'decompression': ('preferences', 'http.decompress_body: FALSE\n', 'captures/http-transfer.pcap'),
    'checksums': ('preferences', CHECKSUMS, 'offloaded.pcap'),
    'decode-as': ('decode_as_entries', MIKEY_PORTS, TOUR),
    'keys': ('ltkm_keys', NOBODYS + '\n', TOUR),
}  # fmt: skip


@pytest.fixture
def user(folder):
    """Makes a home with a profile in it."""
    def make(name, content):
        profile = folder / '.config' / 'wireshark' / 'profiles' / 'theirs'
        profile.mkdir(parents=True)
        for place in profile, profile.parents[1]:
            (place / name).write_text(content)
        return {'HOME': str(folder)}
    return make


@pytest.fixture(scope='module')
def as_usual(wireshark, tool):
    """What is found with no profile at all."""
    return functools.cache(lambda capture: wireshark.run('--level', 'note', capture, program=tool))


@pytest.mark.parametrize('name, content, capture', PROFILES.values(), ids=PROFILES)
def test_hostile_profile(wireshark, check, as_usual, user, name, content, capture):
    """It hides findings or makes new ones where it is asked for, and changes nothing otherwise."""
    if capture == 'offloaded.pcap':
        (wireshark.root / capture).write_bytes(edited('rules/r22.pcap', offload_checksums))
    usual = as_usual(capture)
    theirs = user(name, content)
    assert usual.returncode in (0, 1) and '\n0 procedures' not in '\n' + usual.stdout
    done = check('--level', 'note', capture, **theirs)
    assert (done.returncode, done.stdout, done.stderr) == (usual.returncode, usual.stdout, '')
    assert check('--level', 'note', '--profile', 'theirs', capture, **theirs).stdout != usual.stdout


def test_columns_of_a_profile(check, as_usual, user):
    columns = 'gui.column.format: "Only", "%Cus:bcast.rule_text:1:R"\ngui.column.hidden: %Cus:bcast.rule_text:1:R\n'
    assert check('--level', 'note', R22, **user('preferences', columns)).stdout == as_usual(R22).stdout


def test_tshark_is_no_exception(check, as_usual, user, wireshark):
    """What sharkd leaves to it, it reads with the same configuration."""
    (wireshark.root / 'by-itself').symlink_to(shutil.which('tshark'))
    theirs = user('disabled_protos', 'http\nltkm\n')
    assert check('--level', 'note', '--tshark', './by-itself', R22, **theirs).stdout == as_usual(R22).stdout


def test_locale(check, as_usual, comma):
    assert check('--level', 'note', R22, **comma).stdout == as_usual(R22).stdout != ''


def test_personal_plugin(wireshark, check, folder):
    """It lies in the user's home, which is not where the configuration is then looked for."""
    version, = (path.name for path in wireshark.plugins.iterdir())
    place = folder / '.local' / 'lib' / 'wireshark' / 'plugins' / version / 'epan'
    place.mkdir(parents=True)
    shutil.copy(wireshark.plugins / version / 'epan' / 'mbms-bcast.so', place)
    os.makedirs(folder / 'none')
    done = check(TOUR, HOME=str(folder), WIRESHARK_PLUGIN_DIR=str(folder / 'none'))
    assert (done.returncode, done.stderr) == (0, '')


def test_unknown_profile(check):
    done = check('--profile', 'nobodys', TOUR)
    assert done.returncode == 2 and 'nobodys' in done.stderr


# ---- what is asked for -----------------------------------------------------------------------------------------------


def test_keys(check, folder):
    (folder / 'keys').write_text(f'# test card 1\n{BSM1}\n\n')
    done = check('--keys', str(folder / 'keys'), R61)
    assert (done.returncode, done.stderr) == (1, '')
    assert {line.split(': ')[1] for line in without_details(done)} == {'R61 breach', 'ltkm.mac_bad breach'}
    assert 'r61.pcap:21: ltkm.mac_bad breach: The MAC is wrong under the key' in done.stdout
    assert check('--keys', str(folder / 'keys'), '--rules', 'ltkm.mac_bad', R61).stdout.count('mac_bad breach') == 1


def test_all_tables_of_keys(check, folder):
    """Rows of each in one file; the digests that are wrong under the cards are findings."""
    key = '"bsm1.example.org","","' + 'ff' * 32 + '"'
    [[btid, mrk]] = json.loads((CAPTURES / 'rules/expected/r88.json').read_text())['mrks']
    (folder / 'keys').write_text('\n'.join([key, 'ltkm_keys:' + key, *CARD_ROWS, f'mbms_sec_keys:"{btid}","{mrk}"']) + '\n')
    done = check('--keys', str(folder / 'keys'), 'captures/cards.pcap')
    assert (done.returncode, done.stderr) == (1, '')
    assert [line.split(': ')[1] for line in without_details(done)] == ['R88 breach'] * 2
    assert 'cards.pcap:28: R88 breach: response is wrong under the keys of' in done.stdout
    done = check('--keys', str(folder / 'keys'), 'captures/rules/r88.pcap')
    assert [line.split(':')[1] for line in without_details(done) if 'R88 breach' in line] == ['6', '26', '29']
    (folder / 'keys').write_text('ltkm_keyz:' + key)
    done = check('--keys', str(folder / 'keys'), TOUR)
    assert done.returncode == 2 and 'there is no table "ltkm_keyz"' in done.stderr


def test_service_keys(check, folder):
    """STKMs under a wrong one."""
    (folder / 'keys').write_text('ltkm_service_keys:"00f110/68c9:0001","","00"\n')
    done = check('--keys', str(folder / 'keys'), 'captures/cards.pcap')
    assert [line.split(': ')[1] for line in without_details(done)] == ['ltkm.mac_bad breach']


def test_bad_macs(check):
    done = check('-o', 'uat:ltkm_keys:' + NOBODYS, TOUR)
    assert done.returncode == 1 and done.stdout.count('ltkm.mac_bad breach: ') >= 5


@pytest.mark.parametrize('content, error', [('"","","zz"\n', 'Error loading table'), (None, 'No such file')])
def test_keys_that_are_refused(check, folder, content, error):
    """tshark says it and goes on, with status 0."""
    if content:
        (folder / 'keys').write_text(content)
    done = check('--keys', str(folder / 'keys'), TOUR)
    assert done.returncode == 2 and error in done.stderr


def test_keys_of_a_profile_that_are_refused(check, user):
    done = check('--profile', 'theirs', TOUR, **user('ltkm_keys', '"","","zz"\n'))
    assert done.returncode == 2 and 'Error loading table' in done.stderr


def test_decode_as(check):
    assert len(check('-d', 'nonsense', TOUR).stderr) < 300
    done = check('-d', 'udp.port==2269,syslog', '-d', 'udp.port==4359,syslog', TOUR)
    assert '7 procedures, 7 LTKMs, 0 verification messages' in done.stdout


# ---- malformed -------------------------------------------------------------------------------------------------------


MALFORMED = {
    'bad-mikey-truncated': {'ltkm.malformed': 3}, 'bad-mikey-length': {'ltkm.malformed': 4},
    'bad-mikey-version': {'ltkm.malformed': 2}, 'bad-mikey-trailing': {'ltkm.trailing_bytes': 1},
    'bad-mikey-payload': {'ltkm.unknown_payload': 2}, 'bad-xml': {'mbms_sec.ill_formed': 3},
    'bad-values': {'mbms_sec.bad_value': 2, 'R9': 1, 'R11': 4, 'R21': 1}, 'bad-base64': {'R14': 3},
    'bad-deep': {'mbms_sec.cut': 1}, 'bad-doctype': {'mbms_sec.doctype': 1},
}  # fmt: skip


def test_malformed(check):
    """Under the name of the expert field; what a rule speaks of is not said twice."""
    found = {name: {} for name in MALFORMED}
    for line in without_details(check(*(f'captures/{name}.pcap' for name in MALFORMED))):
        name, rule = line.split('.pcap')[0].removeprefix('captures/'), line.split(': ')[1].split()[0]
        found[name][rule] = found[name].get(rule, 0) + 1
    assert found == MALFORMED


def test_malformed_has_a_case_of_its_own(check, folder):
    check('--junit', str(folder / 'x'), 'captures/bad-xml.pcap')
    failed = [case.get('name') for case in ElementTree.parse(folder / 'x').iter('testcase') if case.find('failure') is not None]
    assert failed == ['mbms_sec.ill_formed']


def test_challenged_requests(check):
    """Rules are silent about a request that is answered 401, and so is what they would have said."""
    done = check('--level', 'note', CLEAN)
    assert (done.returncode, without_details(done)) == (0, [])


# ---- nothing to judge ------------------------------------------------------------------------------------------------


@pytest.fixture
def empty(folder):
    """A header without packets."""
    (folder / 'empty.pcap').write_bytes((CAPTURES / 'tour.pcap').read_bytes()[:24])
    return str(folder / 'empty.pcap')


@pytest.fixture
def strange(folder):
    """DNS and nothing else."""
    data = (CAPTURES / 'tour.pcap').read_bytes()
    captured, = struct.unpack_from('<I', data, 24 + 8)
    (folder / 'strange.pcap').write_bytes(data[:24 + 16 + captured])
    return str(folder / 'strange.pcap')


def test_nothing_to_judge(check, empty, strange):
    done = check(empty, strange)
    assert (done.returncode, without_details(done), done.stderr) == (3, [], '')
    assert done.stdout.startswith('0 procedures, 0 LTKMs, 0 verification messages judged in 2 captures: ')
    assert done.stdout.endswith('; 2 with nothing to judge\n')
    assert check('--allow-empty', empty, strange).returncode == 0


def test_which_status_wins(check, empty):
    assert [check(*captures).returncode for captures in [(TOUR, empty), (empty, R22), (empty, R22, 'nothing.pcap')]] == [3, 1, 2]


def test_nothing_to_judge_is_skipped(check, folder, strange):
    check('--junit', str(folder / 'x'), strange)
    root = ElementTree.parse(folder / 'x').getroot()
    assert (root.get('failures'), root.get('errors'), root.get('skipped')) == ('0', '0', root.get('tests'))
    assert 'Nothing' in root.find('*/testcase/skipped').get('message')


def test_hidden_by_a_profile(check, user):
    """Asked for, and it shows nothing: that is said, too."""
    assert check('--profile', 'theirs', R22, **user('disabled_protos', 'http\nltkm\n')).returncode == 3


def test_no_capture(check, folder):
    """Wireshark opens most of these."""
    contents = [
        b'some text\n' * 20, (CAPTURES / 'tour.png').read_bytes(), b'{}\n', b'<?xml version="1.0"?><testsuites/>\n',
        bytes((i * i * 131 + i * 7) % 251 for i in range(5000)), b'\x7fELF' + bytes(200), b'',
    ]  # fmt: skip
    for number, content in enumerate(contents):
        (folder / f'{number}.pcap').write_bytes(content)
    done = check('--allow-empty', *(str(folder / f'{number}.pcap') for number in range(len(contents))))
    assert done.returncode == 2
    assert [f'/{number}.pcap: ' in line for number, line in enumerate(done.stderr.splitlines())] == [True] * len(contents)


# ---- two readers, one verdict ----------------------------------------------------------------------------------------


def test_sharkd_and_tshark_agree(wireshark, check, folder):
    """In every word, on what is not in rules/: there both are held to the expectations, tshark in a test of its own."""
    if not shutil.which('sharkd'):
        pytest.skip('there is no sharkd')
    (wireshark.root / 'tshark-alone').symlink_to(shutil.which('tshark'))
    captures = [f'captures/{name}' for name in capture_names() if not name.startswith('rules/')]
    done = check('--level', 'note', '--json', str(folder / 'sharkd'), *captures)
    told = [one | {'seconds': 0} for one in json.loads((folder / 'sharkd').read_text())['captures']]
    assert (done.returncode, len(told)) == (1, len(captures))
    some = [one for number, one in enumerate(told) if one['findings'] or number % 4 == 0]  # a start of tshark each
    done = check('--tshark', './tshark-alone', '--json', str(folder / 'tshark'), *(one['capture'] for one in some))
    assert done.returncode == 1
    assert [one | {'seconds': 0} for one in json.loads((folder / 'tshark').read_text())['captures']] == some


def test_trees_of_both(monkeypatch):
    """Blanks that XML does not keep, quotes and backslashes, which sharkd escapes; other escapes are left to tshark."""
    monkeypatch.syspath_prepend(str(REPOSITORY / 'tools'))
    from bcast_check import tree
    pdml = b"""<pdml><packet><proto name="frame"><field name="frame.number" show="7"/></proto><proto name="mbms_sec">
        <field name="mbms_sec.terminal" show="a &quot;b&quot; \\c"/>
        <field name="_ws.expert"><field name="mbms_sec.ill_formed" showname="one\ntwo"/></field></proto></packet></pdml>"""
    answer = [{'f': 'frame', 'n': [{'f': 'frame.number == 7'}]}, {'f': 'mbms_sec', 'n': [
        {'f': 'mbms_sec.terminal == "a \\"b\\" \\\\c"'},
        {'f': '_ws.expert', 'n': [{'f': 'mbms_sec.ill_formed', 'l': 'one\ntwo'}]}]}]
    for root in next(tree.from_pdml(io.BytesIO(pdml))), tree.from_sharkd(answer):
        finding, = tree.check_findings(root)
        assert finding[:4] == (7, 'mbms_sec.ill_formed', 3, 'one two') and finding.terminal == 'a "b" \\c'
    with pytest.raises(ValueError):
        tree.unquoted('"a\\x01"')


def test_rules_are_found_as_expected(check, folder):
    """One sharkd reads a capture after the other; nothing of one is left in the next."""
    expected = {f'captures/rules/{path.stem}.pcap': json.loads(path.read_text())['findings']
                for path in (CAPTURES / 'rules' / 'expected').glob('*.json')}
    check('--json', str(folder / 'json'), *expected)
    levels = {'note': 1, 'suspicious': 2, 'breach': 3}
    for capture in json.loads((folder / 'json').read_text())['captures']:
        found = [(one['frame'], one['rule'], levels[one['level']]) for one in capture['findings'] if '.' not in one['rule']]
        assert sorted(found) == sorted((int(frame), rule, level) for frame, rows in expected[capture['capture']].items()
                                       for rule, level in rows)
