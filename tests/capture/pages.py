"""The pages of the repository, and what stands on them to be typed."""
import re
from typing import NamedTuple

from wireshark import REPOSITORY

FOLDERS = ['.', 'captures', 'dissectors', 'packaging', 'plugin', 'tests', 'tools', '.github']
PAGES = sorted({path for folder in FOLDERS for path in (REPOSITORY / folder).glob('*.md' if folder == '.' else '**/*.md')})
DRAWINGS = ['dissectors/   xml/ ', 'HTTP body ─> xml', '{\n']  # how blocks begin that nobody types
PROGRAM = re.compile(r'(?:[A-Z_]+=\S+ )?(?:tools/\S+|\(cd|(?:/usr/bin/)?python3|tshark|sudo|cmake|apt-get|dask-\w+|clickhouse-client|curl|sed)(?: |$)')


class Line(NamedTuple):
    page: str
    text: str

    @property
    def is_command(self) -> bool:
        return bool(PROGRAM.match(self.text))


def name(path) -> str:
    return str(path.relative_to(REPOSITORY))


def without_fences(text: str) -> str:
    return re.sub(r'^```.*?^```$', '', text, flags=re.MULTILINE | re.DOTALL)


def lines_of(path) -> list[Line]:
    """Of indented blocks, without what explains a line behind three blanks or below it; a line that goes on in the next is one."""
    blocks = re.findall(r'(?:^ {4,}\S.*\n)+', without_fences(path.read_text()) + '\n', re.MULTILINE)
    found = []
    for block in blocks:
        if any(block.strip().startswith(start) for start in DRAWINGS):
            continue
        joined = re.sub(r' *(?:\\|(?<= \|))\n +', ' ', block)
        for line in joined.splitlines():
            if len(line) - len(line.lstrip()) < 40:
                found.append(Line(name(path), re.split(r' {3,}', line.strip())[0]))
    return found


LINES = [line for path in PAGES for line in lines_of(path)]


def fields_named(path) -> set[str]:
    """Fields, and preferences, that stand in code on a page."""
    code = re.findall(r'`([^`\n]+)`', without_fences(path.read_text())) + [line.text for line in lines_of(path)]
    words = {word for text in code for word in re.findall(r'(?<![\w./-])(?:mbms_sec|bcast|ltkm|mikey)\.[a-zA-Z_0-9.]+', text)}
    return {word.rstrip('.') for word in words}


def links(path) -> list[str]:
    """Targets that are no addresses, with the part behind #."""
    return re.findall(r'\]\((?!https?:)([^)]+)\)', path.read_text())


def anchors(path) -> set[str]:
    """What headings are called behind #, as GitHub does it."""
    headings = re.findall(r'^#+ (.*)$', path.read_text(), re.MULTILINE)
    return {re.sub(r'[^\w -]', '', text.lower()).replace(' ', '-') for text in headings}
