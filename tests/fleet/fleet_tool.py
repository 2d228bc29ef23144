"""tools/bcast-fleet where the tests run it, and what it writes."""
import json
import pathlib
import shutil
import subprocess

from bcast_tool import install_tool
from wireshark import REPOSITORY, Wireshark


def install_fleet(wireshark: Wireshark) -> pathlib.Path:
    """As it lies in a clone of the repository, readable for anybody."""
    tools = pathlib.Path(install_tool(wireshark)).parent
    shutil.copytree(REPOSITORY / 'tools' / 'bcast_fleet', tools / 'bcast_fleet', ignore=shutil.ignore_patterns('__pycache__'))
    shutil.copy(REPOSITORY / 'tools' / 'bcast-fleet', tools)
    for path in [tools / 'bcast-fleet', *(tools / 'bcast_fleet').rglob('*'), tools / 'bcast_fleet']:
        path.chmod(0o644 if path.suffix in ('.py', '.md') else 0o755)
    return tools


def lines(path: pathlib.Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def captures_in(path: pathlib.Path) -> dict[str, dict]:
    """Of a report in JSON, without how long it took; a capture that is there twice is none of these."""
    captures = json.loads(path.read_text())['captures']
    assert len({one['capture'] for one in captures}) == len(captures)
    return {one.pop('capture'): {name: value for name, value in one.items() if name != 'seconds'} for one in captures}


def edit(program: str, *arguments) -> None:
    """editcap, mergecap or tshark without the plugin; what it writes is for anybody."""
    subprocess.run([program, *map(str, arguments)], check=True, capture_output=True)
