"""The committed captures are what the generator makes, and sound as packets."""

import json
import pathlib
import shutil
import subprocess
import sys

import pytest

from captures.generator import scenarios  # noqa: F401  (registers them)
from captures.generator.capture import SCENARIOS, make

ROOT = pathlib.Path(__file__).parents[2]
CAPTURES = ROOT / "captures"
BIG = {"bad-attributes"}
BROKEN_PACKET = "tcp.analysis.flags || tcp.checksum.status == 0 || udp.checksum.status == 0 || ip.checksum.status == 0"


def generated(folder: pathlib.Path) -> dict[str, bytes]:
    """Captures and expectations below a folder, the recorded ones left out."""
    files = [*folder.rglob("*.pcap"), *folder.rglob("*.json")]
    names = {str(file.relative_to(folder)): file for file in files}
    return {name: file.read_bytes() for name, file in names.items() if not name.startswith("recorded/")}


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
    assert len(make(name).pcap()) < (80_000 if name in BIG else 30_000)


@pytest.mark.parametrize("name", SCENARIOS)
def test_sidecar(name):
    """The expectations name frames that exist, and lists of text."""
    capture = make(name)
    content = json.loads(capture.sidecar())
    assert list(content) == ["capture", "shows", "frames", "expert"]
    for frame, fields in content["frames"].items():
        assert capture.time_of(int(frame))
        assert all(isinstance(value, str) for values in fields.values() for value in values)
    assert set(content["expert"]) <= set(content["frames"])


def test_readme_tells_what_each_capture_shows():
    """One row for each, in the order they are made, in the words of its sidecar."""
    rows = [f"| `{name}` | {shows} |" for name, (shows, _) in SCENARIOS.items()]
    lines = (CAPTURES / "README.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("| `") and line in rows] == rows


@pytest.mark.skipif(not shutil.which("tshark"), reason="needs tshark")
@pytest.mark.parametrize("name", SCENARIOS)
def test_packets_are_sound(name):
    """Right checksums, and nothing that TCP analysis complains about."""
    checks = [f"{protocol}.check_checksum:TRUE" for protocol in ("ip", "udp", "tcp")]
    options = [part for check in checks for part in ("-o", check)]
    command = ["tshark", "-n", *options, "-r", str(CAPTURES / f"{name}.pcap"), "-Y", BROKEN_PACKET]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout == ""
