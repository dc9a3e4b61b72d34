# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the tests of the main road share: YAML and CSV writing, a data directory driven by the command line, and the
company of a CSV file for the oracle."""
import contextlib
import copy
import csv
import datetime
import decimal
import json
import os
import pathlib
import pty
import re
import select
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from fractions import Fraction

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import postgresql  # noqa: E402  (needs the path above)

# Now, so that processes made for single cases share this one's server, which ends with it.
if postgresql.wanted() or postgresql.both():
    postgresql.the_server()

CLOCK = "2026-01-02T03:04:05Z"
IMPORT_DAY = datetime.date(2026, 1, 2)
TERMINAL_SECONDS = 120  # after that nothing is coming any more
D = decimal.Decimal


class RoadError(Exception):
    """The program did not do what a test asked for."""


# ---- YAML -----------------------------------------------------------------------------------------------------------

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]{2}-[0-9]{2}|[0-9]+[mdq]")
WORDS = {"true", "false", "yes", "no", "null", "on", "off", "y", "n"}


def scalar(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    assert isinstance(value, str), value
    return value if PLAIN.fullmatch(value) and value.lower() not in WORDS else json.dumps(value, ensure_ascii=False)


def flow(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(v) for v in value) + "]"
    return scalar(value)


def is_flat(value):
    """Goes on one line."""
    children = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return len(flow(value)) <= 100 and not any(isinstance(c, dict) for c in children)


def yaml_lines(value, indent=0):
    pad = "  " * indent
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(item, (dict, list)) or is_flat(item):
                yield f"{pad}{scalar(key)}: {flow(item)}"
            else:
                yield f"{pad}{scalar(key)}:"
                yield from yaml_lines(item, indent + 1)
        return
    for item in value:
        if not isinstance(item, dict) or is_flat(item):
            yield f"{pad}- {flow(item)}"
        else:
            for i, line in enumerate(yaml_lines(item, indent + 1)):
                yield line if i else f"{pad}- {line.strip()}"


def to_yaml(value):
    return "\n".join(yaml_lines(value)) + "\n"


# ---- profiles and CSV -----------------------------------------------------------------------------------------------

def profile(kind, columns, create=(), valid_from=None, source="erp"):
    """Columns are named identically in the file."""
    result = {"kind": kind, "source": source,
              "file": {"encoding": "auto", "delimiter": ",", "decimal": "point", "header": True},
              "columns": {column: column for column in columns}}
    if valid_from:
        result["valid_from"] = valid_from
    if create:
        result["create"] = list(create)
    return result


def write_csv(path, columns, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(["" if row.get(c) is None else row[c] for c in columns])


# ---- the command line -----------------------------------------------------------------------------------------------

class Treue:
    """A data directory and the program. Time stands still, so that the import day is fixed. With TREUE_TEST_DB=postgresql
    the database lies on a server, in a database of its own; `on_server` says it for this one."""

    def __init__(self, binary, folder, currency="EUR", clock=CLOCK, environment=None, on_server=None):
        self.binary, self.folder, self.clock = absolute(binary), pathlib.Path(folder), clock
        self.data = self.folder / "data"
        self.environment = dict(environment or {})
        init = ("init", "--currency", currency, "--time-zone", "Europe/Berlin")
        if postgresql.wanted() if on_server is None else on_server:
            # Making the schema takes longer than most cases: once for each program, then it is copied.
            made = os.stat(self.binary)
            key = f"{self.binary} {made.st_mtime_ns} {made.st_size} {clock} {init} {sorted(self.environment.items())}"
            self.environment["TREUE_DB"], files = postgresql.fresh_template(key, lambda url, files: self._new(
                init, url, files))
            shutil.copytree(files, self.data)
        else:
            self.run(*init)

    def _new(self, init, url, files):
        subprocess.run([self.binary, "--data", str(files), *init], env=dict(self.surroundings(), TREUE_DB=url),
                       check=True, capture_output=True, cwd=self.folder)

    def copied(self, folder):
        """The same company once more: neither knows what happens to the other."""
        other = copy.copy(self)
        other.folder, other.data = pathlib.Path(folder), pathlib.Path(folder) / "data"
        shutil.copytree(self.folder, other.folder, dirs_exist_ok=True)
        if self.on_server():
            other.environment = dict(self.environment, TREUE_DB=postgresql.fresh_copy(self.environment["TREUE_DB"]))
        return other

    def on_server(self):
        return "TREUE_DB" in self.environment

    def engine(self):
        return "PostgreSQL" if self.on_server() else "SQLite"

    def surroundings(self):
        """The environment the program runs in."""
        return dict(os.environ, TREUE_CLOCK=self.clock, **self.environment)

    def call(self, *arguments):
        """(exit status, standard output, standard error)"""
        done = subprocess.run([self.binary, "--data", str(self.data), *map(str, arguments)], env=self.surroundings(),
                              capture_output=True, text=True, encoding="utf-8", errors="surrogateescape",
                              cwd=self.folder)
        return done.returncode, done.stdout, done.stderr

    def at_terminal(self, answers, *arguments):
        """(exit status, all that was on the screen) of a call at a terminal; `answers`: (what is asked, a pattern; what is
        typed). What is not asked is an error."""
        master, slave = pty.openpty()
        process = subprocess.Popen([self.binary, "--data", str(self.data), *map(str, arguments)], stdin=slave,
                                   stdout=slave, stderr=slave, env=self.surroundings(), cwd=self.folder,
                                   start_new_session=True)
        os.close(slave)
        screen, seen, waiting, end = b"", 0, list(answers), time.monotonic() + TERMINAL_SECONDS
        while time.monotonic() < end:
            ready, _, _ = select.select([master], [], [], 0.2)
            try:
                piece = os.read(master, 65536) if ready else b""
            except OSError:  # the other end was closed
                break
            screen += piece
            if ready and not piece:
                break
            if waiting and re.search(waiting[0][0].encode(), screen[seen:]):
                seen = len(screen)
                os.write(master, (waiting.pop(0)[1] + "\n").encode())
        else:
            process.kill()
        os.close(master)
        status, screen = process.wait(), screen.decode("utf-8", "replace").replace("\r\n", "\n")
        if waiting:
            raise RoadError(f"{[asked for asked, _ in waiting]} not asked: {screen}")
        return status, screen

    def run(self, *arguments, status=(0,)):
        code, out, error = self.call(*arguments)
        if code not in status:
            raise RoadError(f"treue {' '.join(map(str, arguments))}: exit {code}\n{out[-2000:]}{error[-4000:]}")
        return out

    def json(self, *arguments):
        out = self.run(*arguments, "--format", "json")
        try:
            return json.loads(out)
        except ValueError as problem:
            raise RoadError(f"treue {' '.join(map(str, arguments))}: no JSON ({problem})\n{out[:500]}")

    def query(self, sql):
        """The rows of a SELECT as tuples: a look at the database beside the program."""
        if self.on_server():
            out = postgresql.the_server().psql(
                f"SELECT coalesce(json_agg(row_to_json(found)), '[]') FROM ({sql}) found;", self.server_database())
            return [tuple(value for _, value in row) for row in json.loads(out, object_pairs_hook=list)]
        with contextlib.closing(sqlite3.connect(f"file:{self.data / 'treue.db'}?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchall()

    def is_alone_soon(self, seconds=30):
        """Nobody else uses the database any more: a server may go on for a while for a program that was killed."""
        end = time.monotonic() + seconds
        while self.on_server() and self.query("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                              " AND pid <> pg_backend_pid()")[0][0]:
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    def change(self, sql):
        """Changes the database behind the program's back."""
        if self.on_server():
            postgresql.the_server().psql(sql, self.server_database())
            return
        with contextlib.closing(sqlite3.connect(self.data / "treue.db")) as database:
            database.execute(sql)
            database.commit()

    def server_database(self):
        return re.match(r"postgresql://[^/]*/([^?]*)", self.environment["TREUE_DB"]).group(1)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def import_rows(self, kind, name, columns, rows, create=(), valid_from=None, status=(0,)):
        path = self.folder / (name + ".csv")
        write_csv(path, columns, rows)
        profile_path = self.write(name + ".profile.yaml", to_yaml(profile(kind, columns, create, valid_from)))
        return self.run("import", kind, path, "--profile", profile_path, status=status)

    def load_concept(self, concept, name="concept.yaml", release=True):
        path = self.write(name, to_yaml(concept))
        self.run("concept", "load", path, *(["--release"] if release else []))
        return path

    def evaluate(self, cutoff, evaluation, *more):
        return self.json("evaluate", "--cutoff", cutoff, "--evaluation", evaluation, *more)

    def explain(self, number, cutoff):
        return self.json("explain", number, "--cutoff", cutoff)


def on_engines(binary, folder):
    """New companies: with TREUE_TEST_DB=both one on each engine, else the one that is wanted."""
    if not postgresql.both():
        return [Treue(binary, folder)]
    made = []
    for on_server in (False, True):
        own = folder / ("server" if on_server else "embedded")
        own.mkdir()
        made.append(Treue(binary, own, on_server=on_server))
    return made


class Folder:
    """A temporary directory that is removed, with the databases made meanwhile, unless TREUE_KEEP is set (its name is
    printed then)."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.databases = postgresql.created()
        self.path = pathlib.Path(tempfile.mkdtemp(prefix=f"treue-{self.name}-"))
        return self.path

    def __exit__(self, *_):
        if os.environ.get("TREUE_KEEP"):
            print(f"kept: {self.path}")
        else:
            postgresql.drop_databases(self.databases)
            shutil.rmtree(self.path, ignore_errors=True)


# ---- companies from files -------------------------------------------------------------------------------------------

def empty_company():
    kinds = ("customers", "products", "documents", "potentials", "values", "certificates", "activities", "visits")
    return dict({kind: [] for kind in kinds}, import_day=IMPORT_DAY)


def company_of_lines(lines):
    """A company that consists of purchase lines only: dicts with customer, document and the oracle's line keys."""
    company = empty_company()
    documents, customers = {}, {}
    for line in lines:
        key = (line["customer"], line["document"])
        if key not in documents:
            documents[key] = {"customer": line["customer"], "number": line["document"], "lines": []}
            customers.setdefault(line["customer"], {"number": line["customer"], "name": line["customer"], "facts": []})
        documents[key]["lines"].append(line)
    company["customers"], company["documents"] = list(customers.values()), list(documents.values())
    return company


# ---- cases -----------------------------------------------------------------------------------------------------------

class Checks:
    """What is wrong with the answers of the command line, sentence by sentence."""

    def __init__(self, treue):
        self.treue, self.problems = treue, []

    def expect(self, status, *arguments, says=(), quiet=()):
        """The standard output of a call whose exit status, words said (patterns) and words not said are checked."""
        code, out, error = self.treue.call(*arguments)
        text, command = out + error, " ".join(map(str, arguments))
        if code != status:
            self.problems.append(f"{command}: expected exit {status}, is {code}: {text[-400:]}")
        for part in says:
            if not re.search(part, text):
                self.problems.append(f"{command}: {part!r} is not said in {text[-600:]!r}")
        for part in quiet:
            if re.search(part, text):
                self.problems.append(f"{command}: {part!r} must not be said in {text[-600:]!r}")
        return out


class Check:
    """Counts what is looked at, and gathers what is not as expected."""

    def __init__(self, binary):
        self.binary, self.failures, self.count = binary, [], 0

    def that(self, condition, what):
        self.count += 1
        if not condition:
            self.failures.append(what)

    def equal(self, found, expected, what):
        self.that(found == expected, f"{what}: expected {expected!r}, found {found!r}")


def run_case(case, name, binary, *more, make=Treue, **options):
    """The problems that case(treue, *more) returns, on a database of its own made with the options."""
    try:
        with Folder(name) as folder:
            return case(make(binary, folder, **options), *more)
    except RoadError as problem:
        return [str(problem)]
    except Exception:  # a fault of the test belongs to its case, too
        return [traceback.format_exc()]


LEFT_OUT = []


def leave_out(what, why):
    """For what cannot be tested where this runs: say_left_out() must be the last thing a test prints."""
    LEFT_OUT.append(f"{what} ({why})")


def say_left_out():
    """The line by which run_all.py counts a test as skipped; nothing when nothing was left out."""
    if LEFT_OUT:
        print("SKIPPED in part:", "; ".join(LEFT_OUT), flush=True)


def run_cases(cases, name, binary, *more, **options):
    """run_case for each; says what came of it and returns the exit status of the test."""
    failed = 0
    for case in cases:
        problems = run_case(case, name, binary, *more, **options)
        failed += bool(problems)
        print(f"{'FAILED' if problems else 'ok'}: {case.__name__}", *problems[:10], sep="\n    ", flush=True)
    print(f"{len(cases) - failed} passed, {failed} failed")
    say_left_out()
    return 1 if failed else 0


def absolute(binary):
    return str(pathlib.Path(binary).resolve())
