# SPDX-License-Identifier: GPL-2.0-or-later
"""What a worker does: it runs bcast-check on some captures.

The workers are sent this text, and their own python3 runs it: they need neither this file nor the same Python, and nothing but
the standard library is used. It is asked by a line of JSON on standard input, with captures that are sent along behind it, and
answers in JSON.
"""
import bisect
import itertools
import json
import os
import pathlib
import resource
import shutil
import socket
import subprocess
import sys
import tempfile

KEYS = 'keys'
NOTHING_KNOWN = {'warnings': [], 'seconds': 0.0, 'findings': [],
                 'judged': {'procedures': 0, 'ltkms': 0, 'verifications': 0, 'others': 0}}  # fmt: skip


class Unfit(Exception):
    """This worker cannot judge any capture, and why."""


class Broken(Exception):
    """bcast-check did not come to its end."""


def program(name, advice):
    path = shutil.which(name)
    if not path:
        raise Unfit(f'{name} is not there. {advice}')
    return path


def run(*command):
    """Numbers have a point in them, whatever the locale of the worker is: capinfos writes them as that has it."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, encoding='utf-8', errors='backslashreplace',
                          env={**os.environ, 'LC_ALL': 'C.UTF-8'})


def last_line(text):
    return (text.strip().splitlines() or [''])[-1]


class Capture:
    """A file, or several that are judged as one."""

    def __init__(self, folder, number, asked, keys):
        self.name = asked['name']
        self.error = None
        self.files = []  # [name, number of packets] of those that were put together, in their order
        self._names = {}
        self.path = str(folder / f'{number:05}.pcapng')
        self._names[self.path] = self.name
        if keys:
            self._names[str(folder / KEYS)] = keys['name']
        self._links = [self._linked(folder, number, place, member) for place, member in enumerate(asked['members'])]

    def _linked(self, folder, number, place, member):
        """Under a short name of this errand's own: others may look like options or patterns."""
        link = str(folder / f'{number:05}-{place:05}')
        self._names[link] = member['name']
        if member['sent']:
            with open(link, 'wb') as file:
                file.write(sys.stdin.buffer.read(member['size']))
        else:
            os.symlink(member['path'], link)
            self.error = self.error or unlike(link, member['size'])
        return link

    def put_together(self, tools):
        """Later files go on where the ones before them end: their own order of packets is kept, and their order is that of time."""
        if len(self._links) == 1:
            self.path = self._links[0]
        elif not self.error:
            told, self.error = tools.capinfos(self._links)  # mergecap 4.4 passes over files that are cut
            order = sorted((link for link in told if told[link]['packets']),
                           key=lambda link: (told[link]['start'] is None, told[link]['start'] or 0))  # fmt: skip
            self.files = [[self._names[link], told[link]['packets']] for link in order]
            if not order:  # there is nothing in them, or they are no captures; the first of them tells
                self.path = self._links[0]
                return
            done = run(tools.beside('mergecap'), '-a', '-w', self.path, *order)
            if done.returncode != 0:
                self.error = self.error or last_line(done.stderr)

    def in_words(self, text):
        for path, name in self._names.items():
            text = text.replace(path, name)
        return text

    def readable(self):
        return not os.path.isdir(self.path) and (os.path.exists(self.path) or not self.error)

    def told(self, answer, records, span):
        error = self.error or answer['error']
        return answer | {
            'error': self.in_words(error) if error else None,
            'warnings': [self.in_words(text) for text in answer['warnings']],
            'records': [self._named(record) for record in records],
            'files': self.files,
            'span': span,
        }

    def _named(self, record):
        named = record | {'capture': self.name} | self._place(record['frame'])
        if record.get('response'):
            named['response'] = self._named(record['response'])
        return named

    def _place(self, frame):
        """Which of the files, and where in it."""
        if not self.files:
            return {}
        ends = list(itertools.accumulate(packets for _, packets in self.files))
        index = bisect.bisect_left(ends, frame)
        return {'file': self.files[index][0], 'file_frame': frame - (ends[index] - self.files[index][1])}


def unlike(path, size):
    """What is not the file that was meant. Whether there is one at all, bcast-check says."""
    if os.path.isdir(path):
        return 'Not a file'
    if size is not None and os.path.exists(path) and os.path.getsize(path) != size:
        return f'The worker has {os.path.getsize(path)} bytes under this name, not {size}: another file, or one that grows'
    return None


class Tools:
    """The programs of this worker."""

    def __init__(self, asked):
        self._asked = asked
        self._with_tshark = ['--tshark', asked['tshark']] if asked['tshark'] else []
        self._check = program(asked['program'], 'Install bcast-check on each worker, or say where it is with --bcast-check PATH')

    def beside(self, name):
        """A companion of tshark."""
        tshark = shutil.which(self._asked['tshark'] or 'tshark')
        path = tshark and os.path.join(os.path.dirname(tshark), name)
        return path if path and os.access(path, os.X_OK) else program(name, 'It comes with Wireshark (wireshark-common)')

    def describe(self):
        rules = run(self._check, '--list-rules', *self._with_tshark)
        if rules.returncode != 0:
            raise Unfit(last_line(rules.stderr).partition(': ')[2] or f'{self._check} ended with status {rules.returncode}')
        return {'version': run(self._check, '--version').stdout.strip(), 'rules': rules.stdout}

    def check(self, folder, paths):
        """What bcast-check says of each, and its records by path."""
        answer, records, keys = (folder / name for name in ('answer', 'records', KEYS))
        command = [self._check, '--quiet', '-j', '1', *self._with_tshark, '--json', answer, *self._asked['options']]
        if self._asked['keys']:
            keys.write_text(self._asked['keys']['text'], encoding='utf-8')
            command += ['--keys', keys]
        if self._asked['records']:
            command += ['--records', records]
        done = run(*command, *paths)
        try:
            answers = json.loads(answer.read_text(encoding='utf-8'))['captures']
            lines = records.read_text(encoding='utf-8').splitlines() if self._asked['records'] else []
        except (OSError, ValueError) as problem:
            raise Broken(f'bcast-check ended with status {done.returncode}: {last_line(done.stderr)}') from problem
        by_path = {path: [] for path in paths}
        for record in map(json.loads, lines):
            by_path[record['capture']].append(record)
        return answers, by_path

    def capinfos(self, paths):
        """Path -> number of packets, time of the first and of the last; what cannot be opened is left out, and complained of."""
        done = run(self.beside('capinfos'), '-T', '-r', '-B', '-N', '-K', '-c', '-a', '-e', '-S', *paths)
        rows = (line.split('\t') for line in done.stdout.splitlines())
        complaints = [line for line in done.stderr.splitlines() if line.startswith('capinfos: ')]
        return {path: {'packets': int(packets), 'start': seconds(start), 'end': seconds(end)}
                for path, packets, start, end in rows}, complaints[-1] if complaints else None


def seconds(text):
    try:
        return float(text)
    except ValueError:  # there are no packets, or they have no time
        return None


def judge(asked, tools, folder):
    captures = [Capture(folder, number, one, asked['keys']) for number, one in enumerate(asked['captures'])]
    for capture in captures:
        capture.put_together(tools)
    paths = [capture.path for capture in captures if capture.readable()]
    answers, records = tools.check(folder, paths) if paths else ([], {})
    if answers and all(answer['error'] for answer in answers):
        tools.describe()  # is it the worker, and not the captures?
    spans = tools.capinfos(paths)[0] if asked['spans'] and paths else {}
    by_path = dict(zip(paths, answers))
    return [capture.told(by_path.get(capture.path, NOTHING_KNOWN | {'error': None}), records.get(capture.path, []),
                         spans.get(capture.path)) for capture in captures]


def answer(asked):
    try:
        tools = Tools(asked)
        if not asked['captures']:
            return tools.describe()
        with tempfile.TemporaryDirectory(prefix='bcast-fleet-') as folder:
            return {'captures': judge(asked, tools, pathlib.Path(folder))}
    except Unfit as reason:
        return {'unfit': str(reason), 'host': socket.gethostname()}
    except (Broken, OSError) as reason:
        return {'broken': str(reason)}


def main():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # mergecap opens all files of a ring at once
    json.dump(answer(json.loads(sys.stdin.buffer.readline())), sys.stdout)


if __name__ == '__main__':
    main()
