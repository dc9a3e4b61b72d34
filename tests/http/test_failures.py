#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Failures forced in every handler: one table after the other is taken from the database of a running server, and every
row is asked for in each of its forms. What fails says so with its number and nothing else, its cause stands in the log
under that number, nothing of it was done, and nobody gets further because sessions or accounts cannot be read. With its
tables back the server answers as before.

  test_failures.py TREUE_BINARY [CASE...]

Verifies X-01 in part. Of the list of security checks in docs/internals/security.md: 62 and 63.
"""
import collections
import contextlib
import json
import pathlib
import re
import shutil
import sqlite3
import sys
import tempfile

import harness
from test_rights import FORMS, Demo, address_of, representations  # before tests/road, which has one, too
from test_walk import NOTES, is_stream, someone

# What would leave its traces of a table that is gone, or where: never outside.
TELLING = re.compile(r"no such|[Ss][Qq][Ll]ite|[Pp]ostgre|relation \"|SELECT|INSERT|UPDATE|FROM|SQL|\.c\b|\.sql|/tmp/|treue\.db"
                     r"|does not exist")
# These end or begin what the next ones need, or take a file; /health has words of its own for what fails.
SKIPPED = {"/health", "/sign-out", "/account/sessions/end-others", "/imports", "/setup/propose", "/setup/begin", "/evaluations"}
# Who somebody is.
GATE = {"session", "account"}
# A row that failed in so many ways in one of its forms is not asked for any more in that form.
WAYS = 3


def tables_of(treue):
    named = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() " \
        "AND table_type = 'BASE TABLE'" if treue.on_server() else "SELECT name FROM sqlite_schema WHERE type = 'table'"
    return sorted(row[0] for row in treue.query(named) if not row[0].startswith("sqlite_"))


def rename(treue, table, to):
    if treue.on_server():
        treue.change(f"ALTER TABLE {table} RENAME TO {to}")
        return
    with contextlib.closing(sqlite3.connect(treue.data / "treue.db", timeout=30)) as database:
        database.execute("PRAGMA legacy_alter_table = ON")  # views go on asking for the old name
        database.execute(f"ALTER TABLE {table} RENAME TO {to}")
        database.commit()


@contextlib.contextmanager
def without(treue, table):
    rename(treue, table, "taken_away")
    try:
        yield
    finally:
        rename(treue, "taken_away", table)


def counted(treue, tables):
    """How many rows each table has; the engine of servers is looked at by the tests of tests/fault."""
    if treue.on_server():
        return None
    return treue.query(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables))


def requests_of(demo):
    """(row, role, path, method, fields, accept) of everything that is asked."""
    found = []
    for row in demo.rows:
        role = someone(row)
        if role is None or is_stream(row) or row.path in SKIPPED or row.relation not in (None, "own"):
            continue
        for _, place, accept in representations(row, demo.routes[(row.method, row.path)]):
            found.append((row, role, place(address_of(row, demo)), row.method, FORMS.get(row.path), accept))
    return found


def check_words(problems, what, answer, table):
    text = answer.body.decode("utf-8", "replace")
    number = answer.header("X-Request-Id")
    told = TELLING.search(text) or ("_" in table and re.search(rf"\b{table}\b", text))
    problems.expect(number and number in text, what, "does not tell its number")
    problems.expect(not told, what, "tells", told and text[max(told.start() - 60, 0):told.end() + 60])
    if "json" in (answer.header("Content-Type") or ""):
        problems.same(set(answer.json()), {"error"}, what)
        problems.same(set(answer.error()), {"key", "message", "field", "hint"}, what)


def failures_tell_nothing(problems, demo):
    treue, requests, failed, numbers = demo.house.treue, requests_of(demo), collections.defaultdict(set), set()
    ways, tables = collections.Counter(), tables_of(demo.house.treue)
    browsers = {role: demo.browser(role) for role in {request[1] for request in requests}}
    before = {request[2] + request[5]: browsers[request[1]].ask(request[2], accept=request[5]).status
              for request in requests if request[3] == "GET"}
    for table in tables:
        counts = [name for name in tables if name not in NOTES and name != table]
        with without(treue, table):
            for row, role, path, method, fields, accept in requests:
                if ways[(path, method, accept)] >= WAYS and table not in GATE:
                    continue
                browser, known = browsers[role], counted(treue, counts) if method != "GET" else None
                answer = browser.ask(path, method, fields, accept=accept)
                what = f"without {table}: {method} {path} ({accept})"
                problems.expect(answer is not None, what, "no answer")
                if answer is None or answer.status < 500:
                    open_to_all = "nobody" in row.may or (answer and answer.status in (303, 401, 403, 404))
                    problems.expect(table not in GATE or open_to_all, what, "goes on with", answer and answer.status)
                    continue
                failed[(row.method, row.path)].add(table)
                numbers.add(answer.header("X-Request-Id"))
                check_words(problems, what, answer, table)
                ways[(path, method, accept)] += 1
                if method != "GET":
                    problems.same(counted(treue, counts), known, what, "was done in part")
    asked = {(row.method, row.path) for row, *_ in requests}
    never = sorted(asked - set(failed))
    print(f"    {len(failed)} of {len(asked)} rows failed, {sum(map(len, failed.values()))} ways; never: {never}", flush=True)
    lines = [json.loads(line) for line in demo.house.log.read_text(encoding="utf-8").splitlines()]
    causes = {line.get("request") for line in lines if re.search(r"no such table|relation|42P01", json.dumps(line))}
    problems.expect(numbers and numbers <= causes, "without a cause in the log:", len(numbers - causes), "of", len(numbers))
    problems.expect(len(failed) > 0.9 * len(asked), "rows that never failed:", never)
    for row, role, path, method, _, accept in requests:
        if method == "GET":
            problems.same(browsers[role].ask(path, accept=accept).status, before[path + accept], path, "afterwards")


CASES = [failures_tell_nothing]

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    work = pathlib.Path(tempfile.mkdtemp(prefix="treue-failures-"))
    try:
        demo = Demo(sys.argv[1], work)
        demo.find_customers()
        demo.sign_in_all()
        with demo.house.serving("--files-per-minute", "100000"):
            demo.complete_all()
            status = harness.run([case for case in CASES if len(sys.argv) == 2 or case.__name__ in sys.argv[2:]], demo)
        said = (work / "errors").read_text(encoding="utf-8", errors="replace")
        if "Sanitizer" in said or "runtime error" in said:
            print(said[-3000:])
            status = 1
    finally:
        shutil.rmtree(work, ignore_errors=True)
    sys.exit(status)
