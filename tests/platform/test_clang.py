"""What Wireshark's own build makes errors of, on a Mac (clang) above all."""
import shutil

import pytest

from building import compile_all, system_folders

WARNINGS = ['-Wall', '-Wextra', '-Wshorten-64-to-32', '-Wcomma', '-Wheader-guard', '-Wshadow', '-Wvla', '-Wredundant-decls',
            '-Wold-style-definition', '-Wstrict-prototypes', '-Wignored-qualifiers', '-Wpointer-arith', '-Wformat-security']  # fmt: skip


def test_clang():
    if not shutil.which('clang'):
        pytest.skip('there is no clang')
    assert compile_all('clang', [*WARNINGS, '-Werror', '-DG_DISABLE_DEPRECATED', '-DG_DISABLE_SINGLE_INCLUDES'], system_folders()) == {}
