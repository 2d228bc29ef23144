"""Wireshark 5.0 is going to install only such headers of dissectors as export something, and what these include."""
import re

from building import compile_all, system_folders, wireshark_folder


def stays(text: str) -> bool:
    return bool(re.search(r'\bWS_DLL_PUBLIC|\bPUBLIC_HEADER\b', text))


def installed_by_the_next(headers: dict[str, str]) -> set[str]:
    """Names of those headers of dissectors that stay."""
    kept = {name for name, text in headers.items() if stays(text)}
    while more := {name for kept_one in kept for name in re.findall(r'#include [<"](?:.*/)?(packet-[^">]+\.h)[">]', headers[kept_one])
                   if name in headers} - kept:  # fmt: skip
        kept |= more
    return kept


def test_headers_that_are_going(tmp_path):
    original = wireshark_folder()
    copy = tmp_path / 'wireshark'
    (copy / 'epan').mkdir(parents=True)
    for path in original.iterdir():
        if path.name != 'epan':
            (copy / path.name).symlink_to(path)
    for path in (original / 'epan').iterdir():
        if path.name != 'dissectors':
            (copy / 'epan' / path.name).symlink_to(path)
    (copy / 'epan' / 'dissectors').mkdir()
    headers = {path.name: path.read_text(errors='replace') for path in (original / 'epan' / 'dissectors').glob('*.h')}
    kept = installed_by_the_next(headers)
    assert 'packet-http.h' in kept and 'packet-media-type.h' not in kept and 10 < len(kept) < len(headers)
    for name in kept:
        (copy / 'epan' / 'dissectors' / name).write_text(headers[name])
    folders = [copy if folder == original else folder for folder in system_folders()]
    assert compile_all('cc', ['-Wall', '-Wextra', '-Werror'], folders) == {}
