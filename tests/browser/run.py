#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages in a real browser: usage: run.py TREUE_BINARY [NAME...]

Starts the program with the demo company on a free port and plays tests/browser/*.test.mjs (those whose name contains a
NAME) with Node's test runner and Debian's Chromium. Pictures of all pages lie in build/screenshots afterwards.
Played wholly, a page in the tables of routes (src/web) that no test has looked at is a failure.
TREUE_TEST_DB=postgresql: the database is on a server. TREUE_TEST_ALL=1: every page in every theme and width.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import postgresql  # noqa: E402  (needs the path above)

SKIPPED = 77
DATABASES = 16
# A row of GET with a template: method, path, permission, fields, template.
PAGE = re.compile(r'\{METHOD_GET,\s*"([^"]+)",\s*[^,{}]+,\s*[^,{}]+,\s*"[a-z_]+"')
PAGES_AT_LEAST = 40


def pages():
    """The paths of all pages, those with fewer placeholders in front, as the router prefers them."""
    found = {path for source in (ROOT / "src" / "web").glob("*.c") for path in PAGE.findall(source.read_text("utf-8"))}
    if len(found) < PAGES_AT_LEAST:
        sys.exit(f"only {len(found)} pages were found in the tables of routes: are they written differently now?")
    return sorted(found, key=lambda path: (path.count("{"), path))


def unseen(visited):
    """The pages nobody looked at, given the paths somebody did."""
    all_pages = pages()
    shapes = [re.compile(re.sub(r"\\{[a-z_]+\\}", "[^/]+", re.escape(path))) for path in all_pages]
    seen = {next((page for page, shape in zip(all_pages, shapes) if shape.fullmatch(path)), None) for path in visited}
    return [page for page in all_pages if page not in seen]


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
        result = subprocess.run(["node", "--test", "--test-concurrency=1", *tests], env=environment, cwd=ROOT).returncode
        if names or result:
            return result
        left = unseen(set((pathlib.Path(folder) / "visited").read_text("utf-8").split()))
        for page in left:
            print(f"{page}: no test looks at this page (check() of browser.mjs)")
        return 1 if left else 0


sys.exit(main())
