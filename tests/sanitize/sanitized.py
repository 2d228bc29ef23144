"""A tshark with the plugin that was built with sanitizers (build/sanitize)."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'capture'))

from wireshark import BUILD, Wireshark  # noqa: E402

SANITIZED = BUILD / 'sanitize'
OPTIONS = {
    'ASAN_OPTIONS': 'detect_leaks=0:abort_on_error=1',  # tshark itself leaves memory behind
    'UBSAN_OPTIONS': 'halt_on_error=1:print_stacktrace=1',
}


def runtime(name: str) -> str:
    return subprocess.run(['gcc', '-print-file-name=' + name], capture_output=True, text=True, check=True).stdout.strip()


def sanitized_wireshark() -> Wireshark:
    return Wireshark(SANITIZED, LD_PRELOAD=f'{runtime("libasan.so")} {runtime("libubsan.so")}', **OPTIONS)
