"""What packaging/INSTALL.md says of a plugin that does not load: each message is provoked, and reads as the page has it."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import pytest

from building import BUILD, REPOSITORY

sys.path.insert(0, str(REPOSITORY / 'tests' / 'capture'))
from wireshark import AS_NOBODY, complaints  # noqa: E402

PAGE = (REPOSITORY / 'packaging' / 'INSTALL.md').read_text()
SECTION = re.search(r'^## It does not load\n(.*)', PAGE, re.MULTILINE | re.DOTALL)[1]
BUILT, = (BUILD / 'plugins').glob('*/epan/mbms-bcast.so')
MINOR = BUILT.parent.parent.name


def general(message: str) -> str:
    """A message without what differs from machine to machine: versions, folders, names of libraries and of what is missing in them."""
    message = re.sub(r"(?<=: )\S*/mbms-bcast\.so", 'FILE', message.removeprefix('tshark: '))
    return re.sub(r'version \d+\.\d+', 'version X.Y', re.sub(r'lib\w+\.so\.\d+', 'LIBRARY', re.sub(r'symbol: \w+', 'symbol: X', message)))


MESSAGES = {general(line) for line in re.findall(r'^    (?!tshark -)(.*)$', SECTION, re.MULTILINE)}


def about_us(done: subprocess.CompletedProcess[str]) -> str:
    """What Wireshark says of the plugin; what it says of others, of its extcap programs for one, is not on the page."""
    return '\n'.join(general(line) for line in complaints(done.stderr) if 'mbms-bcast' in line)


class Folder:
    """Of plugins, with one file that may be anything."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        self.home = root / 'home'
        self.plugin = root / 'plugins' / MINOR / 'epan' / 'mbms-bcast.so'
        self.personal = self.home / '.local' / 'lib' / 'wireshark' / 'plugins' / MINOR / 'epan' / 'mbms-bcast.so'
        for path in (self.plugin, self.personal):
            path.parent.mkdir(parents=True)
        shutil.copy(REPOSITORY / 'captures' / 'tour.pcap', root)

    def tshark(self, *arguments: str, as_nobody: bool = True, plugins: pathlib.Path | None = None) -> subprocess.CompletedProcess[str]:
        for path in [self.root, *self.root.rglob('*')]:
            path.chmod(0o755 if path.is_dir() else path.stat().st_mode | (0 if path == self.plugin else 0o644))
        environment = {'PATH': os.environ['PATH'], 'HOME': str(self.home), 'LC_ALL': 'C.UTF-8',
                       'WIRESHARK_PLUGIN_DIR': str(plugins or self.root / 'plugins')}
        return subprocess.run([*(AS_NOBODY if as_nobody else []), 'tshark', *arguments], capture_output=True, text=True, env=environment)

    def said(self) -> str:
        """When the plugin is refused."""
        done = self.tshark('-G', 'plugins')
        assert done.returncode == 0 and 'mbms-bcast' not in done.stdout
        return about_us(done)


@pytest.fixture
def folder():
    """Not below pytest's own, which every start of pytest closes to others."""
    with tempfile.TemporaryDirectory(prefix='mbms-bcast-') as root:
        yield Folder(pathlib.Path(root))


def changed(old: bytes, new: bytes) -> bytes:
    """The plugin with a name in it changed; the same length keeps all else in its place."""
    content = BUILT.read_bytes()
    assert len(old) == len(new) and old in content
    return content.replace(old, new)


def other_minor() -> bytes:
    """A plugin of another version that has no library of its own version to look for."""
    source = 'const char plugin_version[] = "1.0.0"; const int plugin_want_major = 3, plugin_want_minor = 9; void plugin_register(void) {}'
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / 'plugin.so'
        subprocess.run(['gcc', '-shared', '-fPIC', '-x', 'c', '-', '-o', str(output)], input=source, text=True, check=True)
        return output.read_bytes()


LIBRARY, = re.findall(rb'libwireshark\.so\.\d\d', BUILT.read_bytes())[:1]
CPU = BUILT.read_bytes()[:18] + b'\xf3\0' + BUILT.read_bytes()[20:]
REFUSED = {
    'another minor version': (other_minor, "The plugin 'mbms-bcast.so' was compiled for Wireshark version X.Y"),
    'the library of another version': (
        lambda: changed(LIBRARY, LIBRARY[:-2] + b'99'),
        "Couldn't load plugin 'mbms-bcast.so': LIBRARY: cannot open shared object file: No such file or directory"),
    'another library': (
        lambda: changed(b'libgcrypt.so.', b'libgcrypX.so.'),
        "Couldn't load plugin 'mbms-bcast.so': LIBRARY: cannot open shared object file: No such file or directory"),
    'no plugin': (lambda: changed(b'plugin_version\0', b'plugin_versioX\0'), 'The plugin \'mbms-bcast.so\' has no "plugin_version" symbol'),
    'a web page': (lambda: b'<!DOCTYPE html>' * 100, "Couldn't load plugin 'mbms-bcast.so': FILE: invalid ELF header"),
    "Windows'": (lambda: b'MZ'.ljust(4000, b'\0'), "Couldn't load plugin 'mbms-bcast.so': FILE: invalid ELF header"),
    'another CPU': (lambda: CPU, "Couldn't load plugin 'mbms-bcast.so': FILE: cannot open shared object file: No such file or directory"),
    'empty': (lambda: b'', "Couldn't load plugin 'mbms-bcast.so': FILE: file too short"),
    'another build': (lambda: changed(b'proto_register_plugin\0', b'proto_register_plugiX\0'),
                      "Couldn't load plugin 'mbms-bcast.so': FILE: undefined symbol: X"),
}  # fmt: skip


@pytest.mark.parametrize('kind', REFUSED)
def test_refused(folder, kind):
    content, message = REFUSED[kind]
    folder.plugin.write_bytes(content())
    folder.plugin.chmod(0o644)
    assert folder.said() == message
    assert message in MESSAGES


@pytest.mark.skipif(os.geteuid() != 0, reason='who is not root owns the file')
def test_may_not_be_read(folder):
    shutil.copy(BUILT, folder.plugin)
    folder.plugin.chmod(0o600)
    message = folder.said()
    assert message == "Couldn't load plugin 'mbms-bcast.so': FILE: cannot open shared object file: Permission denied"
    assert message in MESSAGES


def test_cut_short(folder):
    """It is mapped into memory as if it were whole. The shell's word for what happens then is on the page."""
    folder.plugin.write_bytes(BUILT.read_bytes()[:100_000])
    folder.plugin.chmod(0o644)
    done = folder.tshark('-G', 'plugins')
    assert done.returncode == -signal.SIGBUS and signal.strsignal(signal.SIGBUS) in MESSAGES


def test_two_copies(folder):
    """The system's is loaded, as the page says."""
    shutil.copy(BUILT, folder.plugin)
    shutil.copy(BUILT, folder.personal)
    done = folder.tshark('-G', 'plugins')
    message = about_us(done)
    assert message == "The plugin 'mbms-bcast.so' was found in multiple directories" and message in MESSAGES
    listed, = (line for line in done.stdout.splitlines() if line.startswith('mbms-bcast'))
    assert listed.endswith(str(folder.plugin))


def silent(folder: Folder, **options) -> None:
    """No message, no plugin, and a filter that is not known."""
    done = folder.tshark('-G', 'plugins', **options)
    assert 'mbms-bcast' not in done.stdout + done.stderr
    done = folder.tshark('-r', str(folder.root / 'tour.pcap'), '-Y', 'ltkm', **options)
    line, *_ = (line for line in done.stderr.splitlines() if 'ltkm' in line and 'tour.pcap' not in line)
    message = general(line).replace('"', '')
    assert message in {text.replace('"', '') for text in MESSAGES} or message == f'ltkm {OLD_WORDS}'
    assert done.returncode != 0


OLD_WORDS, = re.findall(r'say `(is neither a field nor a protocol name\.?)`', SECTION)
OLD_WORDS = OLD_WORDS.rstrip('.') + '.'


@pytest.mark.parametrize('place', [f'plugins/{MINOR}/mbms-bcast.so', 'plugins/9.9/epan/mbms-bcast.so', 'plugins/mbms-bcast.so',
                                   f'plugins/{MINOR.replace(".", "-")}/epan/mbms-bcast.so'])
def test_wrong_folder(folder, place):
    path = folder.root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(BUILT, path)
    silent(folder)


def test_folder_of_the_version(folder):
    """WIRESHARK_PLUGIN_DIR is the one above it."""
    shutil.copy(BUILT, folder.plugin)
    assert 'mbms-bcast.so' in folder.tshark('-G', 'plugins').stdout
    silent(folder, plugins=folder.root / 'plugins' / MINOR)


@pytest.mark.skipif(os.geteuid() != 0, reason='not root')
def test_root(folder):
    """Neither the folder of the variable nor his own."""
    shutil.copy(BUILT, folder.personal)
    done = folder.tshark('-G', 'plugins', as_nobody=False)
    assert str(folder.root) not in done.stdout
    shutil.copy(BUILT, folder.plugin)
    done = folder.tshark('-G', 'plugins', as_nobody=False)
    assert str(folder.root) not in done.stdout


def test_every_message_of_the_page_is_provoked():
    provoked = {message for _, message in REFUSED.values()}
    elsewhere = {'permission': "Couldn't load plugin 'mbms-bcast.so': FILE: cannot open shared object file: Permission denied",
                 'cut': 'Bus error', 'two': "The plugin 'mbms-bcast.so' was found in multiple directories",
                 'none': '"ltkm" is not a valid protocol or protocol field.'}  # fmt: skip
    assert MESSAGES == provoked | set(elsewhere.values())
