# SPDX-License-Identifier: GPL-2.0-or-later
"""Workers of a Dask cluster, and what they are given to do.

What is sent is subprocess.run with the text of errand.py: nothing of this repository is pickled, so that a worker needs neither
its modules nor the same Python. Dask gives to others what a worker had that is gone.
"""
import asyncio
import collections
import concurrent.futures
import json
import logging
import pathlib
import queue
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import dask
import distributed
from bcast_check import VERSION
from bcast_check.model import Failure
from bcast_check.reports import counted
from dask.utils import parse_timedelta
from distributed import KilledWorker

COMMAND = ('python3', '-I', '-c', pathlib.Path(__file__).with_name('errand.py').read_text(encoding='utf-8'))
AHEAD = 3  # errands for each thread of the cluster that are handed out before the first is done
TICK = 5  # seconds: to look who is there
GATHER = 60  # seconds for an answer, which a worker that is gone takes with it
GONE = (OSError, asyncio.TimeoutError, concurrent.futures.CancelledError, RuntimeError)  # what Dask raises where a scheduler does not answer


class Errand(NamedTuple):
    captures: tuple[int, ...]  # by number
    alone: bool = False  # nothing else was handed out with it: it is to blame for what happens


def local(workers: int, folder: str) -> distributed.LocalCluster:
    """Nobody reaches it from another machine, its web pages neither."""
    return distributed.LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, host='127.0.0.1',
                                    dashboard_address='127.0.0.1:0', worker_dashboard_address='127.0.0.1:0',
                                    local_directory=folder, silence_logs=logging.CRITICAL)


class Fleet:
    """All workers there are, also those that come later."""

    def __init__(self, address, probe: bytes, complain: Callable[[str], None]) -> None:
        logging.disable()  # what matters of it is said here
        self._patience = parse_timedelta(dask.config.get('distributed.comm.timeouts.connect'))  # 30 s, if nothing else is configured
        self._probe = probe
        self._complain = complain
        self._known: dict[str, int] = {}  # worker -> threads
        self._alone_since: float | None = None
        self._described: tuple[str, dict] | None = None  # by this worker; all say the same
        try:
            self._client = distributed.Client(address, timeout=self._patience)
        except (*GONE, ValueError) as error:
            raise Failure(f'no scheduler of Dask answers at {address}: {in_words(error)}') from error

    def close(self) -> None:
        self._client.close()

    def threads(self) -> int:
        return max(1, sum(self._known.values()))

    def describe(self) -> str:
        """The rules that are judged, by all of the workers."""
        while not self._described:
            self._look()
            if not self._described:
                time.sleep(0.1)
        return self._described[1]['rules']

    def _look(self) -> None:
        """Who has come, who is gone, and whether anybody is left."""
        there = self._asked(self._client.nthreads)
        for address in self._known.keys() - there.keys():
            self._complain(f'worker {address} is gone; what it had is done again')
        come = [address for address in there if address not in self._known]
        self._known = dict(there)
        if come:
            self._examine(come)
        now = time.monotonic()
        self._alone_since = None if there else self._alone_since or now
        if self._alone_since and now - self._alone_since > self._patience:
            raise Failure(f'the cluster has had no worker for {self._patience:.0f} s')

    def _examine(self, workers: list[str]) -> None:
        """Each has to have bcast-check and the plugin, and the same as the others: else the verdict would depend on who gives it."""
        answers = self._asked(self._client.run, asyncio.to_thread, subprocess.run, COMMAND, input=self._probe,
                              capture_output=True, workers=workers, on_error='return')
        for worker, done in answers.items():
            if isinstance(done, FileNotFoundError):
                raise Failure(f'worker {worker}: has no python3')
            if isinstance(done, Exception):
                continue  # it is gone already
            description = self._understood(done)
            if 'version' not in description:
                raise Failure(f'worker {worker}: {description.get("unfit") or description["broken"]}')
            self._compare(worker, description)

    def _compare(self, worker: str, description: dict) -> None:
        if description['version'] != f'bcast-check {VERSION}':
            raise Failure(f'worker {worker}: has {description["version"]}, but this is {VERSION}')
        self._described = self._described or (worker, description)
        if description['rules'] != self._described[1]['rules']:
            raise Failure(f'worker {worker}: judges by other rules than {self._described[0]}: the plugins differ')

    @staticmethod
    def _asked(question: Callable, *arguments, **options):
        try:
            return question(*arguments, **options)
        except GONE as error:
            raise Failure('the scheduler is gone') from error

    @staticmethod
    def _understood(done: subprocess.CompletedProcess) -> dict:
        try:
            return json.loads(done.stdout)
        except ValueError:
            said = done.stderr.decode(errors='replace').strip().splitlines() or ['nothing']
            return {'broken': f'python3 ended with status {done.returncode}: {said[-1]}'}

    def judge(self, shares: list[tuple[int, ...]], payload: Callable[[tuple[int, ...]], bytes]) -> Iterator[tuple[int, dict]]:
        """Number and answer for each capture, as they come, each once.

        Where bcast-check breaks, or a worker dies again and again, each capture that may be to blame is tried alone in the end.
        """
        waiting = collections.deque(Errand(share) for share in shares)
        suspects: collections.deque[Errand] = collections.deque()
        flying: dict[str, tuple[distributed.Future, Errand]] = {}
        landed: queue.SimpleQueue = queue.SimpleQueue()
        while waiting or flying or suspects:
            self._look()
            if not waiting and not flying:
                waiting.append(suspects.popleft())
            while waiting and len(flying) < AHEAD * self.threads():
                errand = waiting.popleft()
                future = self._asked(self._client.submit, subprocess.run, COMMAND, input=payload(errand.captures),
                                     capture_output=True, pure=False)
                flying[future.key] = future, errand
                future.add_done_callback(landed.put)
            answer = self._next(landed)
            if answer:
                key, told = answer
                _, errand = flying.pop(key)
                if 'broken' in told and not errand.alone:
                    suspects += [Errand((one,), alone=True) for one in errand.captures]
                else:
                    yield from zip(errand.captures, told.get('captures') or [told])

    def _next(self, landed: queue.SimpleQueue) -> tuple[str, dict] | None:
        try:
            future = landed.get(timeout=TICK)
        except queue.Empty:
            return None
        if future.status == 'error':
            return future.key, {'broken': in_words(future.exception())}
        try:
            told = self._understood(future.result(timeout=GATHER))
        except asyncio.TimeoutError:  # its worker died with the answer
            landed.put(future)
            return None
        except GONE as error:
            raise Failure('the scheduler is gone') from error
        if 'unfit' in told:
            raise Failure(f'a worker on {told["host"]}: {told["unfit"]}')
        return future.key, told


def in_words(error: BaseException) -> str:
    if isinstance(error, KilledWorker):
        return f'{counted(error.allowed_failures + 1, "worker")} died of it'
    return str(error) or type(error).__name__
