"""The pages: what stands on them to be typed does what is said of it, fields that they name are there, and links lead somewhere.

A command or a filter without a row here is red.
"""
import csv
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

import pytest

from bcast_tool import install_tool
from pages import LINES, PAGES, anchors, fields_named, links, name
from wireshark import BUILD, CAPTURES, REPOSITORY, complaints

FIELD30 = json.loads((CAPTURES / 'expected' / 'field30.json').read_text())['terminals']
FAILED = {btid for btid, terminal in FIELD30.items() if terminal['wrong']}
FILTER = "tshark -2 -r captures/rules/r22.pcap -Y 'bcast.rule_level == 3' -T fields -e frame.number -e bcast.rule -e bcast.rule_text"
BROKEN = 'mbms_sec.ill_formed || ltkm.malformed || bcast.r14 || bcast.bad_base64'


def cells(text: str, separator: str = '\t') -> list[list[str]]:
    return [line.split(separator) for line in text.splitlines()]


def has(*patterns: str) -> Callable[[str], None]:
    """Each is in a line of what is printed, in this order; blanks and tabs count as one blank."""
    def check(text: str) -> None:
        lines = [re.sub(r'\s+', ' ', line.strip()) for line in text.splitlines()]
        for pattern in patterns:
            at = next((number for number, line in enumerate(lines) if re.search(pattern, line)), None)
            assert at is not None, pattern
            lines = lines[at + 1:]
    return check


def breaches(text: str) -> None:
    rows = cells(text)
    assert [(frame, set(rules.split(','))) for frame, rules, _ in rows] == [('8', {'R22'}), ('11', {'R22'}), ('13', {'R22'})]
    assert all(text.startswith('An LTKM beside the ResponseCode') for _, _, text in rows)


def failed_terminals(text: str) -> None:
    """Their rows stand first, each with the reason."""
    rows = [line for line in text.splitlines() if re.search(r'\S{20,}@\S', line)]
    btids = [re.search(r'\S{20,}@\S+(?=  +\d|  +2001:|  +10\.|  +203\.)', line)[0] for line in rows]
    assert len(rows) == len(FIELD30) and FAILED <= set(btids[:len(FAILED) + 1])


def unverified(text: str) -> None:
    rows = cells(text)
    assert [frame for frame, _, _ in rows] == ['362', '423', '425', '427']
    assert all(terminal in FAILED for _, terminal, _ in rows)
    assert [reason for _, _, reason in rows][:2] == ['the terminal or the way back is at fault', 'it did not arrive: ICMP error in frame 424']


def findings_of_field30(text: str) -> None:
    assert [(frame, rule) for frame, rule, _ in cells(text)] == [
        ('208', 'R39'), ('362', 'R53'), ('387', 'R91'), ('393', 'R53'), ('397', 'R57'), ('404', 'R74'), ('410', 'R69'), ('423', 'R53'),
        ('425', 'R53'), ('427', 'R53')]


def linked(text: str) -> None:
    """ltkm.id is equal in an LTKM and its verification message."""
    rows = {frame: (ids.split(','), verified.split(','), verifies) for frame, _, ids, verified, verifies in cells(text)}
    assert rows['12'][1] == ['14', '15'] and [rows[frame][0] for frame in ('14', '15')] == [[rows['12'][0][0]], [rows['12'][0][2]]]
    assert {frame: row[2] for frame, row in rows.items() if row[2]} == {
        '14': '12', '15': '12', '20': '18', '21': '18', '23': '22', '27': '26', '31': '30'}


def three_ltkms(text: str) -> None:
    """Those of frame 12 are all there."""
    packets = [packet['_source']['layers'] for packet in json.loads(text)]
    assert [json.dumps(packet).count('"ltkm.id"') for packet in packets if packet['frame']['frame.number'] == '12'] == [3]


def opened(text: str) -> None:
    """One BSM's messages; there is no key for the other's."""
    rows = {row[0]: row[1:] for row in cells(text)}
    assert rows['12'] == ['1,1,2', '', '1,1', '65534,65534', 'b341b6e02b923509ee73ddcfe5fc1d1b,f4da5f61f42e712f34b7f00d8d334156']
    assert [rows[frame][1] for frame in ('14', '15', '20', '31')] == ['1', '2', '1', '1']


def opened_by_card(text: str) -> None:
    rows = {row[0]: row[1:] for row in cells(text)}
    assert rows['11'] == ['1', '1', 'b341b6e02b923509ee73ddcfe5fc1d1b']
    assert [rows[frame][0] for frame in ('10', '26', '51')] == ['1', '2', '0']


RUN = {  # line -> what its output has to be
    FILTER: breaches,
    'tshark --version': has(r'^TShark \(Wireshark\) \d+\.\d+\.\d+'),
    'tshark -G plugins': has(r'^mbms-bcast\.so 1\.0\.0 dissector '),
    'tshark -q -r captures/rules/r22.pcap -z bcast,rules': has(r'^R22 breach 5 8 '),
    'tshark -q -r captures/field30.pcap -z mbms_sec,terminals': failed_terminals,
    'tshark -q -r captures/field30.pcap -z flow,ltkm,standard': has('MBMS-SEC: Registration request: ', 'LTKM: LTKM verification of 00f110/68c9:0001 in frame 55 '),
    "tshark -2 -r captures/field30.pcap -Y 'frame.number == 404' -V": has(
        'Fate: Dropped: replay', r'^\[R74 .*Other bytes, but T 2 is not greater than T 2 of frame 388'),
    "tshark -2 -r captures/field30.pcap -Y 'bcast.rule_level >= 2' -T fields -e frame.number -e bcast.rule -e bcast.rule_text":
        findings_of_field30,
    "tshark -2 -r captures/field30.pcap -Y 'ltkm.answer == 3' -T fields -e frame.number -e ltkm.terminal -e ltkm.answer_reason": unverified,
    'tshark -2 -r captures/tour.pcap -Y ltkm -T fields -e frame.number -e ltkm.message -e ltkm.id -e ltkm.verified_in -e ltkm.verifies': linked,
    'tshark -2 -r captures/tour.pcap -Y ltkm -T json --no-duplicate-keys': three_ltkms,
    'tshark -q -r captures/tour.pcap -z ltkm,list': has(r'^12 HTTP 00f110 68c9:0001 yes 14 ', r'^30 \w+ 00f110 .* 31 '),
    'tshark -q -r captures/tour.pcap -z ltkm,keys': has('^00f110/68c9:0005 - - 1 1 ', '^7 keys$'),
    'tshark -q -r captures/tour.pcap -z ltkm,tree': has('^LTKMs 9 ', '^Verification messages 7 ', '^Answered 7 '),
    'tshark -q -r captures/tour.pcap -z mbms_sec,srt': has(r'^1 Registration 4 ', r'^5 MSK request 2 '),
    'tshark -q -r captures/tour.pcap -z mbms_sec,tree': has('^Registration 4 ', '^Refused in the status line 1 ', '^MSK request 2 '),
    'tshark -q -r captures/tour.pcap -z mbms_sec,terminals': has(r'\bdGVzdC1idGlkLTAwMDAwMQ==@bsf\.example\.org '),
    'tshark -q -r captures/tour.pcap -z bcast,rules': has('^bcast rules: 0 breaches, 0 suspicious, 0 notes'),
    "tshark -r captures/tour.pcap --enable-protocol communityid -Y 'frame.number == 12' -V": has(
        'MBMS Security', r'^\[Community ID: 1:ru9Gi6g5SXzJj4NoP400m0tL3fg=\]'),
    '''tshark -2 -o 'uat:ltkm_keys:"","","000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"' -r captures/tour.pcap -Y ltkm '''
    '-T fields -e frame.number -e ltkm.mac_status -e ltkm.v_status -e ltkm.validity_low -e ltkm.validity_high -e mikey.key.data': opened,
    '''tshark -2 -o 'uat:ltkm_cards:"user@example.org","465b5ce8b199b49faa5f0a2ee238a6bc","cd63cb71954a9f4e48a5994e37a02baf"' '''
    "-r captures/cards.pcap -Y 'mbms_sec || ltkm' -T fields -e frame.number -e mbms_sec.digest_status -e ltkm.mac_status -e mikey.key.data":
        opened_by_card,
}

FILTERS = {  # filter -> capture, frames of it
    'mbms_sec.response_code == 403': ('msk-request.pcap', [9]),
    'mbms_sec.refused || mbms_sec.unauthorised || mbms_sec.server_error || mbms_sec.no_response':
        ('field30.pcap', [11, 22, 95, 127, 160, 200, 204, 246, 259, 420, 453]),
    'mbms_sec.terminal == "B-TID"': ('tour.pcap', []),  # test_terminal
    'bcast.delivery_type == 2': ('tour.pcap', [8, 10, 12, 40, 42]),
    'ltkm.message == 1 && mikey.v.set == 1 && !ltkm.verified_in': ('rules/r53.pcap', [9, 17, 18, 26]),
    'ltkm.message == 3 && !ltkm.verifies': ('rules/r63.pcap', [6, 10, 11]),
    'ltkm.answer == 3': ('field30.pcap', [362, 423, 425, 427]),
    'ltkm.fate == 5': ('field30.pcap', [404]),
    'ltkm.key == "00f110/68c9:0001"': ('tour.pcap', [12, 14]),
    'ltkm.unreachable_in || ltkm.quote_of': ('field30.pcap', [423, 424, 425, 426]),
    'ltkm.duplicate_of': ('duplicate.pcap', [10, 13]),
    'ltkm.key_domain_id == 00:f1:10 && ltkm.key_group == 0x68c9': ('tour.pcap', [12, 18, 22, 24, 26, 28, 30]),
    BROKEN: ('bad-xml.pcap', [6, 7]),
    'bcast.rule': ('rules/r22.pcap', [8, 11, 13]),
    'bcast.rule_level == 3': ('rules/r22.pcap', [8, 11, 13]),
    'bcast.r22': ('rules/r22.pcap', [8, 11, 13]),
}
INLINE = {  # filters in the text of a page
    'ltkm.fate == "Dropped: replay"': ('field30.pcap', [404]),
}

HERE = [  # with a test of their own below
    'tools/try.sh', 'tools/bcast-check --junit report.xml captures/*.pcap',
    '7 procedures, 9 LTKMs, 7 verification messages judged in 1 capture: 0 breaches, 0 suspicious, 0 notes',
    'tools/bcast-check --write-baseline known.txt captures/rules', 'tools/bcast-check --baseline known.txt captures/rules',
    'tools/bcast-check --records records.ndjson captures/tour.pcap', 'tshark -q -r captures/tour.pcap --export-objects ltkm,FOLDER',
    'cmake --preset release && cmake --build build', 'tools/test.sh -R capture-names', 'FUZZ_SECONDS=1800 tools/test.sh -R fuzz',
]  # fmt: skip

ELSEWHERE = {  # line -> the file that runs it, and a piece of it
    'tools/test.sh': ('.ci/run', '\ntools/test.sh'),
    'python3 install.py': ('tests/platform/test_install.py', "'install.py'"),
    'tools/install.py': ('tests/platform/test_install.py', 'def test_in_earnest'),
    'sudo cmake --install build': ('tests/platform/test_package.py', "'cmake', '--install', BUILD"),
    'sudo cmake --build build --target uninstall': ('tests/platform/test_package.py', "'--target', 'uninstall'"),
    'cmake --build build --target archive': ('tests/platform/test_package.py', "'--target', 'archive'"),
    '(cd build && cpack -G DEB)': ('tests/platform/test_package.py', "'cpack', '-G', 'DEB'"),
    'cmake -G Ninja -S . -B b -DBUILD_wireshark=OFF -DCUSTOM_PLUGIN_SRC_DIR=plugins/epan/mbms-bcast && ninja -C b mbms-bcast':
        ('tests/platform/test_in_tree.py', 'add_subdirectory(plugins/epan/mbms-bcast)'),
    'tshark: "ltkm" is not a valid protocol or protocol field.': ('tests/platform/test_messages.py', 'def silent'),
    'Bus error': ('tests/platform/test_messages.py', 'SIGBUS'),
    '/usr/bin/python3 -m captures.generator': ('tests/generator/test_generator.py', 'def test_committed_files_are_the_generated_ones'),
    '/usr/bin/python3 -m pytest tests/generator': ('tests/CMakeLists.txt', 'foreach(suite house generator)'),
    'tools/bcast-fleet captures/': ('tests/fleet/test_workers.py', 'fleet('),
    'dask-scheduler': ('tests/fleet/cluster.py', 'scheduler'),
    'dask-worker tcp://rack:8786 --nthreads 1 --nworkers auto': ('tests/fleet/cluster.py', '--nthreads'),
    'tools/bcast-fleet --scheduler tcp://rack:8786 --bcast-check /opt/mbms/bin/bcast-check --summary /captures':
        ('tests/fleet/test_workers.py', '--bcast-check'),
    "clickhouse-client --input_format_skip_unknown_fields 1 --query 'INSERT INTO records FORMAT JSONEachRow' <records.ndjson":
        ('tests/fleet/test_engines.py', 'clickhouse-client (.*) --query'),
}  # fmt: skip

NOT_RUN = {  # line -> why no test runs it; the page says so, too
    **dict.fromkeys(['apt-get install --no-install-recommends apache2-bin tcpdump curl openssl tshark', 'python3 record.py', 'python3 expect.py'],
                    'makes captures/recorded anew, by real servers and as root'),
    **dict.fromkeys(["curl -X PUT localhost:9200/records -H 'Content-Type: application/json' -d @mapping.json",
                     "sed 's/^/{\"index\":{}}\\n/' records.ndjson | curl localhost:9200/records/_bulk -H 'Content-Type: application/x-ndjson' "
                     '--data-binary @-',
                     "curl localhost:9200/records/_search -H 'Content-Type: application/json' -d @query.json"],
                    'OpenSearch is not to be had from Debian'),
}  # fmt: skip


def is_message(text: str) -> bool:
    return text.startswith(("The plugin 'mbms-bcast.so' ", "Couldn't load plugin 'mbms-bcast.so': "))  # tests/platform/test_messages.py


def is_key_row(text: str) -> bool:
    return text.startswith(('"', "-o 'uat:ltkm_keys:"))  # test_key_rows


@pytest.fixture(scope='module')
def shell(wireshark):
    """Runs a line where it finds captures/ and tools/, as in a clone of the repository."""
    install_tool(wireshark)
    return lambda line: wireshark.run('-c', line, program='sh')


def test_every_line_is_known():
    """No page has a command, a filter or a message that nobody tries, and no row here is for a line that is gone."""
    texts = {line.text for line in LINES if not is_message(line.text) and not is_key_row(line.text)}
    known = [*RUN, *FILTERS, *HERE, *ELSEWHERE, *NOT_RUN]
    assert len(known) == len(set(known))
    assert texts == set(known)


def test_the_pages():
    """What is looked for is found: on each of these pages there is something to type."""
    assert {'README.md', 'packaging/INSTALL.md', 'plugin/README.md', 'plugin/FIELD.md', 'tools/bcast_check/README.md',
            'tools/bcast_fleet/README.md', 'captures/README.md', 'CONTRIBUTING.md'} <= {line.page for line in LINES}
    set_up = re.search(r'^## Try it\n(.*?)^## ', (REPOSITORY / 'README.md').read_text(), re.MULTILINE | re.DOTALL)[1]
    assert re.findall(r'^    (\S.*)$', set_up, re.MULTILINE) == ['tools/try.sh', 'tools/test.sh']  # two, and no third


@pytest.mark.parametrize('line', RUN)
def test_command(shell, line):
    done = shell(line)
    assert done.returncode == 0 and not complaints(done.stderr)
    RUN[line](done.stdout)


@pytest.mark.parametrize('display_filter', [*FILTERS, *INLINE])
def test_filter(wireshark, display_filter):
    capture, frames = (FILTERS | INLINE)[display_filter]
    found = wireshark.tshark(capture, '-2', '-Y', display_filter, '-T', 'fields', '-e', 'frame.number').split()
    assert [int(frame) for frame in found] == frames


def test_inline_filters():
    assert all(f'`{text}`' in (REPOSITORY / 'dissectors/packet/FILTERS.md').read_text() for text in INLINE)


def test_terminal(wireshark):
    """The filter that names a B-TID, with one: all of its frames, whatever carried them."""
    found = wireshark.tshark('tour.pcap', '-2', '-Y', 'mbms_sec.terminal == "dGVzdC1idGlkLTAwMDAwMQ==@bsf.example.org"')
    frames = {int(line.split()[0]) for line in found.splitlines()}
    assert {8, 10, 12, 14, 22, 23} <= frames and not {28, 40, 42} & frames


def test_broken_base64(wireshark):
    assert wireshark.tshark('bad-base64.pcap', '-2', '-Y', BROKEN, '-T', 'fields', '-e', 'frame.number').split() == ['8']


def test_filter_that_is_active_at_load(wireshark):
    """It is asked in the first look: tshark -R with one pass has it as Wireshark has it then."""
    def found(*passes):
        return wireshark.tshark('tour.pcap', *passes, '-Y', 'ltkm.verified_in').splitlines()

    assert len(found('-2')) == 5 and not found()
    missing = wireshark.tshark('tour.pcap', '-Y', 'ltkm.message == 1 && !ltkm.verified_in').splitlines()
    assert len(missing) > len(wireshark.tshark('tour.pcap', '-2', '-Y', 'ltkm.message == 1 && !ltkm.verified_in').splitlines())


@pytest.mark.parametrize('line', ELSEWHERE)
def test_run_elsewhere(line):
    file, piece = ELSEWHERE[line]
    assert piece in (REPOSITORY / file).read_text()


# ---- commands with a test of their own ---------------------------------------------------------------------


def test_try(wireshark):
    """With a machine that has everything, and a build that is made: it decodes the tour, or a capture that is named."""
    clone, commands = wireshark.root / 'clone', wireshark.root / 'commands'
    (clone / 'build').mkdir(parents=True)
    commands.mkdir()
    shutil.copytree(BUILD / 'plugins', clone / 'build' / 'plugins')
    shutil.copytree(REPOSITORY / 'tools', clone / 'tools', ignore=shutil.ignore_patterns('__pycache__'))
    (clone / 'captures').mkdir()
    shutil.copy(CAPTURES / 'tour.pcap', clone / 'captures')
    (commands / 'dpkg-query').write_text('#!/bin/sh\necho install ok installed\n')
    (commands / 'cmake').write_text('#!/bin/sh\n')
    for path in [clone, commands, *clone.rglob('*'), *commands.rglob('*')]:
        path.chmod(0o777 if path.is_dir() or path.suffix in ('.sh', '') else 0o644)
    path = f'{commands}:{wireshark.environment["PATH"]}'
    done = wireshark.run('-c', f'cd {clone} && tools/try.sh', program='sh', PATH=path)
    assert done.returncode == 0 and not complaints(done.stderr)
    assert re.search(r'^ *12 .* MBMS-SEC .*Registration response', done.stdout, re.MULTILINE), done.stdout
    done = wireshark.run('-c', f'cd {clone} && tools/try.sh {wireshark.captures}/msk-request.pcap -Y "mbms_sec.response_code == 403"',
                         program='sh', PATH=path)
    assert [line.split()[0] for line in done.stdout.splitlines() if 'MBMS-SEC' in line] == ['9']


def test_check(wireshark, shell):
    """Some of the captures are broken on purpose: findings, but each was read to its end."""
    done = shell('tools/bcast-check --junit report.xml captures/*.pcap')
    assert done.returncode == 1 and not complaints(done.stderr)
    assert 'captures/media-types.pcap:13: R26 breach: ' in done.stdout
    assert 'captures/tour.pcap:' not in done.stdout
    suites = ElementTree.parse(wireshark.root / 'report.xml').getroot().findall('testsuite')
    captures = sorted(f'captures/{path.name}' for path in wireshark.captures.glob('*.pcap'))
    assert [suite.get('name') for suite in suites] == captures
    assert {suite.get('errors') for suite in suites} == {'0'}


def test_what_was_judged(shell):
    judged, = (line.text for line in LINES if 'judged in 1 capture' in line.text)
    assert shell('tools/bcast-check captures/tour.pcap').stdout.strip() == judged


def test_baseline(shell):
    assert shell('tools/bcast-check --write-baseline known.txt captures/rules').returncode == 1
    done = shell('tools/bcast-check --baseline known.txt captures/rules')
    assert done.returncode == 0 and re.search(r': 0 breaches, 0 suspicious, 0 notes, \d{3} known$', done.stdout.strip())


def test_records(wireshark, shell):
    assert shell('tools/bcast-check --records records.ndjson captures/tour.pcap').returncode == 0
    kinds = [json.loads(line)['type'] for line in (wireshark.root / 'records.ndjson').read_text().splitlines()]
    assert [kinds.count(kind) for kind in ('procedure', 'ltkm', 'verification', 'stkm')] == [7, 9, 7, 1]


def test_export(shell, folder):
    assert shell(f'tshark -q -r captures/tour.pcap --export-objects ltkm,{folder}').returncode == 0
    names = {path.name for path in folder.iterdir()}
    assert len(names) == 9 and 'frame12-ltkm1_00f110-68c9-0001_5b677767-0000002a.mikey' in names
    assert 'frame12-ltkm1_00f110-68c9-0001_5b677767-0000002a.mikey' in (REPOSITORY / 'plugin' / 'FIELD.md').read_text()


def test_key_rows(wireshark):
    """Of captures/README.md: cards that open the capture of cards, keys that open the tour."""
    texts = [line.text for line in LINES if is_key_row(line.text)]
    cards = [part for text in texts if text.startswith('"') for part in ('-o', f'uat:ltkm_cards:{text}')]
    keys = [part for text in texts if text.startswith('-o') for part in ('-o', text.removeprefix("-o '").removesuffix("'"))]
    assert len(cards) == len(keys) == 4
    for capture, given in (('cards.pcap', cards), ('tour.pcap', keys)):
        found = wireshark.fields(capture, ['ltkm.mac_status', 'ltkm.v_status'], '-2', *given)
        statuses = {status for fields in found.values() for values in fields.values() for status in values}
        assert '1' in statuses and not {'0', '2'} & statuses, capture
    assert all(len(next(csv.reader([text]))) == 3 for text in texts if text.startswith('"'))


@pytest.mark.skipif(not shutil.which('cmake'), reason='there is no cmake')
def test_preset(folder):
    done = subprocess.run(['cmake', '--preset', 'release', '-B', str(folder / 'build')], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert 'CMAKE_BUILD_TYPE:STRING=Rel' in (folder / 'build' / 'CMakeCache.txt').read_text()


@pytest.mark.skipif(not (BUILD / 'CTestTestfile.cmake').exists(), reason='no build folder with tests')
@pytest.mark.parametrize(('pattern', 'names'), [('capture-names', ['capture-names']), ('fuzz', ['fuzz-captures', 'fuzz-mikey', 'fuzz-xml'])])
def test_names_of_tests(pattern, names):
    listed = subprocess.run(['ctest', '-N', '-R', pattern], cwd=BUILD, capture_output=True, text=True).stdout
    assert set(names) <= set(re.findall(r'#\d+: (\S+)', listed))


# ---- what they name ------------------------------------------------------------------------------------------

UNLISTED = {'ltkm.keys', 'ltkm.cards', 'ltkm.service_keys', 'mbms_sec.keys', 'ltkm.udp.port', 'mikey.udp.port'}  # preferences, and test_names
PLACEHOLDERS = {'bcast.rN', 'bcast.rN_suspicious', 'bcast.rN_note', 'ltkm', 'mikey'}


@pytest.fixture(scope='module')
def names_known(wireshark):
    fields = {row[2] for row in cells(wireshark.run('-G', 'fields').stdout) if row[0] == 'F'}
    preferences = set(re.findall(r'^#?((?:ltkm|mbms_sec)\.[\w.]+):', wireshark.run('-G', 'defaultprefs').stdout, re.MULTILINE))
    return fields | preferences | UNLISTED | PLACEHOLDERS


@pytest.mark.parametrize('page', PAGES, ids=name)
def test_fields(names_known, page):
    """Each that is named is one of Wireshark's, or a preference."""
    assert fields_named(page) - names_known == set()


@pytest.mark.parametrize('page', PAGES, ids=name)
def test_links(page):
    """To a file, and to a heading in it. Pictures of the window are a folder that is there as a whole, or not."""
    lost = []
    for target in links(page):
        path, _, anchor = target.partition('#')
        file = (page.parent / path) if path else page
        if file.parent.name == 'pictures' and not (REPOSITORY / 'plugin' / 'pictures').is_dir():
            continue
        if not file.exists() or (anchor and anchor not in anchors(file)):
            lost.append(target)
    assert lost == []


def test_files_that_contributors_are_sent_to():
    """Each path in code is there; those with a gap in them have at least one."""
    words = re.findall(r'`((?:dissectors|plugin|captures|tests|tools)/[\w./…-]+)`', (REPOSITORY / 'CONTRIBUTING.md').read_text())
    assert len(words) > 30
    assert [word for word in words if not list(REPOSITORY.glob(word.rstrip('/').replace('…', '*')))] == []


def test_changes():
    """The newest section is of this version."""
    version = re.search(r'MBMS_BCAST_VERSION ([\d.]+)', (REPOSITORY / 'CMakeLists.txt').read_text())[1]
    newest = re.search(r'^## (.*)$', (REPOSITORY / 'CHANGELOG.md').read_text(), re.MULTILINE)[1]
    assert newest == version
