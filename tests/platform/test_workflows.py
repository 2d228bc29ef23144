"""The workflow files: what can be seen without running them."""
import re
import subprocess

import pytest

from building import REPOSITORY

yaml = pytest.importorskip('yaml')
FILES = sorted((REPOSITORY / '.github' / 'workflows').glob('*.yml'))


def steps(path) -> list[dict]:
    return [step for job in yaml.safe_load(path.read_text())['jobs'].values() for step in job['steps']]


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.stem)
def test_commands(path):
    """Each is a script that bash understands, and names only files of the repository."""
    commands = [step['run'] for step in steps(path) if 'run' in step]
    assert len(commands) > 2
    for command in commands:
        text = re.sub(r'\$\{\{.*?\}\}', 'x', command)
        done = subprocess.run(['bash', '-n'], input=text, text=True, capture_output=True)
        assert done.returncode == 0, done.stderr
        for name in re.findall(r'(?:^|[ /])(tools/[a-z/-]+\.(?:sh|cmake))', text, re.MULTILINE):
            assert (REPOSITORY / name).exists(), name


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.stem)
def test_what_is_proved(path):
    """The plugin is loaded and decodes the tour, on each system."""
    text = ' '.join(step.get('run', '') for step in steps(path))
    assert '-G plugins | grep mbms-bcast' in text and 'tour.pcap -Y ltkm.verified_in' in text


def test_all_systems():
    assert [path.stem for path in FILES] == ['linux', 'macos', 'windows']
