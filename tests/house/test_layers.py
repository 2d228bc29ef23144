"""The house: who may include what, and what a pure room may not have."""
import pathlib
import re

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PURE = ['xml', 'mikey', 'bcast', 'mbms', 'tracking', 'rules']
ROOMS = [*PURE, 'packet', 'plugin']  # each may include those before it
LONGER = ['mikey-tree.c']  # than 500 lines: one function after the other for each payload
FILES = sorted([*REPOSITORY.glob('dissectors/*/*.[ch]'), *REPOSITORY.glob('plugin/*.[ch]')])

room = {path: path.parent.name for path in FILES}
text = {path: path.read_text() for path in FILES}
pure = [path for path in FILES if room[path] in PURE]
each = pytest.mark.parametrize


def included(path: pathlib.Path) -> list[str]:
    return re.findall(r'^ *# *include *[<"]([^>"]+)', text[path], re.MULTILINE)


def mutable_statics(source: str) -> list[str]:
    """Names of file statics that are no functions and can change; a pointer to const can."""
    declared = re.findall(r'^static ([^;={]*)', source, re.MULTILINE)
    objects = [one.strip() for one in declared if '(' not in one.split('[')[0]]
    return [one for one in objects if not re.search(r'\bconst\b', one.rsplit('*', 1)[-1])]


@each('path', FILES, ids=lambda path: f'{room[path]}/{path.name}')
def test_includes(path):
    """epan is packet's and plugin's alone, and nobody includes a room below its own."""
    assert room[path] in ROOMS
    epan = [name for name in included(path) if name.startswith('epan/') or name in ('wireshark.h', 'ws_version.h')]
    assert room[path] not in PURE or epan == []
    rooms = [name.split('/')[0] for name in included(path) if (REPOSITORY / 'dissectors' / name).exists() or name.startswith('plugin/')]
    assert [name for name in rooms if ROOMS.index(name) > ROOMS.index(room[path])] == []


@each('path', pure, ids=lambda path: f'{room[path]}/{path.name}')
def test_nothing_static_changes(path):
    assert mutable_statics(text[path]) == []


@each('path', [path for path in FILES if path.name not in LONGER], ids=lambda path: f'{room[path]}/{path.name}')
def test_length(path):
    assert len(text[path].splitlines()) <= 500


def test_the_test():
    """What is looked for would be found: a house without rooms, or without includes, obeys any rule."""
    assert set(room.values()) == set(ROOMS)
    assert sum('epan/' in text[path] for path in FILES) > 10 and sum(len(included(path)) for path in pure) > 50
    assert mutable_statics('static int a;\nstatic const char *b[2];\nstatic const char *const c = "";\nstatic int d(void)\n') == [
        'int a', 'const char *b[2]']  # fmt: skip
