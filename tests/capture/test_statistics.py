"""What -z and --export-objects say, in one pass and in two."""
import re

import pytest

from made import documents, over_http

PASSES = pytest.mark.parametrize('passes', [[], ['-2']], ids=['one pass', 'two passes'])


def rows(text, first):
    """The words of each line whose first word passes |first|."""
    return [line.split() for line in text.splitlines() if line.split() and first(line.split()[0])]


BTID = 'dGVzdC1idGlkLTAwMDAwMQ==@bsf.example.org'
LIST = [
    '12 HTTP 00f110 68c9:0001 yes 14 0.020000 - verified ' + BTID + ' bsm1.example.org',
    '12 HTTP 00f110 68c9:0002 no - - - not asked for ' + BTID + ' bsm1.example.org',
    '12 HTTP 00f110 24cb:4400 yes 15 0.033750 - verified ' + BTID + ' bsm2.example.org',
    '18 HTTP 00f110 68c9:0003 yes 20 0.020000 - verified ' + BTID + ' bsm1.example.org',
    '18 HTTP 00f110 24cb:4401 yes 21 0.033750 - verified ' + BTID + ' bsm2.example.org',
    '22 UDP 00f110 68c9:0004 yes 23 0.013750 - verified ' + BTID + ' bsm1.example.org',
    '24 UDP 00f110 68c9:0000 no - - - not asked for ' + BTID + ' bsm1.example.org',
    '26 HTTP 00f110 68c9:0005 yes 27 0.018750 - verified ' + BTID + ' bsm1.example.org',
    '30 HTTP 00f110 68c9:0005 yes 31 0.018750 - verified ' + BTID + ' bsm1.example.org',
]


@PASSES
def test_list(wireshark, passes):
    """Every LTKM with its verification message, though that comes later in the file."""
    out = wireshark.tshark('tour.pcap', *passes, '-q', '-z', 'ltkm,list')
    assert [' '.join(row) for row in rows(out, lambda word: word.isdigit())] == LIST + ['9 LTKMs']


@pytest.mark.parametrize('listing', ['ltkm,list', 'bcast,rules'])
def test_wrong_filter(wireshark, listing):
    """It is said; whatever else was asked for goes on, and nothing is listed as if it were all."""
    ran = wireshark.run('-r', str(wireshark.captures / 'tour.pcap'), '-q', '-z', f'{listing},no.such.field', '-z', 'io,phs')
    assert f'-z {listing},no.such.field is left out: ' in ran.stderr and 'no.such.field' in ran.stderr
    if ran.returncode == 0:  # Wireshark 4.6 and later end, as they do for their own statistics
        assert 'Protocol Hierarchy Statistics' in ran.stdout and 'LTKMs' not in ran.stdout and 'bcast rules' not in ran.stdout


def test_list_with_filter(wireshark):
    """A display filter picks frames."""
    out = wireshark.tshark('tour.pcap', '-q', '-z', 'ltkm,list,udp')
    assert [row[0] for row in rows(out, lambda word: word.isdigit())] == ['22', '24', '2']


@PASSES
def test_rules(wireshark, passes):
    """Findings by rule, true after one pass: also that nothing came (R53)."""
    out = wireshark.tshark('rules/r53.pcap', *passes, '-q', '-z', 'bcast,rules')
    assert [' '.join(row) for row in rows(out, lambda word: word.startswith('R') and word[1:].isdigit())] == [
        'R39 breach 1 17 5.1.6.10.1',
        'R53 suspicious 3 12 5.1.6.10.4',
    ]
    assert out.splitlines()[-2] == 'bcast rules: 1 breaches, 3 suspicious, 0 notes'


def test_findings_beyond_the_bound(wireshark, folder):
    """100 findings of a rule and level are shown, the last says how many more there are, and all are counted."""
    types = '<Type>200</Type>' * 150 + '<Type>9</Type>'
    body = f'<mbmsSecurityRegister><RegistrationRequestExtension><LTKMDelivery>{types}</LTKMDelivery></RegistrationRequestExtension></mbmsSecurityRegister>'
    capture = over_http(folder / 'types.pcap', documents.REGISTRATION, body.encode())
    [found] = wireshark.fields(capture, ['bcast.rule', 'bcast.rule_text', '_ws.expert.message'], '-2', '-Y', 'bcast.rule').values()
    assert (found['bcast.rule'].count('R12'), found['bcast.rule'].count('R13')) == (101, 100)
    assert found['bcast.rule_text'].count('Type 200 is proprietary') == 99
    assert 'Type 200 is proprietary, and 50 more like this' in found['bcast.rule_text']
    assert 'Type 200 is there again, and 49 more like this' in found['bcast.rule_text']
    assert 'R12 (5.1.6.7.1): Type 200 is proprietary, and 50 more like this' in found['_ws.expert.message']
    for statistic in ('bcast,rules', 'bcast,table'):
        out = wireshark.tshark(capture, '-2', '-q', '-z', statistic).replace('|', ' ')
        counted = {tuple(row[:2]): row[2] for row in rows(out, lambda word: word in ('R12', 'R13'))}
        assert counted == {('R12', 'note'): '150', ('R12', 'suspicious'): '1', ('R13', 'note'): '149'}


def test_rules_of_a_clean_capture(wireshark):
    """Nothing to say."""
    out = wireshark.tshark('tour.pcap', '-q', '-z', 'bcast,rules')
    assert out.splitlines()[-2] == 'bcast rules: 0 breaches, 0 suspicious, 0 notes'


def test_rules_with_filter(wireshark):
    """Only the frames that pass."""
    out = wireshark.tshark('rules/r53.pcap', '-q', '-z', 'bcast,rules,frame.number < 17')
    assert 'R39' not in out and 'R53' in out


@PASSES
def test_tree(wireshark, passes):
    """Counts by transport, and how many are verified."""
    out = wireshark.tshark('tour.pcap', *passes, '-q', '-z', 'ltkm,tree')
    counts = {}
    for line in out.splitlines():
        for name in ('LTKMs with V flag', 'LTKMs', 'HTTP', 'UDP', 'Verification messages', 'Answered', 'Not answered'):
            if line.strip().startswith(name + ' ') and name not in counts:
                counts[name] = int(line.strip()[len(name):].split()[0])
                break
    assert counts == {'LTKMs': 9, 'HTTP': 7, 'UDP': 2, 'Verification messages': 7, 'LTKMs with V flag': 7, 'Answered': 7, 'Not answered': 0}


@PASSES
def test_tree_counts_copies_apart(wireshark, passes):
    """The same bytes again are no other LTKM, nor another answer."""
    out = wireshark.tshark('duplicate.pcap', *passes, '-q', '-z', 'ltkm,tree')
    rows = dict(re.findall(r'^ ?([A-Z][^0-9\n]*?) +([0-9]+) ', out, re.MULTILINE))
    found = wireshark.fields('duplicate.pcap', ['ltkm.message', 'ltkm.duplicate_of'], '-2')
    kinds = [kind for one in found.values() for kind in one.get('ltkm.message', [])]
    copies = sum(len(one.get('ltkm.duplicate_of', [])) for one in found.values())
    assert copies > 0 and int(rows['Copies']) == copies
    assert int(rows['LTKMs']) + int(rows['Verification messages']) + copies == len(kinds)


def test_response_times(wireshark):
    """One row a procedure; bare responses count too."""
    out = wireshark.tshark('tour.pcap', '-q', '-z', 'mbms_sec,srt')
    calls = {name: line.split(name)[1].split()[0] for line in out.splitlines()
             for name in ('Registration', 'Deregistration', 'MSK request') if f' {name} ' in line}
    assert calls == {'Registration': '4', 'Deregistration': '1', 'MSK request': '2'}


def test_filter_of_a_response_time(wireshark):
    """"Apply as Filter" of a row, the field of the table and the number of the row, finds the requests of that procedure."""
    load = {'method': 'load', 'params': {'file': str(wireshark.captures / 'tour.pcap')}}
    table, = wireshark.sharkd(load, {'method': 'tap', 'params': {'tap0': 'srt:mbms_sec'}})[1]['taps'][0]['tables']
    shown = {row['n']: wireshark.tshark('tour.pcap', '-Y', f"{table['f']}=={row['idx']}").splitlines() for row in table['r']}
    assert {name: len(lines) for name, lines in shown.items()} == {'Registration': 4, 'Deregistration': 1, 'MSK request': 2}
    assert all(f', {name}' in line for name, lines in shown.items() for line in lines)


def test_export(wireshark, folder):
    """Each LTKM as a file of its bytes, and nothing else; its name tells the key, and its ltkm.id."""
    wireshark.tshark('tour.pcap', '-q', '--export-objects', f'ltkm,{folder}')
    ids = {frame: values.get('ltkm.id') for frame, values in wireshark.fields('tour.pcap', ['ltkm.id']).items()}
    numbers = [(12, 1, '68c9-0001'), (12, 2, '68c9-0002'), (12, 3, '24cb-4400'), (18, 1, '68c9-0003'), (18, 2, '24cb-4401'),
               (22, 1, '68c9-0004'), (24, 1, '68c9-0000'), (26, 1, '68c9-0005'), (30, 1, '68c9-0005')]  # fmt: skip
    assert sorted(path.name for path in folder.iterdir()) == [
        f'frame{frame}-ltkm{index}_00f110-{key}_{ids[frame][index - 1]}.mikey' for frame, index, key in numbers]
    payload = wireshark.fields('tour.pcap', ['udp.payload'])[22]['udp.payload'][0]
    file, = folder.glob('frame22-ltkm1_*.mikey')
    assert file.read_bytes() == bytes.fromhex(payload.replace(':', ''))


@pytest.mark.parametrize('statistic', ['ltkm,table', 'bcast,table'])
def test_tables_of_the_menu(wireshark, statistic):
    """The tables of Wireshark's menu have the rows of the listings."""
    out = wireshark.tshark('rules/r53.pcap', '-2', '-q', '-z', statistic)
    assert ('R53   |suspicious |       3 |         12 |' in out) == (statistic == 'bcast,table')
    assert (out.count('|HTTP') > 0) == (statistic == 'ltkm,table')


@PASSES
def test_ladder(wireshark, passes):
    """The flow graph "MBMS keys": an arrow for each document, LTKM and verification message, with what it is in short."""
    out = wireshark.tshark('tour.pcap', *passes, '-q', '-z', 'flow,ltkm,standard')
    arrows = [line.rsplit('|', 1)[1] for line in out.splitlines() if re.match(r'\|\d', line)]
    assert arrows[0] == 'MBMS-SEC: Registration request: 3 services, delivery UDP+HTTP'
    assert arrows[1] == 'MBMS-SEC: Registration: authentication asked for'
    assert arrows[3] == 'MBMS-SEC: Registration response: 2×200 OK, 1×403, 3 LTKMs, delivery UDP+HTTP'
    assert any(arrow.startswith('LTKM: LTKM 00f110/68c9:0004 counter 47') for arrow in arrows)
    assert sum(arrow.startswith('LTKM: LTKM verification of') for arrow in arrows) == 7
    assert not any('HTTP/1.1' in arrow for arrow in arrows)


def test_ladder_leaves_columns_alone(wireshark):
    """Whoever draws it sees the same packet list as before."""
    assert wireshark.tshark('tour.pcap', '-z', 'flow,ltkm,standard').startswith(wireshark.tshark('tour.pcap'))
