"""RULES.md says of the judged rules what rules.c says, and each of them has a capture."""
import json
import re
import subprocess

import pytest

from wireshark import BUILD, CAPTURES, REPOSITORY

DOCUMENT = (REPOSITORY / 'dissectors' / 'rules' / 'RULES.md').read_text()
JUDGED = [*range(1, 25), *range(26, 30), *range(33, 41), 43, 44, *range(53, 58), 59, *range(61, 65), 69, *range(74, 89), 91]
ALL = [*range(1, 74), 88]
WITH_KEYS = [61, 82, 88]


def rules_of(table):
    return [int(number) for number in re.findall(r'^\| R(\d+) \|', table, re.MULTILINE)]


def judged_part():
    return re.search(r'<!-- table -->\n\n?(.*?\n)\n?<!-- end of table -->', DOCUMENT, re.DOTALL)[1]


def test_table_is_the_generated_one():
    done = subprocess.run([BUILD / 'tests' / 'rules-table'], capture_output=True, text=True, check=True)
    assert judged_part() == done.stdout


def test_judged_rules():
    assert rules_of(judged_part()) == JUDGED


def test_every_other_rule_has_its_reason():
    others = DOCUMENT.split('\n## Not judged\n')[1]
    assert rules_of(others) == [number for number in ALL if number not in JUDGED]
    assert all(reason.strip() for reason in re.findall(r'^\| R\d+ \|.*\|([^|]*)\|$', others, re.MULTILINE))


@pytest.mark.parametrize('number', JUDGED)
def test_capture(number):
    """It exists, breaks the rule, and has a near miss."""
    name = f'r{number:02}'
    assert (CAPTURES / 'rules' / f'{name}.pcap').stat().st_size > 24
    expected = json.loads((CAPTURES / 'rules' / 'expected' / f'{name}.json').read_text())
    findings = expected['findings_with_keys' if number in WITH_KEYS else 'findings']
    assert f'R{number}' in {rule for found in findings.values() for rule, _ in found}
    assert expected['clean']
