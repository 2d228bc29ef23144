"""The table of keys: what may be entered, who gets to see it, and what the listings say under it."""
import json
import re
import shutil
import subprocess

import pytest

from key_rows import ONLY_WRONG, RIGHT, A, given, shown
from made import cast, mikey, over_udp
from wireshark import AS_NOBODY, CAPTURES

PASSES = pytest.mark.parametrize('passes', [[], ['-2']], ids=['one pass', 'two passes'])
MUK = RIGHT[0][2]
BSM = cast.BSM_1.name
TABLE = '.config/wireshark/ltkm_keys'
R61 = json.loads((CAPTURES / 'rules/expected/r61.json').read_text())


@pytest.fixture
def profile(wireshark, folder):
    """Writes the file of the table; the environment that finds it."""
    def write(*rows):
        path = folder / TABLE
        path.parent.mkdir(parents=True)
        path.write_text('# made by hand\n' + ''.join(f'"{idi}","{idr}","{key}"\n' for idi, idr, key in rows))
        for each in [path, *path.parents[:3]]:
            each.chmod(0o777 if each.is_dir() else 0o644)
        return {'HOME': str(folder)}
    return write


# ---- rows --------------------------------------------------------------------------------------------------------------

REFUSED = [
    (MUK[:-1], 'an odd number of hexadecimal digits (63)'),
    (MUK[:10] + 'g' + MUK[11:], 'character 11 is no hexadecimal digit'),
    ('0x' + MUK, 'character 2 is no hexadecimal digit'),
    ('', 'it is empty'),
    (' : ', 'it is empty'),
    (MUK[:3] + ':' + MUK[3:], 'character 4 is in the middle of a byte'),
    (MUK[:3] + ' ' + MUK[3:], 'character 4 is in the middle of a byte'),
]


@pytest.mark.parametrize(('key', 'problem'), REFUSED)
def test_refused(wireshark, key, problem):
    """tshark ends; the message has the row's identities and what is wrong. That tshark repeats its option is its own doing."""
    row = (BSM, 'terminal "7"'.replace('"', "'"), key)
    done = wireshark.run('-n', '-r', str(wireshark.captures / 'udp-push.pcap'), *given([row]))
    [option] = given([row])[1:]
    message = done.stderr.replace(option, '')
    assert done.returncode != 0 and done.stdout == ''
    assert f'''Row "{row[0]}","{row[1]}": the key is not hexadecimal bytes: {problem}''' in message
    assert not key.strip(' :') or key not in message


@pytest.mark.parametrize('key', [MUK[:-1], MUK[:10] + 'g' + MUK[11:]])
def test_refused_in_the_profile(wireshark, profile, key):
    """tshark goes on without it, says why, and nowhere gives the key away."""
    done = wireshark.run('-n', '-r', str(wireshark.captures / 'udp-push.pcap'), '-2', '-V', **profile((BSM, 'x', key)))
    assert f'Row "{BSM}","x": the key is not hexadecimal bytes: ' in done.stderr
    assert done.stdout.count('[MAC status: Unverified: ') == 3
    assert MUK[:8] not in done.stdout + done.stderr


def spelled(separator, upper=False):
    text = separator.join(MUK[at:at + 2] for at in range(0, 64, 2))
    return text.upper() if upper else text


@pytest.mark.parametrize('key', [spelled(':'), spelled(' ', True), f' {spelled(" : ")} ', MUK[:32] + ':' + MUK[32:]])
def test_spelling(wireshark, key):
    """Blanks, colons and capitals do not matter."""
    assert shown(wireshark, 'udp-push.pcap', [(BSM, '', key)]) == shown(wireshark, 'udp-push.pcap', RIGHT)


@pytest.mark.parametrize('length', [1, 16, 32, 33, 40, 48, 300])
def test_key_length(wireshark, folder, length):
    """Keys of any length, each with a neighbour that differs in its last byte."""
    key = bytes(at % 251 for at in range(length))
    sent = cast.ltkm(cast.key_ids(0x68C9, 1), 1, psk=key)
    path = over_udp(folder / 'length.pcap', sent, mikey.Verification(sent))
    found = shown(wireshark, path, [('', '', (key[:-1] + b'\xee').hex()), ('', '', key.hex())])
    assert found[1]['mikey.key.data'] == [sent.key_data[0].key.hex()]
    assert (found[1]['ltkm.mac_status'], found[2]['ltkm.v_status']) == (['1'], ['1'])


def test_profile(wireshark, profile):
    """Rows of the profile, and one more of the command line behind them."""
    environment = profile(ONLY_WRONG[0], (BSM, A.btid, spelled(':')))
    done = wireshark.run('-n', '-r', str(wireshark.captures / 'tour.pcap'), '-2', '-V', *given(RIGHT[1:]), **environment)
    assert re.findall(r'row (\d) of the table', done.stdout) == list('223' '23' '2222')
    assert done.stderr == '' or 'LTKM' not in done.stderr


# ---- rules and listings ------------------------------------------------------------------------------------------------


@PASSES
def test_r61_in_the_listing(wireshark, passes):
    """True after one pass; without the keys there is nothing."""
    for rows, want in ((R61['keys'], 1), ([], 0)):
        out = wireshark.tshark('rules/r61.pcap', *passes, '-q', '-z', 'bcast,rules', *given(rows))
        assert f'bcast rules: {want} breaches, 0 suspicious, 0 notes' in out
        assert ('R61' in out) == bool(want)


@PASSES
@pytest.mark.parametrize(('capture', 'rows', 'want'), [
    ('tour.pcap', RIGHT, ['good'] * 9),
    ('tour.pcap', RIGHT[:1], ['good', 'good', 'unverified', 'good', 'unverified', *['good'] * 4]),
    ('tour.pcap', [RIGHT[0], ONLY_WRONG[1]], ['good', 'good', 'bad', 'good', 'bad', *['good'] * 4]),
    ('tour.pcap', [], ['-'] * 9),
    ('mikey-kemac.pcap', RIGHT, [*['good'] * 7, 'none', 'none']),
    ('mikey-kemac.pcap', ONLY_WRONG, [*['bad'] * 7, 'none', 'none']),
    ('mikey-kemac.pcap', [('nobody', '', 'aa')], [*['unverified'] * 7, 'none', 'none']),
])  # fmt: skip
def test_list(wireshark, capture, rows, want, passes):
    """The column of the MAC."""
    out = wireshark.tshark(capture, *passes, '-q', '-z', 'ltkm,list', *given(rows))
    lines = [line.split() for line in out.splitlines()]
    assert [line[7] for line in lines if line and line[0].isdigit() and line[-1] != 'LTKMs'] == want


# ---- secrets -----------------------------------------------------------------------------------------------------------

SECRETS = [bytes.fromhex(MUK), *(cast.service_key(cast.key_ids(group, number)) for group, number in ((0x68C9, 1), (0x68C9, 5), (0x24CB, 0x4400)))]
LISTINGS = ['ltkm,list', 'ltkm,tree', 'ltkm,table', 'bcast,rules', 'bcast,table', 'mbms_sec,srt', 'expert', 'io,phs']


def spellings(secret):
    """The first four bytes, as somebody might print them."""
    pairs = [f'{byte:02x}' for byte in secret[:4]]
    return [separator.join(pairs) for separator in ('', ':', ' ', '-', ', ')] + [' '.join(f'0x{pair}' for pair in pairs), '\\x'.join(pairs)]


def spilt(text):
    return [one for secret in SECRETS for one in spellings(secret) if one in text.lower()]


def test_secrets_are_in_the_tree_alone(wireshark):
    """Neither the keys given nor those opened are in the packet list or in what tshark says."""
    capture = str(wireshark.captures / 'tour.pcap')
    listed = wireshark.run('-n', '-r', capture, '-2', *given(RIGHT))
    assert 'LTKM' in listed.stdout and spilt(listed.stdout + listed.stderr) == []
    tree = wireshark.run('-n', '-r', capture, '-2', '-V', *given(RIGHT))
    assert spilt(tree.stderr) == [] and MUK[:8] not in tree.stdout
    assert len(spilt(tree.stdout)) == 3
    nothing = wireshark.run('-n', '-r', capture, '-2', '-V', *given(ONLY_WRONG))
    assert spilt(nothing.stdout + nothing.stderr) == []


@pytest.mark.parametrize('rows', [RIGHT, [(BSM, '', MUK[:-2] + 'ff')]], ids=['right', 'almost right'])
def test_secrets_are_in_no_listing(wireshark, rows):
    """All listings at once."""
    done = wireshark.run('-n', '-r', str(wireshark.captures / 'tour.pcap'), '-2', '-q', *given(rows), *[part for name in LISTINGS for part in ('-z', name)])
    assert 'LTKMs' in done.stdout and spilt(done.stdout + done.stderr) == []


def test_secrets_are_in_no_export(wireshark, folder):
    """An exported LTKM has the bytes that were sent."""
    wireshark.tshark('tour.pcap', '-q', '--export-objects', f'ltkm,{folder}', *given(RIGHT))
    exported = [path.read_bytes() for path in folder.iterdir()]
    assert len(exported) == 9 and not [one for one in exported for secret in SECRETS if secret[:4] in one]


def test_opened_key_is_a_data_source(wireshark):
    """Bytes of the opened KEMAC stand under their own name, those of the frame do not have them."""
    out = wireshark.tshark('udp-push.pcap', '-2', '-x', '-Y', 'frame.number == 15', *given(RIGHT))
    frame, opened = out.split('Decrypted KEMAC (26 bytes):')
    key = cast.service_key(cast.key_ids(0x68C9, 6))
    assert ' '.join(f'{byte:02x}' for byte in key[:12]) in opened and key[:4].hex(' ') not in frame
    assert 'Decrypted' not in wireshark.tshark('udp-push.pcap', '-2', '-x', '-Y', 'frame.number == 15', *given(ONLY_WRONG))


# ---- a running program -------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which('sharkd'), reason='sharkd is not installed')
def test_row_added_in_a_running_program(wireshark):
    """The next time the file is read the row counts; one that is refused changes nothing."""
    def row(key):
        return {'method': 'setconf', 'params': {'name': 'uat', 'value': f'ltkm_keys:"{BSM}","","{key}"'}}

    load = {'method': 'load', 'params': {'file': str(wireshark.captures / 'udp-push.pcap')}}
    frame = {'method': 'frame', 'params': {'frame': 15, 'proto': True}}
    calls = [load, frame, row('abc'), load, frame, row('abcd'), load, frame, row(MUK), load, frame]
    text = ''.join(json.dumps({'jsonrpc': '2.0', 'id': number, **call}) + '\n' for number, call in enumerate(calls, 1))
    done = subprocess.run([*AS_NOBODY, 'sharkd', '-'], input=text, env=wireshark.environment, text=True, capture_output=True,
                          cwd=wireshark.root, timeout=120)  # fmt: skip
    answers = [line for line in done.stdout.splitlines() if '"tree"' in line]
    assert [re.search('MAC status: [A-Z][a-z]+', answer)[0].split()[-1] for answer in answers] == ['Unverified', 'Unverified', 'Bad', 'Good']
    assert ['mikey.key.data == ' in answer for answer in answers] == [False, False, False, True]
    assert MUK[:8] not in done.stdout + done.stderr
