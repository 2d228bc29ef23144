"""Runs tshark with the plugin, on the captures of this repository, and reads what it prints.

Wireshark ignores plugin folders other than its own when root starts it, so that root drops its privileges here; what
tshark has to read is then copied to where anybody can read it.
"""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CAPTURES = REPOSITORY / 'captures'
BUILD = pathlib.Path(os.environ.get('BUILD_DIR', REPOSITORY / 'build'))
AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] if os.geteuid() == 0 else []
BOOLEANS = {'True': '1', 'False': '0'}  # 4.4 spells them out
TS_33246 = {'R69', *(f'R{number}' for number in range(74, 92))}  # rules of the form and memory of messages; most captures are about others
UNIT = '\x1f'  # between the occurrences of a field


class Wireshark:
    """A tshark with the plugin, an empty profile and a fixed environment."""

    def __init__(self, build: pathlib.Path = BUILD, **environment: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix='mbms-bcast-')
        self.root = pathlib.Path(self._folder.name)
        self.home = self.root / 'home'
        self.home.mkdir()
        self.plugins = self.root / 'plugins'
        shutil.copytree(build / 'plugins', self.plugins)
        self.captures = self.root / 'captures'
        shutil.copytree(CAPTURES, self.captures, ignore=shutil.ignore_patterns('*.py', '__pycache__'))
        for path in [self.root, *self.root.rglob('*')]:
            path.chmod(0o777 if path.is_dir() else 0o644)
        self._answers: dict[tuple[str, ...], str] = {}
        self.environment = {
            'PATH': os.environ['PATH'],
            'HOME': str(self.home),
            'TZ': 'UTC',
            'LC_ALL': 'C.UTF-8',
            'WIRESHARK_PLUGIN_DIR': str(self.plugins),
            'WIRESHARK_DEBUG_WMEM_OVERRIDE': 'strict',
            'WIRESHARK_ABORT_ON_DISSECTOR_BUG': '1',
            'G_SLICE': 'always-malloc',
            **environment,
        }

    def run(self, *arguments: str, program: str = 'tshark', **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*AS_NOBODY, program, *arguments], env={**self.environment, **environment}, text=True,
                              errors='backslashreplace',
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.root, timeout=300)

    def tshark(self, capture: str, *arguments: str) -> str:
        """Standard output for a capture; any complaint is a failure. What was asked before is not run again."""
        asked = (capture, *arguments)
        if asked not in self._answers:
            self._answers[asked] = self._ask(capture, *arguments)
        return self._answers[asked]

    def _ask(self, capture: str, *arguments: str) -> str:
        done = self.run('-n', '-r', str(self.captures / capture), *arguments)
        assert done.returncode == 0, done.stderr
        assert not complaints(done.stderr), done.stderr
        return done.stdout

    def sharkd(self, *calls: dict) -> list[dict]:
        """Results of requests {'method': …, 'params': …} to one sharkd, in their order; any complaint or error is a failure."""
        text = ''.join(json.dumps({'jsonrpc': '2.0', 'id': number, **call}) + '\n' for number, call in enumerate(calls, 1))
        done = subprocess.run([*AS_NOBODY, 'sharkd', '-'], input=text, env=self.environment, text=True, errors='backslashreplace',
                              capture_output=True, cwd=self.root, timeout=300)  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert not complaints(done.stderr), done.stderr
        answers = [json.loads(line) for line in done.stdout.splitlines() if line]
        assert [answer.get('id') for answer in answers] == list(range(1, len(calls) + 1)), done.stderr
        assert not (refused := [answer for answer in answers if 'result' not in answer]), refused
        return [answer['result'] for answer in answers]

    def fields(self, capture: str, names: list[str], *arguments: str) -> dict[int, dict[str, list[str]]]:
        """frame -> field -> all its values in tree order; fields that are absent are left out."""
        columns = [column for name in ['frame.number', *names] for column in ('-e', name)]
        out = self.tshark(capture, *arguments, '-T', 'fields', '-E', 'occurrence=a', '-E', 'aggregator=' + UNIT, *columns)
        frames = {}
        for line in out.splitlines():
            number, *values = line.split('\t')
            frames[int(number)] = {name: [BOOLEANS.get(text, text) for text in value.split(UNIT)]
                                   for name, value in zip(names, values) if value}
        return frames

    def json(self, capture: str, *arguments: str) -> list[dict]:
        """Packets as tshark's JSON has them, repeated names merged to lists."""
        out = self.tshark(capture, '-2', '-T', 'json', '--no-duplicate-keys', *arguments)
        return [packet['_source']['layers'] for packet in json.loads(out)]


def complaints(stderr: str) -> list[str]:
    """Lines of standard error that are no mere notice about running as root or a cut capture, nor sharkd's own chatter."""
    harmless = ('Running as user', 'appears to have been cut short', 'Hello in child.', 'load: filename=', 'sharkd_session_process_')
    return [line for line in stderr.splitlines() if line.strip() and not any(text in line for text in harmless)]


def capture_names() -> list[str]:
    return sorted(str(path.relative_to(CAPTURES)) for path in CAPTURES.rglob('*.pcap*'))
