"""tools/install.py with the tshark of this machine, and with stand-ins that answer as those of other systems do."""
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

import pytest

from building import BUILD, REPOSITORY

sys.path[:0] = [str(REPOSITORY / 'tests' / 'capture'), str(REPOSITORY / 'tools')]
import install  # noqa: E402
from wireshark import AS_NOBODY  # noqa: E402

VERSIONS = {
    'Debian': 'TShark (Wireshark) 4.6.9.',
    'Ubuntu': 'TShark (Wireshark) 4.6.4 (Git v4.6.4 packaged as 4.6.4-1).',
    'Windows': 'TShark (Wireshark) 4.6.6 (v4.6.6-0-ge0b2cba27d32).',
    'Mac': 'TShark (Wireshark) 4.6.8 (v4.6.8-0-g0000000000).',
    'Homebrew': 'TShark (Wireshark) 4.6.8.',
}
FOLDERS = {  # personal, system: below the root of each test
    'Debian': ('home/.local/lib/wireshark/plugins/4.6', 'usr/lib/x86_64-linux-gnu/wireshark/plugins/4.6'),
    'Ubuntu': ('home/.local/lib/wireshark/plugins/4.6', 'usr/lib/x86_64-linux-gnu/wireshark/plugins/4.6'),
    'Windows': ('Users/me/AppData/Roaming/Wireshark/plugins/4.6', 'Program Files/Wireshark/plugins/4.6'),
    'Mac': ('Users/me/.local/lib/wireshark/plugins/4-6', 'Applications/Wireshark.app/Contents/PlugIns/wireshark/4-6'),
    'Homebrew': ('Users/me/.local/lib/wireshark/plugins/4-6', 'opt/homebrew/lib/wireshark/plugins/4-6'),
}
SUFFIX = {'Windows': 'dll'}


def stand_in(root: pathlib.Path, system: str, loads: bool = True) -> pathlib.Path:
    """What the installer asks, answered in the form of that system."""
    personal, everybody = (root / folder for folder in FOLDERS[system])
    listing = f'''for file in "{personal}"/epan/* "{everybody}"/epan/*; do
      [ -e "$file" ] && printf '%-16s\\t1.0.0\\tdissector\\t%s\\n' "${{file##*/}}" "$file"; done''' if loads else ':'
    path = root / 'tshark'
    path.write_text(f'''#!/bin/sh
case "$*" in
--version) printf '{VERSIONS[system]}\\n\\nCopyright 1998-2026 Gerald Combs\\n';;
"-G folders") printf '%-21s\\t%s\\n' Temp: /tmp 'Personal configuration:' "{root}" 'Personal Plugins:' "{personal}" 'Global Plugins:' "{everybody}" \\
    'Personal Lua Plugins:' "{personal.parent}" 'Extcap path:' "{root}";;
"-G plugins") printf 'ethercat.so     \\t0.1.0\\tdissector\\t/x/ethercat.so\\n'; {listing};;
*) exit 9;;
esac
''')
    path.chmod(0o755)
    return path


def archive(root: pathlib.Path, system: str = 'Debian', minor: str = '4.6') -> pathlib.Path:
    """Unpacked."""
    folder = root / 'archive'
    folder.mkdir(parents=True)
    shutil.copy(REPOSITORY / 'tools' / 'install.py', folder)
    shutil.copytree(REPOSITORY / 'tools' / 'bcast_check', folder / 'bcast_check', ignore=shutil.ignore_patterns('__pycache__'))
    (folder / f'mbms-bcast.{SUFFIX.get(system, "so")}').write_bytes(b'the plugin')
    (folder / 'wireshark-version').write_text(minor + '\n')
    return folder


def run(folder: pathlib.Path, *arguments, as_nobody: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
    for path in [folder.parent, *folder.parent.rglob('*')]:
        path.chmod(0o777 if path.is_dir() or path.stat().st_mode & 0o100 else 0o666)
    environment = {'PATH': os.environ['PATH'], 'HOME': str(folder.parent), 'LC_ALL': 'C.UTF-8', **environment}
    return subprocess.run([*(AS_NOBODY if as_nobody else []), '/usr/bin/python3', str(folder / 'install.py'), *map(str, arguments)],
                          capture_output=True, text=True, env=environment)


@pytest.fixture
def root():
    """That anybody can read: not below pytest's own, which every start of pytest closes again."""
    with tempfile.TemporaryDirectory(prefix='mbms-bcast-') as folder:
        path = pathlib.Path(folder)
        path.chmod(0o755)
        yield path


@pytest.mark.parametrize('system', FOLDERS)
def test_systems(root, system):
    """Into the folder that tshark names, and out of it again."""
    folder, tshark = archive(root, system), stand_in(root, system)
    target = root / FOLDERS[system][0] / 'epan' / f'mbms-bcast.{SUFFIX.get(system, "so")}'
    done = run(folder, '--tshark', tshark)
    assert (done.returncode, done.stdout, done.stderr) == (0, f'{target} is installed, and Wireshark 4.6 loads it.\n', '')
    assert target.read_bytes() == b'the plugin' and [path.name for path in target.parent.iterdir()] == [target.name]
    assert run(folder, '--tshark', tshark).returncode == 0  # again: an update
    done = run(folder, '--tshark', tshark, '--remove')
    assert (done.stdout, target.exists()) == (f'{target} is removed.\n', False)


def test_name_in_a_folder(root):
    """tshark writes paths in UTF-8, whatever the encoding of the terminal is; a Windows of Western Europe has another."""
    root.chmod(0o755)
    root = root / 'Jürgen'
    root.mkdir()
    done = run(archive(root), '--tshark', stand_in(root, 'Debian'), LC_ALL='C', PYTHONUTF8='0', PYTHONCOERCECLOCALE='0')
    assert (done.returncode, done.stderr) == (0, '')
    assert {path.relative_to(root).parts[0] for path in root.rglob('mbms-bcast.so')} == {'archive', 'home'}


@pytest.mark.parametrize('start', [b'\x7fELF', b'\xcf\xfa\xed\xfe', b'\xca\xfe\xba\xbe\0\0\0\2\0\0', b'MZ' + bytes(0x3b)])
def test_cut_plugin(root, start):
    """What it is for cannot be told; whether it loads, tshark says."""
    folder = archive(root)
    (folder / 'mbms-bcast.so').write_bytes(start)
    assert install.built_for(folder / 'mbms-bcast.so') == set()


def test_for_all(root):
    done = run(archive(root), '--tshark', stand_in(root, 'Debian'), '--system')
    assert done.returncode == 0, done.stderr
    assert (root / FOLDERS['Debian'][1] / 'epan' / 'mbms-bcast.so').exists()


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """One line, and it is clear."""
    assert (done.returncode, done.stdout) == (1, '')
    line, = done.stderr.splitlines()
    return line


def test_other_minor_version(root):
    tshark = stand_in(root, 'Debian')
    text = refused(run(archive(root, minor='4.4'), '--tshark', tshark))
    assert 'This plugin is for Wireshark 4.4, and' in text and 'is 4.6: take the archive with "wireshark4.6" in its name' in text
    assert not (root / 'home').exists()


def test_second_copy(root):
    """In the other folder: Wireshark would load one of them, and warn."""
    folder, tshark = archive(root), stand_in(root, 'Debian')
    assert run(folder, '--tshark', tshark).returncode == 0
    text = refused(run(folder, '--tshark', tshark, '--system'))
    assert 'home/.local/lib/wireshark/plugins/4.6/epan/mbms-bcast.so is there already' in text and '--remove' in text


def test_not_loaded(root):
    text = refused(run(archive(root), '--tshark', stand_in(root, 'Debian', loads=False)))
    assert 'is in place, but' in text and '-G plugins' in text


def test_no_tshark(root):
    (root / 'bin').mkdir()
    (root / 'bin' / 'setpriv').symlink_to(shutil.which('setpriv'))
    assert 'There is no tshark' in refused(run(archive(root), PATH=str(root / 'bin')))
    assert 'cannot be run: No such file' in refused(run(root / 'archive', '--tshark', root / 'nothing'))


def test_no_wireshark(root):
    assert 'does not tell its version' in refused(run(archive(root), '--tshark', '/bin/true'))


def test_folder_that_cannot_be_written(root):
    folder, tshark = archive(root), stand_in(root, 'Debian')
    (root / 'home').write_text('no folder')
    assert 'cannot be written: Not a directory' in refused(run(folder, '--tshark', tshark))


def test_no_plugin(root):
    folder = archive(root)
    (folder / 'mbms-bcast.so').unlink()
    assert 'There is no plugin beside this script' in refused(run(folder, '--tshark', stand_in(root, 'Debian')))
    (folder / 'mbms-bcast.so').touch()
    (folder / 'wireshark-version').unlink()
    assert 'does not tell for which Wireshark it is' in refused(run(folder, '--tshark', root / 'tshark'))


@pytest.mark.skipif(os.geteuid() != 0, reason='not root')
def test_root(root):
    """Its own folder is of no use."""
    folder, tshark = archive(root), stand_in(root, 'Debian')
    assert "from the system's folder only" in refused(run(folder, '--tshark', tshark, as_nobody=False))
    assert run(folder, '--tshark', tshark, '--system', as_nobody=False).returncode == 0


@pytest.mark.parametrize(('tshark', 'system'), [('/snap/bin/tshark', '/snap/wireshark/1/usr/lib/wireshark/plugins/4.6'),
                                                ('tshark', '/app/lib/wireshark/plugins/4.6')])
def test_flatpak_and_snap(tshark, system):
    wireshark = install.Wireshark(tshark, '4.6', pathlib.Path('/home/me/plugins'), pathlib.Path(system))
    with pytest.raises(install.Refusal, match='a Flatpak or a Snap'):
        install.require_fit(install.Plugin(pathlib.Path('x'), '4.6'), wireshark)


def pe(cpu: int) -> bytes:
    return b'MZ'.ljust(0x3c, b'\0') + struct.pack('<I', 0x80) + bytes(0x40) + b'PE\0\0' + struct.pack('<H', cpu) + bytes(90)


@pytest.mark.parametrize(('head', 'kinds'), [
    (b'\x7fELF'.ljust(18, b'\0') + struct.pack('<H', 183), {('Linux', 'arm64')}),
    (b'\x7fELF'.ljust(18, b'\0') + struct.pack('<H', 62), {('Linux', 'x86_64')}),
    (pe(0x8664), {('Windows', 'x86_64')}),
    (pe(0xaa64), {('Windows', 'arm64')}),
    (struct.pack('<II', 0xfeedfacf, 0x0100000c), {('macOS', 'arm64')}),
    (struct.pack('>II5I5I', 0xcafebabe, 2, 0x01000007, 3, 0, 0, 0, 0x0100000c, 0, 0, 0, 0), {('macOS', 'x86_64'), ('macOS', 'arm64')}),
    (b'\x7fELF'.ljust(18, b'\0') + struct.pack('<H', 243), {('Linux', 'CPU 243')}),
    (b'#!/bin/sh\n', set()),
    (b'', set()),
])  # fmt: skip
def test_cpu_and_system(tmp_path, head, kinds):
    (tmp_path / 'file').write_bytes(head)
    assert install.built_for(tmp_path / 'file') == kinds


def test_other_system(tmp_path):
    """With a tshark that is none of a stand-in: a plugin for Windows goes nowhere else."""
    real = install.find_wireshark('tshark')
    (tmp_path / 'mbms-bcast.dll').write_bytes(pe(0x8664))
    with pytest.raises(install.Refusal, match='for Windows on x86_64, and tshark for Linux on '):
        install.require_fit(install.Plugin(tmp_path / 'mbms-bcast.dll', real.minor), real)


def test_cut_short(root):
    """The whole one has all its bytes; without its last one it is refused, since tshark does not survive the loading of such a file."""
    built, = (BUILD / 'plugins').glob('*/epan/mbms-bcast.so')
    folder = archive(root)
    assert not install.is_cut(built)
    (folder / 'mbms-bcast.so').write_bytes(built.read_bytes()[:-1])
    text = refused(run(folder, '--tshark', stand_in(root, 'Debian')))
    assert 'mbms-bcast.so is cut short, at ' in text and not (root / 'home').exists()
    (folder / 'mbms-bcast.so').write_bytes(built.read_bytes()[:20])
    assert not install.is_cut(folder / 'mbms-bcast.so')  # no head to tell by


def test_in_earnest(root):
    """What was built, into the folder of a new user: installed, used, removed."""
    folder = archive(root)
    built, = (BUILD / 'plugins').glob('*/epan/mbms-bcast.so')
    (folder / 'wireshark-version').write_text(built.parent.parent.name)
    shutil.copy(built, folder)
    shutil.copy(REPOSITORY / 'captures' / 'tour.pcap', root)
    done = run(folder)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(rf'{root}/.local/lib/wireshark/plugins/\d\.\d/epan/mbms-bcast.so is installed, and Wireshark \d\.\d loads it\.\n', done.stdout)

    def verified() -> int:
        out = subprocess.run([*AS_NOBODY, 'tshark', '-2', '-r', str(root / 'tour.pcap'), '-Y', 'ltkm.verified_in'], capture_output=True,
                             text=True, env={'PATH': os.environ['PATH'], 'HOME': str(root), 'LC_ALL': 'C.UTF-8'})
        return len(out.stdout.splitlines()) if out.returncode == 0 else -1

    assert verified() > 3
    assert run(folder, '--remove').returncode == 0
    assert verified() == -1  # it does not know the field any more
