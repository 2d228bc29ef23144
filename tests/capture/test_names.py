"""The names and types that other people's filters, columns and scripts are written against."""
import re
import shutil

import pytest

from wireshark import BUILD, REPOSITORY

PROTOCOLS = {'mbms_sec': 'MBMS-SEC', 'bcast': 'BCAST', 'ltkm': 'LTKM'}

FIELDS = {
    'mbms_sec': {
        'message': 'UINT8', 'namespace': 'STRING', 'service_id': 'STRING', 'response': 'NONE', 'response_code': 'UINT16',
        'response_text': 'STRING', 'msk': 'NONE', 'key_domain_id': 'BYTES', 'msk_id': 'BYTES', 'key_group': 'UINT16',
        'key_number': 'UINT16', 'btid': 'STRING', 'status_code': 'UINT16', 'terminal': 'STRING', 'request_in': 'FRAMENUM',
        'response_in': 'FRAMENUM', 'response_time': 'RELATIVE_TIME',
    },
    'bcast': {
        'extension': 'STRING', 'version': 'UINT8', 'ltkm_delivery': 'NONE', 'delivery_type': 'UINT8', 'ltkm': 'STRING',
        'rule': 'STRING', 'rule_level': 'UINT8', 'rule_text': 'STRING',
    },
    'ltkm': {
        'message': 'UINT8', 'terminal': 'STRING', 'transport': 'UINT8', 'index': 'UINT32', 'id': 'STRING', 'counter': 'UINT32',
        'key_id_type': 'UINT8', 'key_id_len': 'UINT8', 'key_domain_id': 'BYTES', 'msk_id': 'BYTES', 'key_group': 'UINT16',
        'key_number': 'UINT16', 'mtk_id': 'UINT16', 'bcast_subtype': 'UINT8', 'bcast_data': 'BYTES', 'idi': 'STRING',
        'idr': 'STRING', 'naf_fqdn': 'STRING', 'carries_key': 'BOOLEAN', 'verified_in': 'FRAMENUM', 'verifies': 'FRAMENUM',
        'verification_time': 'RELATIVE_TIME', 'duplicate_of': 'FRAMENUM', 'grant_in': 'FRAMENUM', 'validity_low': 'UINT64', 'validity_high': 'UINT64',
        'hash': 'BYTES', 'payload_data': 'BYTES', 'trailing': 'BYTES',
    },
}  # fmt: skip

EXPERTS = {
    'mbms_sec': ['ill_formed', 'doctype', 'cut', 'bad_value', 'refused', 'server_error', 'no_response', 'unauthorised', 'asked_again'],
    'bcast': ['bad_value', 'bad_base64', 'unknown_container'],
    'ltkm': ['malformed', 'unknown_payload', 'trailing_bytes', 'mac_bad', 'key_id_length'],
}

HEXADECIMAL = ['mbms_sec.key_group', 'mbms_sec.key_number', 'ltkm.key_group', 'ltkm.key_number']

# Wireshark version -> names of the built-in mikey dissector that it lacks; a version that is not here lacks none.
MISSING: dict[str, list[str]] = {}


def all_fields(wireshark):
    """name -> (type, base, blurb) of every field of this Wireshark."""
    rows = (line.split('\t') for line in wireshark.run('-G', 'fields').stdout.splitlines() if line.startswith('F\t'))
    return {row[2]: (row[3], row[5], row[7]) for row in rows}


@pytest.fixture(scope='module')
def registered(wireshark):
    return all_fields(wireshark)


@pytest.fixture(scope='module')
def ours(registered):
    return {name: row for name, row in registered.items() if name.split('.')[0] in PROTOCOLS}


def stock_fields():
    """(name after "mikey.", type) of each row of the plugin's table."""
    header = (REPOSITORY / 'dissectors/packet/mikey-fields.h').read_text()
    return re.findall(r'MIKEY_FIELD\(\w+, "([\w.]+)", ".*?", (FT_\w+)', header)


@pytest.mark.parametrize('protocol', FIELDS)
def test_fields_have_their_names_and_types(registered, protocol):
    """Every field of the contract is there under its name and with its type."""
    wanted = {f'{protocol}.{name}': 'FT_' + kind for name, kind in FIELDS[protocol].items()}
    assert {name: registered.get(name, ['missing'])[0] for name in wanted} == wanted


@pytest.mark.parametrize('protocol', EXPERTS)
def test_expert_fields(registered, protocol):
    """Every fault can be filtered for by name."""
    wanted = {f'{protocol}.{name}': 'FT_NONE' for name in EXPERTS[protocol]}
    assert {name: registered.get(name, ['missing'])[0] for name in wanted} == wanted


def test_expert_summaries(wireshark):
    """Expert Information groups by them: each says its rule, and that it is not kept; the obligation alone would say the contrary."""
    rows = [line.split('\t') for line in wireshark.run('-G', 'fields').stdout.splitlines() if re.match(r'F\t[^\t]*\tbcast\.r\d', line)]
    assert len(rows) > 65
    verdicts = {'note': 'noted', 'suspicious': 'in doubt', '': 'not kept'}
    for _, summary, name, *_ in rows:
        number, level = re.fullmatch(r'bcast\.r(\d+)_?(\w*)', name).groups()
        assert re.match(rf'R{number} ({"|".join(verdicts.values())}): ', summary), (name, summary)
        assert not level or summary.startswith(f'R{number} {verdicts[level]}: ')


def test_key_ids_are_hexadecimal(wireshark, registered):
    """The halves of an MSK ID read as they do in the specifications; programs get numbers, and other numbers are decimal."""
    text = wireshark.tshark('tour.pcap', '-V', '-Y', 'ltkm || mbms_sec')
    assert set(re.findall(r'Key (?:Group|Number): (.*)', text)) >= {'0x68c9', '0x24cb', '0x0001', '0x4400', '0x0000'}
    assert not re.findall(r'Key (?:Group|Number): (?!0x[0-9a-f]{4}$).*$', text, re.MULTILINE)
    values = wireshark.fields('tour.pcap', HEXADECIMAL, '-Y', 'ltkm.key_group == 0x68c9 || mbms_sec.key_number == 1')
    assert values and {value for row in values.values() for name in HEXADECIMAL for value in row.get(name, [])} >= {'26825', '1'}
    assert registered['ltkm.counter'][1] == registered['mbms_sec.response_code'][1] == 'BASE_DEC'


def test_protocols(wireshark):
    """Filter name and text of the Protocol column."""
    rows = [line.split('\t') for line in wireshark.run('-G', 'protocols').stdout.splitlines()]
    assert {row[2]: row[1] for row in rows if row[2] in PROTOCOLS} == PROTOCOLS


def test_every_field_is_explained(ours):
    """Status bar and listings say what a field is; expert fields have their own text."""
    experts = {f'{protocol}.{name}' for protocol, names in EXPERTS.items() for name in names}
    assert sorted(name for name, row in ours.items() if not row[2].strip() and name not in experts and not re.fullmatch(r'bcast\.r\d+(_note|_suspicious)?', name)) == []


def test_no_explanation_only_repeats_the_label(wireshark):
    """An explanation says more than the label does."""
    rows = [line.split('\t') for line in wireshark.run('-G', 'fields').stdout.splitlines() if line.startswith('F\t')]
    assert [row[2] for row in rows if row[4] in PROTOCOLS and row[7] and row[1].lower() == row[7].lower()] == []


def test_no_field_is_leaf_and_parent(ours):
    """In JSON and in Elasticsearch a name cannot be both a value and an object."""
    parents = {name.rsplit('.', depth)[0] for name in ours for depth in range(1, name.count('.'))}
    assert sorted(parents & set(ours)) == []


def same_names(wireshark):
    """How many fields have the name of another one: listings by name show only the first of them."""
    return int(re.search(r'(\d+) have the same name as another field', wireshark.run('-G', 'fieldcount').stdout)[1])


def test_nothing_is_registered_twice(wireshark, stock):
    """The plugin adds no second field of any name, its own or another's."""
    assert same_names(wireshark) == same_names(stock) > 0


def test_fields_of_the_rules(registered):
    """One of the rule's highest level under the plain name, and one for each level below, as RULES.md has them."""
    judged = (REPOSITORY / 'dissectors/rules/RULES.md').read_text().split('<!-- end of table -->')[0]
    table = re.findall(r'^\| R(\d+) \| [^|]* \| ([a-z, ]+) \|', judged, re.MULTILINE)
    wanted = {f'bcast.r{number}' + (f'_{level}' if place else '')
              for number, levels in table for place, level in enumerate(levels.strip().split(', '))}
    assert len(table) > 40 and len(wanted) > len(table)
    assert {name for name in registered if re.match(r'bcast\.r\d', name)} == wanted
    assert {registered[name][0] for name in wanted} == {'FT_NONE'}


def test_preferences_and_heuristic(wireshark):
    """What users put into preference files and on command lines."""
    assert '#mbms_sec.xml_tree: TRUE' in wireshark.run('-G', 'defaultprefs').stdout.splitlines()
    heuristics = [line.split('\t')[:3] for line in wireshark.run('-G', 'heuristic-decodes').stdout.splitlines()]
    assert ['udp', 'ltkm_udp', 'T'] in heuristics
    assert wireshark.tshark('tour.pcap', '-c', '1', '-o', 'ltkm.udp.port:2269,4359')
    unknown = wireshark.run('-r', str(wireshark.captures / 'tour.pcap'), '-o', 'ltkm.udp.ports:2269,4359')
    assert 'unknown preference' in unknown.stderr


def test_ports(wireshark):
    """Who gets what without any configuration: TCP stays with Wireshark's own dissector."""
    decodes = {tuple(line.split('\t')) for line in wireshark.run('-G', 'decodes').stdout.splitlines()}
    assert {('udp.port', '2269', 'ltkm'), ('udp.port', '4359', 'ltkm')} <= decodes
    assert ('tcp.port', '2269', 'mikey') in decodes


def test_fields_of_the_builtin_dissector(wireshark, stock, registered):
    """Which names Wireshark's own mikey dissector lacks in this version: those, and no other, are registered as ltkm.*."""
    rows = stock_fields()
    assert len(rows) > 70
    without = all_fields(stock)
    missing = [name for name, _ in rows if f'mikey.{name}' not in without]
    version = re.match(r'\D*(\d+\.\d+)', wireshark.run('--version').stdout)[1]
    assert missing == MISSING.get(version, [])
    assert [name for name in missing if f'ltkm.{name}' not in registered] == []
    taken = [name for name, _ in rows if name not in missing and f'ltkm.{name}' in registered]
    assert taken == ['id', 'key']  # of ours: were mikey's missing, they would need other names


def test_without_a_field_of_the_builtin_dissector(wireshark):
    """A version to come may lack one: the plugin's own takes its place, for a filter that names nothing else, too."""
    preloaded = wireshark.root / 'lacking.so'
    shutil.copy(BUILD / 'tests/lacking.so', preloaded)

    def frames(name, **environment):
        ran = wireshark.run('-r', str(wireshark.captures / 'tour.pcap'), '-Y', name, **environment)
        return ran.returncode, [line.split()[0] for line in ran.stdout.splitlines()]

    lacking = {'LD_PRELOAD': str(preloaded), 'LACKING': 'mikey.rand'}
    assert frames('ltkm.rand', **lacking) == frames('mikey.rand') == (0, frames('mikey.kemac && mikey.rand')[1])
    assert frames('mikey.rand', **lacking)[1] == []
    assert frames('ltkm.rand')[0] != 0


def test_types_of_the_builtin_dissector(registered):
    """Fields that are borrowed have the types they are filled with."""
    wrong = [name for name, kind in stock_fields() if registered.get(f'mikey.{name}', [kind])[0] != kind]
    assert wrong == []
