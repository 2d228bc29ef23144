"""tools/versions.sh where no other Debian can be had: it says so at once, and that is no failure."""
import os
import shutil
import subprocess

import pytest

from building import REPOSITORY


@pytest.fixture
def versions(tmp_path):
    """A copy, since it writes beside the sources; commands that are missing, or do something else."""
    shutil.copytree(REPOSITORY / 'tools', tmp_path / 'tools')
    commands = tmp_path / 'bin'
    commands.mkdir()
    for name in 'sh', 'dirname', 'basename', 'mkdir', 'date', 'tee', 'rm', 'tail', 'id', 'unshare', 'true', 'timeout', 'tar', 'chroot', 'mount', 'touch':
        (commands / name).symlink_to(shutil.which(name))

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        environment = {'PATH': str(commands), 'HOME': str(tmp_path), 'ROOTS': str(tmp_path / 'roots'), **environment}
        return subprocess.run([str(tmp_path / 'tools' / 'versions.sh'), *arguments], capture_output=True, text=True, env=environment, timeout=60)

    run.commands = commands
    return run


def test_unknown_version(versions):
    done = versions('12', '11')
    assert (done.returncode, done.stdout) == (2, '') and '11 is none of 12, 13, testing and 24.04' in done.stderr


def test_no_debootstrap(versions):
    done = versions()
    reason = 'no debootstrap' if os.geteuid() == 0 else 'not root'
    assert done.returncode == 0, done.stderr
    assert done.stdout == ''.join(f'{version:8} not run: {reason}\n' for version in ('12', '13', 'testing', '24.04'))


def can_mount() -> bool:
    return os.geteuid() == 0 and subprocess.run(['unshare', '--mount', 'true'], capture_output=True).returncode == 0


@pytest.mark.skipif(not can_mount(), reason='no right to mount')
def test_no_network(versions):
    (versions.commands / 'debootstrap').write_text('#!/bin/sh\necho "E: Failed getting release file"\nexit 1\n')
    (versions.commands / 'debootstrap').chmod(0o755)
    done = versions('13')
    assert (done.returncode, done.stdout) == (0, '13       not run: no root: E: Failed getting release file\n')


def test_no_time(versions):
    done = versions('13', LIMIT='5')
    assert (done.returncode, done.stdout) == (0, '13       not run: no time left\n')
