#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages in a real browser: usage: run.py TREUE_BINARY [NAME...]

Makes the demo company once, of which tests get copies, and plays tests/browser/*.test.mjs (those whose name contains a NAME)
with Node's test runner and Debian's Chromium. Pictures of all pages lie in build/screenshots afterwards.
Played wholly, what was looked at is held against docs/internals/pages.md, which names every page of the tables of routes: a
page that its test has not looked at, in each theme, width and language, is a failure.
TREUE_TEST_DB=postgresql: the database is on a server. TREUE_TEST_ALL=1: every page in every combination of them.
"""
import collections
import itertools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import pages  # noqa: E402  (needs the path above)
import postgresql  # noqa: E402

SKIPPED = 77
LANGUAGES, THEMES, WIDTHS = ("de", "en"), ("light", "dark"), ("360", "1280")


def make_demo(program, folder, database=None):
    environment = dict(os.environ, LANG="de_DE.UTF-8", **({"TREUE_DB": database} if database else {}))
    done = subprocess.run(["sh", "demo/demo.sh", program, str(folder)], env=environment, cwd=ROOT, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        sys.exit(f"the demo company could not be made:\n{done.stdout}")


def demo(program, folder):
    """What tells the tests where the demo company is."""
    if not postgresql.wanted():
        make_demo(program, folder)
        return {"TREUE_BROWSER_DEMO": str(folder / "data")}
    url, files = postgresql.the_server().template(f"demo company of {program}", lambda url, files: make_demo(program, files, url))
    return {"TREUE_BROWSER_DEMO": str(files / "data"), "TREUE_BROWSER_DATABASE": url,
            "TREUE_TEST_SERVER": os.environ["TREUE_TEST_SERVER"]}


def looks_of(visited):
    """{(template, method, path, test, picture): {look}} of the pages somebody looked at, as browser.mjs noted them."""
    router, routed, found = pages.Router(ROOT), pages.routed(ROOT), collections.defaultdict(set)
    for line in visited:
        method, path, status, test, picture, look = line.split()
        page = router.page(method, path)
        if page and status in ("200", "201"):
            found[(routed[page], *page, test, picture)].add(look)
        elif status == "404":
            found[("error", "GET", "/{any}", test, picture)].add(look)
    return found


def missing(looks):
    """What is left of `LANGUAGE-THEME-WIDTH`: all of them, or each language, theme and width once."""
    if os.environ.get("TREUE_TEST_ALL"):
        return ["-".join(one) for one in itertools.product(LANGUAGES, THEMES, WIDTHS) if "-".join(one) not in looks]
    parts = {part for look in looks for part in look.split("-")}
    return [part for part in (*LANGUAGES, *THEMES, *WIDTHS) if part not in parts]


def unseen(visited):
    found = looks_of(visited)
    result = []
    for row in pages.rows(ROOT)[0]:
        left = missing(found[row.template, row.method, row.path, row.test, row.picture])
        if left:
            others = sorted({f"{test} as {picture}" for template, method, path, test, picture in found
                             if (template, method, path) == (row.template, row.method, row.path)})
            result.append(f"{row.method} {row.path}: {row.test} does not look at it as {row.picture} ({', '.join(left)})"
                          + (f"; looked at: {', '.join(others)}" if others else ""))
    named = {(row.method, row.path) for row in pages.rows(ROOT)[0]}
    result += [f"{method} {path}: no test looks at it" for method, path in sorted(set(pages.routed(ROOT)) - named)]
    return result


def main():
    program, names = str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2:]
    for needed in ("node", "chromium"):
        if not shutil.which(needed):
            print(f"{needed} is not installed")
            return SKIPPED
    tests = [str(path) for path in sorted((ROOT / "tests" / "browser").glob("*.test.mjs"))
             if not names or any(name in path.name for name in names)]
    with tempfile.TemporaryDirectory(prefix="treue-browser-") as name:
        folder = pathlib.Path(name)
        environment = dict(os.environ, TREUE_PROGRAM=program, TREUE_BROWSER_FOLDER=name, **demo(program, folder / "demo"))
        result = subprocess.run(["node", "--test", "--test-concurrency=1", *tests], env=environment, cwd=ROOT).returncode
        if names or result:
            return result
        left = unseen((folder / "visited").read_text("utf-8").splitlines())
        for page in left:
            print(page)
        return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
