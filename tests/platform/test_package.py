"""What is given to others: its names, what is in it, and what it depends on. tools/packages.sh uses it in bare roots."""
import hashlib
import re
import shutil
import subprocess
import tarfile

import pytest

from building import BUILD, REPOSITORY

pytestmark = pytest.mark.skipif(not shutil.which('cmake') or not (BUILD / 'CMakeCache.txt').exists(), reason='no build folder of cmake')


def run(*command) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def minor() -> str:
    version = re.search(r'TShark[^\d]*(\d+\.\d+)', run('tshark', '--version'))
    return version[1]


def version() -> str:
    return re.search(r'MBMS_BCAST_VERSION ([\d.]+)', (REPOSITORY / 'CMakeLists.txt').read_text())[1]


def test_archive():
    """The version of Wireshark is in its name, and in a file for the installer."""
    run('cmake', '--build', BUILD, '--target', 'archive')
    machine = run('uname', '-m').strip()
    path = BUILD / f'mbms-bcast-{version()}-wireshark{minor()}-linux-{machine}.tar.gz'
    assert path.with_name(path.name + '.sha256').read_text() == f'{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n'
    with tarfile.open(path) as archive:
        names = {name.partition('/')[2] for name in archive.getnames()}
        inside = path.name.removesuffix('.tar.gz')
        assert archive.extractfile(f'{inside}/wireshark-version').read().decode() == minor() + '\n'
    assert {'mbms-bcast.so', 'install.py', 'bcast-check', 'bcast_check/places.py', 'README.md', 'COPYING', 'captures/tour.pcap'} <= names
    assert not any('__pycache__' in name for name in names)


@pytest.mark.skipif(not shutil.which('dpkg-deb'), reason='no Debian')
def test_package(tmp_path):
    """It is held to its minor version by the library, and its manual is where man looks."""
    run('cpack', '-G', 'DEB', '--config', BUILD / 'CPackConfig.cmake', '-B', tmp_path)
    path, = tmp_path.glob('*.deb')
    assert path.name == f'mbms-bcast_{version()}+wireshark{minor()}_{run("dpkg", "--print-architecture").strip()}.deb'
    depends = run('dpkg-deb', '-f', path, 'Depends')
    library, = re.findall(r'libwireshark\d+', depends)
    assert library in run('dpkg-query', '-S', 'libwireshark.so.*') and 'python3' in depends
    content = run('dpkg-deb', '-c', path)
    for name in (rf'/wireshark/plugins/{minor()}/epan/mbms-bcast\.so', '/usr/bin/bcast-check', r'/man1/bcast-check\.1\.gz',
                 '/doc/mbms-bcast/captures/tour.pcap', '/doc/mbms-bcast/copyright', r'/doc/mbms-bcast/changelog\.gz'):
        assert re.search(name + '\n', content), name
