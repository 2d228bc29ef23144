"""A tshark with the plugin that was built with sanitizers (build/sanitize)."""
import pathlib
import platform
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'capture'))

from wireshark import BUILD, Wireshark  # noqa: E402

SANITIZED = BUILD / 'sanitize'
OPTIONS = {
    'ASAN_OPTIONS': 'detect_leaks=0:abort_on_error=1',  # tshark itself leaves memory behind
    'UBSAN_OPTIONS': 'halt_on_error=1:print_stacktrace=1',
}


def sanitized_wireshark() -> Wireshark:
    """Debian's tshark was built without sanitizers: what it loads needs their runtime before all else."""
    runtime = subprocess.run(['clang', f'-print-file-name=libclang_rt.asan-{platform.machine()}.so'],
                             capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip
    return Wireshark(SANITIZED, LD_PRELOAD=runtime, **OPTIONS)
