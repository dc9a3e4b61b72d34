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
import re
import sqlite3
import sys

import everybody
import harness
from everybody import FORMS, address_of, representations
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


def a_database_held_by_others(problems, demo):
    """Another program holds the database: whoever wants to write waits, and learns that it did not work, not where."""
    treue, browser = demo.house.treue, demo.browser("owner")
    if treue.on_server():
        return  # servers hold rows, not whole databases: tests/fault/test_postgresql_outage.py
    with contextlib.closing(sqlite3.connect(treue.data / "treue.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for path, accept in (("/views", "text/html"), ("/api/v1/views", "application/json")):
            answer = browser.ask(path, "POST", {"list": "customers", "query": "sort=name", "name": "Probe"}, accept=accept)
            problems.expect(answer.status in (500, 503), path, answer.line)
            check_words(problems, path, answer, "saved_view")
        other.execute("ROLLBACK")
    problems.same(treue.query("SELECT count(*) FROM saved_view WHERE name = 'Probe'")[0][0], 0, "nothing was kept")
    answer = browser.post("/views", {"list": "customers", "query": "sort=name", "name": "Probe"})
    problems.same(answer.status, 303, "afterwards")


def jobs_tell_nothing(problems, demo):
    """What fails in a job about the machine: its number on the page, its cause in the log."""
    browser = demo.browser("owner")
    with without(demo.house.treue, "customer_fact"):
        answer = browser.ask("/api/v1/concepts/partnerkreis/1/simulate", "POST", accept="application/json", token=False,
                             headers=[("X-CSRF-Token", browser.csrf)])
        problems.expect(answer.status in (200, 201), "asked for", answer.line, answer.body[-300:])
        job = answer.json()["job"]["id"]
        failed = harness.until(lambda: browser.json(f"/jobs/{job}").json()["job"]["error"], 60)
        problems.expect(failed, "the job does not fail")
        for accept in ("text/html", "application/json"):
            path = f"/jobs/{job}" if accept == "text/html" else f"/api/v1/jobs/{job}"
            text = browser.ask(path, accept=accept).body.decode()
            told = TELLING.search(text) or re.search(r"\bcustomer_fact\b", text)
            problems.expect(not told, path, "tells", told and text[max(told.start() - 60, 0):told.end() + 60])
            problems.expect(f"under {job}" in text, path, "does not tell where it was noted")
    log = demo.house.log.read_text(encoding="utf-8")
    problems.expect(any(job in line and "customer_fact" in line for line in log.splitlines()), "the log does not say why")


CASES = [failures_tell_nothing, a_database_held_by_others, jobs_tell_nothing]

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(everybody.run(CASES, sys.argv[1:], "failures", "--files-per-minute", "100000"))
