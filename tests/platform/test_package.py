"""What is given to others: its names, what is in it, and what it depends on. tools/packages.sh uses it in bare roots."""
import hashlib
import io
import re
import shutil
import subprocess
import tarfile
import zipfile

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


PAGES = re.findall(r'[\w/]+\.md', (REPOSITORY / 'tools' / 'cmake' / 'pages.cmake').read_text())


def links(page: str) -> set[str]:
    """Pages and pictures that a page leads to."""
    text = (REPOSITORY / page).read_text()
    targets = re.findall(r'\]\((?!https?:)([^)#]+\.(?:md|png))(?:#[^)]*)?\)', text)
    return {str((REPOSITORY / page).parent.joinpath(target).resolve().relative_to(REPOSITORY)) for target in targets}


LINKED = set().union(*(links(page) for page in PAGES))


def there(names) -> set[str]:
    """tests/capture/test_pages.py says so where one is not."""
    return {name for name in names if (REPOSITORY / name).is_file()}


def test_pages_that_go_along():
    """What they lead to goes along, too."""
    assert {'README.md', 'packaging/INSTALL.md', 'captures/tour.png'} <= LINKED | {'README.md'}
    assert [target for target in sorted(LINKED) if target.endswith('.md') and target not in PAGES] == []


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
        with zipfile.ZipFile(io.BytesIO(archive.extractfile(f'{inside}/MBMS-BCAST.zip').read())) as profile:
            assert {'MBMS-BCAST/preferences', 'MBMS-BCAST/colorfilters', 'MBMS-BCAST/dfilter_buttons'} <= set(profile.namelist())
    assert {'mbms-bcast.so', 'install.py', 'bcast-check', 'bcast_check/places.py', 'COPYING', 'captures/tour.pcap'} <= names
    assert {*PAGES, *there(LINKED)} <= names
    assert not any('__pycache__' in name for name in names)


def test_uninstall(tmp_path):
    """Nothing is left of what is installed, wherever it was put."""
    prefix, build = tmp_path / 'prefix', tmp_path / 'build'
    run('cmake', '--install', BUILD, '--prefix', prefix)
    installed = [path for path in prefix.rglob('*') if path.is_file()]
    assert {'mbms-bcast.so', 'bcast-check', 'bcast-fleet.1', 'INSTALL.md', 'colorfilters'} <= {path.name for path in installed}
    run('env', f'HOME={tmp_path}', 'cmake', '-S', REPOSITORY, '-B', build, f'-DCMAKE_INSTALL_PREFIX={prefix}', '-DBUILD_TESTING=OFF')
    run('cmake', '--build', build, '--target', 'uninstall')
    assert [path for path in prefix.rglob('*') if path.is_file()] == []


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
                 '/doc/mbms-bcast/captures/tour.pcap', '/doc/mbms-bcast/copyright', r'/doc/mbms-bcast/changelog\.gz',
                 '/share/wireshark/profiles/MBMS-BCAST/preferences',
                 *(f'/doc/mbms-bcast/{page}' for page in {*PAGES, *there(LINKED)})):
        assert re.search(name + '\n', content), name


def prefix_of(build) -> str:
    return re.search(r'^CMAKE_INSTALL_PREFIX:PATH=(.*)$', (build / 'CMakeCache.txt').read_text(), re.MULTILINE)[1]


@pytest.mark.parametrize('asked', [None, '/opt/elsewhere'])
def test_prefix_of_a_second_run(tmp_path, asked):
    """Where a first run lacked something, the next one finds Wireshark's prefix all the same, or takes the one that is asked for."""
    configure = ['cmake', '-S', REPOSITORY, '-B', tmp_path / 'build', '-DBUILD_TESTING=OFF']
    lacking = subprocess.run(['env', 'PKG_CONFIG_LIBDIR=/nonexistent', 'PKG_CONFIG_PATH=', *map(str, configure)], capture_output=True)
    assert lacking.returncode != 0
    run(*configure, *([f'-DCMAKE_INSTALL_PREFIX={asked}'] if asked else []))
    assert prefix_of(tmp_path / 'build') == (asked or run('pkg-config', '--variable=prefix', 'wireshark').strip())
    run(*configure, '-DCMAKE_INSTALL_PREFIX=/usr/local')
    assert prefix_of(tmp_path / 'build') == '/usr/local'
