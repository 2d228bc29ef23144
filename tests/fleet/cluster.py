"""A Dask cluster of processes that die when they are told."""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

from wireshark import AS_NOBODY, Wireshark


class Cluster:
    def __init__(self, wireshark: Wireshark, folder: pathlib.Path) -> None:
        self._wireshark = wireshark
        self._folder = folder
        self._started: dict[str, subprocess.Popen] = {}
        with socket.create_server(('127.0.0.1', 0)) as free:
            port = free.getsockname()[1]
        self.address = f'tcp://127.0.0.1:{port}'
        self._start('scheduler', 'distributed.cli.dask_scheduler', '--host', self.address, '--no-dashboard',
                    '--dashboard-address', '127.0.0.1:0')  # fmt: skip

    def _start(self, name: str, module: str, *arguments: str, **environment: str) -> None:
        """In a folder and a process group of its own: nothing of the repository is there, and killing it is as pulling a plug."""
        place = self._folder / name
        place.mkdir()
        place.chmod(0o777)
        with open(self._folder / f'{name}.log', 'w') as log:
            self._started[name] = subprocess.Popen(
                [*AS_NOBODY, sys.executable, '-m', module, *arguments], cwd=place, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**self._wireshark.environment, **environment}, start_new_session=True)  # fmt: skip

    def add(self, *names: str, **environment: str) -> 'Cluster':
        """Workers that nobody starts again; FLEET_WORKER is the name, for what they run."""
        for name in names:
            self._start(name, 'distributed.cli.dask_worker', self.address, '--no-nanny', '--nthreads', '1', '--no-dashboard',
                        '--name', name, FLEET_WORKER=name, **environment)  # fmt: skip
        return self

    def kill(self, name: str) -> None:
        process = self._started.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        for name in list(self._started):
            self.kill(name)

    def started(self, *arguments: str, program: pathlib.Path, **environment: str) -> subprocess.Popen:
        """bcast-fleet, to be waited for."""
        return subprocess.Popen([*AS_NOBODY, program, '--scheduler', self.address, *arguments], text=True, cwd=self._wireshark.root,
                                env={**self._wireshark.environment, **environment}, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip


def wait_for(condition, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, 'what was waited for did not come'
        time.sleep(0.05)
