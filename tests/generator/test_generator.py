"""The committed captures are what the generator makes, and sound as packets."""

import json
import pathlib
import shutil
import subprocess
import sys

import pytest

from captures.generator import scenarios  # noqa: F401  (registers them)
from captures.generator.capture import SCENARIOS, make
from captures.generator.rule_capture import BREACH, NOTE, RULES, make_rule

ROOT = pathlib.Path(__file__).parents[2]
CAPTURES = ROOT / "captures"
BIG = {"bad-attributes": 80_000, "field30": 220_000}
JUDGED = [*range(1, 25), *range(26, 30), *range(33, 41), 43, 44, *range(53, 58), 59, *range(61, 65)]
JUDGED += [69, *range(74, 88), 91, 88]  # of TS 33.246
SIDECAR = ["capture", "shows", "frames", "with_keys", "expert"]
BROKEN_PACKET = "tcp.analysis.flags || tcp.checksum.status == 0 || udp.checksum.status == 0 || ip.checksum.status == 0"


def generated(folder: pathlib.Path) -> dict[str, bytes]:
    """Captures and expectations below a folder, the recorded ones and the cases left out."""
    files = [*folder.rglob("*.pcap"), *folder.rglob("*.json")]
    names = {str(file.relative_to(folder)): file for file in files}
    return {name: file.read_bytes() for name, file in names.items() if not name.startswith(("recorded/", "cases/"))}


def test_committed_files_are_the_generated_ones(tmp_path):
    """Byte for byte, none missing, none left over."""
    command = [sys.executable, "-B", "-m", "captures.generator", "--out", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"})
    made, committed = generated(tmp_path), generated(CAPTURES)
    assert sorted(made) == sorted(committed)
    assert [name for name in made if made[name] != committed[name]] == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_size(name):
    """Small enough to read frame by frame."""
    assert len(make(name).pcap()) < BIG.get(name, 30_000)


@pytest.mark.parametrize("name", SCENARIOS)
def test_sidecar(name):
    """The expectations name frames that exist, and lists of text."""
    capture = make(name)
    content = json.loads(capture.sidecar())
    assert list(content) in (SIDECAR, [*SIDECAR, "terminals"])
    for frame, fields in [*content["frames"].items(), *content["with_keys"].items()]:
        assert capture.time_of(int(frame))
        assert all(isinstance(value, str) for values in fields.values() for value in values)
    assert set(content["expert"]) <= set(content["frames"])


@pytest.mark.parametrize("name", RULES)
def test_rule_size(name):
    assert len(make_rule(name).pcap()) < (45_000 if name in ("clean", "r85") else 30_000)


@pytest.mark.parametrize("name", RULES)
def test_rule_sidecar(name):
    """Findings and near misses are in frames that exist, and no frame is both."""
    capture = make_rule(name)
    content = json.loads(capture.sidecar())
    findings = [*content["findings"].items(), *content.get("findings_with_keys", {}).items()]
    for frame, found in findings:
        assert capture.time_of(int(frame)) and found and frame not in content["clean"]
        assert all(int(rule.removeprefix("R")) in JUDGED for rule, _ in found)
        assert all(NOTE <= level <= BREACH for _, level in found)
    assert all(capture.time_of(int(frame)) and why for frame, why in content["clean"].items())
    rules = {rule for _, found in findings for rule, _ in found}
    assert content["clean"] and (content["rule"] in rules if content["rule"] else not rules)


def test_each_judged_rule_has_a_capture():
    assert set(RULES) == {*(f"r{number:02}" for number in JUDGED), "clean"}
    assert {rule for rule, _, _ in RULES.values()} == {*(f"R{number}" for number in JUDGED), ""}


def test_readme_tells_what_each_capture_shows():
    """One row for each, in the order they are made, in the words of its sidecar."""
    rows = [f"| `{name}` | {shows} |" for name, (shows, _) in SCENARIOS.items()]
    lines = (CAPTURES / "README.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("| `") and line in rows] == rows


@pytest.mark.skipif(not shutil.which("tshark"), reason="needs tshark")
@pytest.mark.parametrize("name", [*SCENARIOS, *(f"rules/{name}" for name in RULES)])
def test_packets_are_sound(name):
    """Right checksums, and nothing that TCP analysis complains about."""
    checks = [f"{protocol}.check_checksum:TRUE" for protocol in ("ip", "udp", "tcp")]
    options = [part for check in checks for part in ("-o", check)]
    command = ["tshark", "-n", *options, "-r", str(CAPTURES / f"{name}.pcap"), "-Y", BROKEN_PACKET]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout == ""
