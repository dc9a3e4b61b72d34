#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Secrets are compared without a branch that depends on them, in the release build, by valgrind (constant_time.c). Numbers
of instructions tell the same whatever else the machine does: the test cannot fail by chance, as measured times could.

  test_constant_time.py RELEASE_FOLDER

Check 37 of docs/internals/security.md. That secrets are compared by secret_equal only is a rule of tests/tidy.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

SKIPPED = 77


def errors(program, mode):
    done = subprocess.run(["valgrind", "--error-exitcode=0", "--quiet", "--log-fd=2", program, mode], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                          env={**os.environ, "LANG": "C"})
    found = len(re.findall(r"depends on uninitialised|Use of uninitialised", done.stderr))
    if done.returncode != 0 or "under valgrind: yes" not in done.stdout:
        sys.exit(f"{mode}: {done.returncode}\n{done.stdout}{done.stderr}")
    return found, done.stderr


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    program = pathlib.Path(arguments[0]) / "constant_time"
    if not shutil.which("valgrind"):
        print("SKIPPED: valgrind is not installed")
        return SKIPPED
    problems = []
    found, said = errors(program, "equal")
    if found:
        problems.append(f"secret_equal depends on its secrets at {found} places:\n{said[:3000]}")
    if errors(program, "planted")[0] == 0:
        problems.append("a comparison that ends early was not found")
    print(*problems, f"{2 - len(problems)} passed, {len(problems)} failed", sep="\n")
    return 1 if problems else 0


sys.exit(main(sys.argv[1:]))
