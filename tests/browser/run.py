#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages in a real browser: usage: run.py TREUE_BINARY [NAME...]

Starts the program with the demo company on a free port and plays tests/browser/*.test.mjs (those whose name contains a
NAME) with Node's test runner and Debian's Chromium. Pictures of all pages lie in build/screenshots afterwards.
TREUE_TEST_DB=postgresql: the database is on a server. TREUE_TEST_ALL=1: every page in every theme and width.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import postgresql  # noqa: E402  (needs the path above)

SKIPPED = 77
DATABASES = 16


def main():
    program, names = str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2:]
    for needed in ("node", "chromium"):
        if not shutil.which(needed):
            print(f"{needed} is not installed")
            return SKIPPED
    tests = [str(path) for path in sorted((ROOT / "tests" / "browser").glob("*.test.mjs"))
             if not names or any(name in path.name for name in names)]
    environment = dict(os.environ, TREUE_PROGRAM=program)
    if postgresql.wanted():
        # One for each company a test makes (treue.mjs takes them in turn).
        environment["TREUE_BROWSER_DATABASES"] = " ".join(
            postgresql.the_server().create_database() for _ in range(DATABASES))
    with tempfile.TemporaryDirectory(prefix="treue-browser-") as folder:
        environment["TREUE_BROWSER_FOLDER"] = folder
        return subprocess.run(["node", "--test", "--test-concurrency=1", *tests], env=environment, cwd=ROOT).returncode


sys.exit(main())
