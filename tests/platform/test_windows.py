"""A mbms-bcast.dll by MinGW, linked with what Wireshark's, GLib's and libxml2's libraries export. That it loads nobody has seen."""
import pathlib
import re
import shutil
import subprocess

import pytest

from building import SOURCES, compile_all, system_folders, wireshark_folder

TARGET = 'x86_64-w64-mingw32-'
MINGW = pathlib.Path('/usr/x86_64-w64-mingw32')
LIBRARIES = {'wireshark': 'libwireshark.dll', 'wsutil': 'libwsutil.dll', 'glib-2.0': 'libglib-2.0-0.dll', 'xml2': 'libxml2.dll'}
OPTIONS = ['-D_POSIX', '-D__USE_MINGW_ANSI_STDIO=1', '-Wall', '-Wextra', '-Wshadow', '-Wformat=2', '-Werror', '-O1']
ENTRANCES = {'plugin_version', 'plugin_want_major', 'plugin_want_minor', 'plugin_register', 'plugin_describe'}

WIN64 = [  # what differs in GLib's glibconfig.h: long has 32 bits, and it is not Unix
    (r'\b(signed|unsigned) long (g)', r'\1 long long \2'),
    (r'##(U?)L\)', r'##\1LL)'),
    (r'"l(i|u|)"', r'"ll\1"'),
    (r'(GLIB_SIZEOF_LONG +)8', r'\g<1>4'),
    (r'(G_MAXSIZE\s+)G_MAXULONG', r'\1G_MAXUINT64'),
    (r'(G_M(AX|IN)SSIZE\s+)G_M..LONG', r'\1G_M\2INT64'),
    (r'\(g(u?)long\) \(', r'(g\1int64) ('),
    ('G_OS_UNIX', 'G_OS_WIN32\n#define G_PLATFORM_WIN32'),
    ('IMPL_POSIX', 'IMPL_WIN32'),
    ('typedef int GPid', 'typedef void *GPid'),
    ('"so"', '"dll"'),
]

pytestmark = pytest.mark.skipif(not shutil.which(TARGET + 'gcc') or not (MINGW / 'include' / 'gcrypt.h').exists(),
                                reason='gcc-mingw-w64-x86-64 and libgcrypt-mingw-w64-dev are not there')


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope='module')
def folders(tmp_path_factory) -> list[pathlib.Path]:
    """Headers: none of them this system's own, beside those of the libraries."""
    made = tmp_path_factory.mktemp('headers')
    config, = (folder / 'glibconfig.h' for folder in system_folders() if (folder / 'glibconfig.h').exists())
    text = config.read_text()
    for pattern, replacement in WIN64:
        assert re.search(pattern, text), pattern
        text = re.sub(pattern, replacement, text)
    (made / 'glibconfig.h').write_text(text)
    (made / 'unicode').mkdir()  # libxml2's headers name these two
    (made / 'unicode' / 'ucnv.h').write_text('typedef struct UConverter UConverter;\ntypedef unsigned short UChar;\n')
    (made / 'glib').mkdir()  # GLib's header of Windows, which newer packages leave out, names nothing that is used here
    (made / 'glib' / 'gwin32.h').write_text('')
    (made / 'iconv.h').write_text('typedef void *iconv_t;\n')
    others = [folder for folder in system_folders() if any((folder / name).exists() for name in ('glib.h', 'libxml'))]
    return [made, wireshark_folder(), *others]


@pytest.fixture(scope='module')
def objects(folders, tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp('objects')
    assert compile_all(TARGET + 'gcc', OPTIONS, folders, folder) == {}
    assert len(list(folder.iterdir())) == len(SOURCES)
    return folder


def library(name: str) -> str:
    """The file that this system's linker would take."""
    return run('cc', f'-print-file-name=lib{name}.so').strip()


def definition(name: str) -> str:
    """What a library exports, for dlltool: variables are not called, and are got at in another way."""
    lines = [line.split() for line in run('nm', '-D', '--defined-only', library(name)).splitlines()]
    exported = [(symbol.split('@')[0], kind) for _, kind, symbol in lines if kind != 'A']  # that one is a name of versions
    symbols = {symbol: ' DATA' if kind in 'BDRV' else '' for symbol, kind in exported}
    return f'LIBRARY "{LIBRARIES[name]}"\nEXPORTS\n' + ''.join(f'    {symbol}{kind}\n' for symbol, kind in sorted(symbols.items()))


@pytest.fixture(scope='module')
def dll(objects, tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp('dll')
    imports = []
    for name in LIBRARIES:
        (folder / f'{name}.def').write_text(definition(name))
        run(TARGET + 'dlltool', '-d', str(folder / f'{name}.def'), '-l', str(folder / f'lib{name}.dll.a'))
        imports.append(f'-l{name}')
    path = folder / 'mbms-bcast.dll'
    run(TARGET + 'gcc', '-shared', '-static-libgcc', '-o', str(path), *map(str, sorted(objects.iterdir())), f'-L{folder}', *imports, '-lgcrypt')
    return path


def test_nothing_but_the_entrances_is_exported(dll):
    text = run(TARGET + 'objdump', '-p', str(dll))
    table = text[text.index('[Ordinal/Name Pointer] Table'):].split('\n\n')[0]
    rows = [line for line in table.splitlines()[1:] if line.strip().startswith('[')]  # some have titles
    assert {row.split()[-1] for row in rows} == ENTRANCES


def test_it_needs_only_what_wireshark_brings(dll):
    """And Windows: all of it comes with Wireshark's installer."""
    names = set(re.findall(r'DLL Name: (\S+)', run(TARGET + 'objdump', '-p', str(dll))))
    assert set(LIBRARIES.values()) < names
    system = {name for name in names if name.lower() in ('kernel32.dll', 'msvcrt.dll', 'ucrtbase.dll') or name.startswith('api-ms-win-')}
    assert names - set(LIBRARIES.values()) - system == {'libgcrypt-20.dll'}


def test_the_test(folders, tmp_path):
    """Data of another library in an initialiser is what the test is for."""
    source = tmp_path / 'wrong.c'
    source.write_text('#include <epan/tfs.h>\nconst true_false_string *const name[] = { &tfs_set_notset };\n')
    headers = [argument for folder in folders for argument in ('-isystem', str(folder))]
    done = subprocess.run([TARGET + 'gcc', *headers, '-fsyntax-only', str(source)], capture_output=True, text=True)
    assert 'not constant' in done.stderr
