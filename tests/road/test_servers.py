#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several programs on one PostgreSQL database, each with a data directory of its own: imports side by side, one that stands
still in the middle of its staging while another cleans up, the same file twice at once, ids that never meet, and what the messages say when the server
cannot be used (X-08, X-10).

  test_servers.py TREUE
"""
import os
import pathlib
import signal
import subprocess
import sys
import time

import road
from road import postgresql
from test_concept import concept

PROFILE = ("kind: purchases\nsource: erp\ncolumns: {customer: customer, document: document, date: date, "
           "article: article, amount: amount}\ncreate: [customers, products]\n")
failures = []


def expect(good, what):
    print(("ok: " if good else "FAILED: ") + what)
    if not good:
        failures.append(what)


def write_file(folder, name, count):
    rows = [{"customer": f"{name}{i % 503}", "document": f"{name}-{i}", "date": "2025-03-01", "article": f"{name}{i % 7}",
             "amount": "10"} for i in range(count)]
    road.write_csv(folder / f"{name}.csv", ["customer", "document", "date", "article", "amount"], rows)
    (folder / "profile.yaml").write_text(PROFILE, encoding="utf-8")


class Program:
    """One data directory."""

    def __init__(self, binary, folder, name, url):
        self.binary, self.folder = binary, folder
        self.environment = dict(os.environ, TREUE_DATA=str(folder / name), TREUE_DB=url, LC_ALL="C")

    def start(self, *arguments):
        return subprocess.Popen([self.binary, *map(str, arguments)], env=self.environment, cwd=self.folder, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def call(self, *arguments):
        child = self.start(*arguments)
        out, error = child.communicate(timeout=120)
        return child.returncode, out, error


def rows(url, sql):
    database = url.split("?")[0].rsplit("/", 1)[1]
    return [line.split("|") for line in postgresql.the_server().psql(sql, database).splitlines()]


def number(url, sql):
    return int(rows(url, sql)[0][0])


def side_by_side(binary, folder, url):
    one, two = Program(binary, folder, "one", url), Program(binary, folder, "two", url)
    expect(one.call("init", "--currency", "EUR")[0] == 0, "init makes the schema in an empty database")
    code, _, error = two.call("init", "--currency", "EUR")
    expect(code == 2 and "already" in error, f"a second init is refused: {error}")
    for name in ("a", "b"):
        write_file(folder, name, 20000)
    children = [program.start("import", "purchases", f"{name}.csv", "--profile", "profile.yaml")
                for program, name in ((one, "a"), (two, "b"))]
    said = [child.communicate(timeout=120) for child in children]
    expect([child.returncode for child in children] == [0, 0], f"two imports at once: {said}")
    expect(number(url, "SELECT count(*) FROM document") == 40000, "all documents of both are there")
    expect(number(url, "SELECT count(*) FROM import WHERE state = 'published'") == number(url, "SELECT generation FROM head")
           == 2, "each has a generation of its own")
    expect(number(url, "SELECT count(DISTINCT customer_id) FROM customer_key") == 1006, "no customer's id was given twice")
    (folder / "concept.yaml").write_text(road.to_yaml(concept()), encoding="utf-8")
    expect(one.call("concept", "load", "concept.yaml", "--release")[0] == 0, "one releases a program")
    counts = []
    for program in (one, two):
        code, out, error = program.call("evaluate", "--cutoff", "2025-12-31", "--evaluation", "year", "--format", "csv")
        expect(code == 0, f"evaluate: {error}")
        counts.append(sorted(out.splitlines()))
    expect(counts[0] == counts[1] and len(counts[0]) == 1007, "both see the same, whoever imported it")
    evaluated_at_once(one, two, url)
    return one, two


def evaluated_at_once(one, two, url):
    """A program that stores a run does not take for leftovers what another is storing."""
    before = number(url, "SELECT count(*) FROM evaluation_run")
    for turn in range(6):
        children = [program.start("evaluate", "--cutoff", "2025-12-31", "--evaluation", "year", "--format", "csv")
                    for program in (one, two, one, two)[turn % 2:turn % 2 + 2]]
        said = [child.communicate(timeout=120) for child in children]
        expect([child.returncode for child in children] == [0, 0], f"two evaluations at once: {said}")
    stored = rows(url, "SELECT count(d.run_id) FROM evaluation_run r LEFT JOIN decision d ON d.run_id = r.id GROUP BY r.id")
    expect(len(stored) == before + 12 and {count for count, in stored} == {"1006"}, f"each run is whole: {stored}")
    rows(url, "INSERT INTO decision SELECT customer_id, 77, program_id, segment_before, qualified, segment, decision, flags, "
              "grace, grace_end_day, metric_values, standing FROM decision WHERE run_id = "
              "(SELECT min(id) FROM evaluation_run)")
    expect(one.call("evaluate", "--cutoff", "2025-12-31", "--evaluation", "year")[0] == 0, "and once more")
    expect(number(url, "SELECT count(*) FROM decision WHERE run_id = 77") == 0, "what a crash left is removed")


def stopped_in_the_middle(one, two, folder, url):
    """Another program's clean-up leaves alone what a living one stages."""
    write_file(folder, "c", 300000)
    write_file(folder, "d", 100)
    child = one.start("import", "purchases", "c.csv", "--profile", "profile.yaml")
    staged, until = 0, time.monotonic() + 60
    while not staged and child.poll() is None and time.monotonic() < until:
        staged = number(url, "SELECT coalesce(max(rows_staged), 0) FROM import_progress")
    child.send_signal(signal.SIGSTOP)
    other = two.start("import", "purchases", "d.csv", "--profile", "profile.yaml")
    try:
        said = other.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        said = None  # one stood still inside a transaction that two waits for
    child.send_signal(signal.SIGCONT)
    said = said or other.communicate(timeout=120)
    first = child.communicate(timeout=120)
    expect(staged > 0, "it was stopped while it staged")
    expect(other.returncode == 0 and "unfinished" not in said[1], f"the other import: {said}")
    expect(child.returncode == 0, f"the one that stood still goes on: {first}")
    expect(number(url, "SELECT count(*) FROM document d JOIN import i ON i.id = d.import_id WHERE i.state = 'published'")
           == 340100, "nothing is missing, nothing doubled")
    expect(number(url, "SELECT count(*) FROM id_lease") == 0, "node numbers were given back")
    expect(number(url, "SELECT count(*) FROM idempotency") <= 1, "keys of commits were forgotten")
    expect(number(url, "SELECT max(number) - count(*) FROM audit_entry") == 0, "one audit chain without gaps")


def same_file_twice(one, two, folder, url):
    """X-08: the one that publishes later finds all of it there already, whichever kind it is."""
    write_file(folder, "e", 20000)
    road.write_csv(folder / "v.csv", ["c", "n", "a", "f"],
                   [{"c": f"e{i % 503}", "n": f"s{i // 503}", "a": i, "f": "2025-03-01"} for i in range(50000)])
    (folder / "v.yaml").write_text("kind: values\nsource: erp\ncolumns: {customer: c, name: n, amount: a, valid_from: f}\n"
                                   "create: [customers]\n", encoding="utf-8")
    for kind, file, profile, table, count in (("purchases", "e.csv", "profile.yaml", "document", 20000),
                                              ("values", "v.csv", "v.yaml", "customer_value", 50000)):
        before = number(url, f"SELECT count(*) FROM {table}")
        children = [program.start("import", kind, file, "--profile", profile) for program in (one, two)]
        said = [child.communicate(timeout=200) for child in children]
        expect([child.returncode for child in children] == [0, 0], f"{kind}, the same file twice at once: {said}")
        expect(number(url, f"SELECT count(*) FROM {table}") == before + count, f"{kind}: nothing is doubled")
        counted = rows(url, f"SELECT rows_new, rows_same FROM import WHERE file_name = '{file}' ORDER BY generation")
        expect(counted == [[str(count), "0"], ["0", str(count)]], f"{kind}: one brought all, one nothing: {counted}")
    expect(number(url, "SELECT count(*) FROM import WHERE state = 'staging'") == 0, "nothing is left in staging")


def wrong_directory(one, folder, url):
    """An index belongs to one database: the directory of another is refused, and taken over clean by a new database."""
    other = dict(one.environment)
    one.environment["TREUE_DB"] = postgresql.fresh_database()
    code, _, error = one.call("import", "list")
    expect(code == 2 and "treue init" in error, f"an empty database: {error}")
    third = Program(one.binary, folder, "third", one.environment["TREUE_DB"])
    expect(third.call("init", "--currency", "EUR")[0] == 0, "another database in another directory")
    for command in (("import", "list"), ("import", "purchases", "d.csv", "--profile", "profile.yaml")):
        code, _, error = one.call(*command)
        expect(code == 2 and "belongs to another database" in error, f"the directory of another database: {error}")
    one.environment = other
    expect(one.call("import", "list")[0] == 0, "with its own database it goes on")
    index = folder / "one" / "index"
    before = sorted(path.name for path in index.iterdir())
    one.environment = dict(other, TREUE_DB=postgresql.fresh_database())
    expect(one.call("init", "--currency", "EUR")[0] == 0 and before and not list(index.iterdir()),
           "a new database in an old directory begins without its index")


def messages(binary, folder, server):
    """Each says what happened and what to do, in both languages, and no password."""
    secret = "postgresql://treue:geheim123@"
    cases = [(secret + f"/none?host={server.directory}", 2, ("createdb", "createdb")),
             (secret + f"/postgres?host={server.directory}", 2, ("treue init", "treue init")),
             (secret + "127.0.0.1:1/x", 3, ("does not answer", "antwortet nicht")),
             ("postgresql://[", 2, ("cannot be read", "nicht lesbar"))]
    for url, status, words in cases:
        for language, word in zip(("en", "de"), words):
            code, out, error = Program(binary, folder, "messages", url).call("--lang", language, "import", "list")
            expect(code == status and word in error and "geheim123" not in out + error, f"{language}, {word}: {error.strip()}")


def main():
    binary = road.absolute(sys.argv[1])
    if not postgresql.programs():
        print("SKIPPED: PostgreSQL is not installed")
        return 77
    with road.Folder("servers") as folder:
        url = postgresql.fresh_database()
        one, two = side_by_side(binary, pathlib.Path(folder), url)
        stopped_in_the_middle(one, two, folder, url)
        same_file_twice(one, two, pathlib.Path(folder), url)
        wrong_directory(one, pathlib.Path(folder), url)
        messages(binary, folder, postgresql.the_server())
    print(f"{len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
