"""tools/bcast-check where the tests run it, and what it prints."""
import re
import shutil

from wireshark import REPOSITORY, Wireshark


def install_tool(wireshark: Wireshark) -> str:
    """As it lies in a clone of the repository, readable for anybody."""
    tools = wireshark.root / 'tools'
    shutil.copytree(REPOSITORY / 'tools' / 'bcast_check', tools / 'bcast_check', dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns('__pycache__'))
    shutil.copy(REPOSITORY / 'tools' / 'bcast-check', tools)
    for path in [tools, *tools.rglob('*')]:
        path.chmod(0o644 if path.suffix == '.py' else 0o755)
    return str(tools / 'bcast-check')


def without_details(done) -> list[str]:
    """The lines of findings, without the last line and without terminal, key and time."""
    *lines, last = done.stdout.splitlines() or ['']
    assert re.match(r'\d+ procedures?, \d+ LTKMs?, \d+ verification messages? judged in \d+ captures?: \d+ breach', last), last
    return [re.sub(r' \[[^][]*\]$', '', line) for line in lines]
