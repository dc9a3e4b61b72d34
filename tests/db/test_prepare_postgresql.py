#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""X-10 (both engines understand the schema and the queries): applies the migrations to a real PostgreSQL, started here
in a directory of its own, and prepares every query there, comparing arguments and columns with what the generator
promises. The same on SQLite with Python's own module."""
import glob
import json
import os
import pathlib
import pwd
import shutil
import sqlite3
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SQL = sorted(str(path) for path in (ROOT / "sql").glob("*/*.sql"))
DUMMIES = {"INTEGER": 1, "TEXT": "[]", "BLOB": b"x"}  # some texts are JSON


def generator(option):
    return subprocess.run([sys.executable, str(ROOT / "tools/queries.py"), option] + SQL, check=True,
                          capture_output=True, text=True).stdout


def as_postgres(command):
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--"] + command if os.geteuid() == 0 else command


class Server:
    def __init__(self):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"))
        if not found:
            sys.exit("PostgreSQL is not installed (package postgresql-15)")
        self.programs = os.path.dirname(found[-1])
        self.directory = tempfile.mkdtemp(prefix="treue-postgresql-")
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.directory, user.pw_uid, user.pw_gid)

    def run(self, *command, **options):
        return subprocess.run(as_postgres([os.path.join(self.programs, command[0])] + list(command[1:])), text=True,
                              cwd=self.directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)

    def __enter__(self):
        data = os.path.join(self.directory, "data")
        made = self.run("initdb", "-D", data, "-A", "trust", "-U", "treue", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        if made.returncode:
            sys.exit("initdb failed:\n" + made.stdout)
        options = f"-k {self.directory} -c listen_addresses='' -c fsync=off"
        # Output to a file: the server would hold a pipe open.
        started = subprocess.run(as_postgres([os.path.join(self.programs, "pg_ctl"), "-D", data, "-w", "-o", options,
                                              "-l", os.path.join(self.directory, "log"), "start"]),
                                 cwd=self.directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if started.returncode:
            sys.exit("PostgreSQL did not start:\n" + pathlib.Path(self.directory, "log").read_text())
        return self

    def __exit__(self, *_):
        self.run("pg_ctl", "-D", os.path.join(self.directory, "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.directory, ignore_errors=True)

    def psql(self, script):
        return self.run("psql", "-X", "-q", "-A", "-t", "-F", "|", "-v", "ON_ERROR_STOP=1", "-h", self.directory, "-U",
                        "treue", "-d", "postgres", "-f", "-", input=script)


def check_postgresql(queries, problems):
    with Server() as server:
        applied = server.psql("BEGIN;\n" + generator("--dump-postgresql") + "\nCOMMIT;\n")
        if applied.returncode:
            problems.append("PostgreSQL: migrations: " + applied.stdout)
            return
        script = []
        for query in queries:
            text = query["sql"]["postgresql"]
            if text.startswith("COPY "):
                # Cannot be prepared: carried out with no rows.
                script += [f"\\echo = {query['name']}", "\\echo @",
                           text.replace("FROM STDIN (FORMAT binary)", "FROM '/dev/null'") + ";"]
                continue
            script += [f"\\echo = {query['name']}", f"PREPARE {query['name']} AS {text};",
                       "SELECT '@' || array_to_string(parameter_types, ',') FROM pg_prepared_statements "
                       f"WHERE name = '{query['name']}';", text, "\\gdesc"]
        prepared = server.psql("\\set ON_ERROR_STOP 0\n" + "\n".join(script) + "\n")
    sections = {}
    for line in prepared.stdout.split("\n"):
        if line.startswith("= "):
            sections[line[2:]] = current = []
        elif line.strip() and sections:
            current.append(line)
    for query in queries:
        lines = sections.get(query["name"], [])
        wrong = [line for line in lines if "ERROR:" in line]
        if wrong or not lines:
            problems.append(f"PostgreSQL: {query['name']}: {' '.join(wrong) or 'not prepared'}")
            continue
        arguments = [kind for kind in lines[0].lstrip("@").split(",") if kind]
        if arguments != query["arguments"]["postgresql"]:
            problems.append(f"PostgreSQL: {query['name']}: arguments {arguments}, "
                            f"not {query['arguments']['postgresql']}")
        rows = [line.split("|")[1] for line in lines[1:] if "|" in line]
        # A flag that comes from an expression is an integer; an engine reads both.
        expected = ["integer" if (found, kind) == ("integer", "smallint") else kind
                    for found, kind in zip(rows + [""] * len(query["rows"]["postgresql"]),
                                           query["rows"]["postgresql"])]
        if rows != expected:
            problems.append(f"PostgreSQL: {query['name']}: columns {rows}, not {query['rows']['postgresql']}")


def check_sqlite(queries, problems):
    if sqlite3.sqlite_version_info < (3, 37):
        sys.exit("Python's SQLite is older than 3.37")
    handle = sqlite3.connect(":memory:", isolation_level=None)
    handle.executescript(generator("--dump-sqlite"))
    # The engine's own table of the rows of a :bulk query.
    handle.execute(f"CREATE TABLE bulk_rows ({', '.join(f'a{i}' for i in range(1, 33))})")
    # The engine's table-valued function, which may be joined by its argument like a table.
    handle.execute("CREATE TABLE document_lines (article, quantity, amount, cost, product_group, marks, packed)")
    for query in queries:
        values = [DUMMIES[kind] for kind in query["arguments"]["sqlite"]]
        try:
            handle.execute("EXPLAIN " + query["sql"]["sqlite"], values).fetchall()
            if query["kind"] in ("exec", "bulk"):
                continue
            handle.execute("BEGIN")
            cursor = handle.execute(query["sql"]["sqlite"], values)
            count = len(cursor.description)
            cursor.close()
            handle.execute("ROLLBACK")
            if count != len(query["rows"]["sqlite"]):
                problems.append(f"SQLite: {query['name']}: {count} columns, not {len(query['rows']['sqlite'])}")
        except sqlite3.Error as error:
            problems.append(f"SQLite: {query['name']}: {error}")
            if handle.in_transaction:
                handle.execute("ROLLBACK")


def main():
    queries, problems = json.loads(generator("--dump-queries")), []
    check_sqlite(queries, problems)
    check_postgresql(queries, problems)
    for problem in problems:
        print(problem)
    print(f"{len(queries)} queries on two engines, {len(problems)} problems")
    return 1 if problems else 0


sys.exit(main())
