# SPDX-License-Identifier: GPL-2.0-or-later
"""What tools/bcast-check is made of."""

VERSION = '1.0.0'  # CMakeLists.txt has it, too; a test compares
