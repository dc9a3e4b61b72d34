#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Import into PostgreSQL: `treue import purchases`, whole command, against a bare `\\copy` of the same lines into a table
without keys. Both write to the same server with 2 GB of shared buffers and fsync on, in turns, each into an empty
database; a checkpoint lies between them. Part of run.py; alone:

  postgresql_import.py TREUE FILE.csv [RUNS]
"""
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))

import postgresql  # noqa: E402

SETTINGS = ["shared_buffers=2GB", "max_wal_size=8GB"]
TABLE = ("CREATE TABLE lines (invoice text, line integer, customer text, date date, article text, quantity numeric, "
         "net_amount numeric);")


def name_of(url):
    return url.split("?")[0].rsplit("/", 1)[1]


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def copy(server, path):
    url = server.create_database()
    server.psql(TABLE, name_of(url))
    took = seconds(lambda: server.psql(f"\\copy lines FROM '{path}' WITH (FORMAT csv, HEADER)", name_of(url)))
    rows = int(server.psql("SELECT count(*) FROM lines;", name_of(url)))
    server.drop_database(url)
    return took, rows


def treue_import(server, treue, path, folder):
    url = server.create_database()
    shutil.rmtree(folder, ignore_errors=True)
    base = [treue, "--data", folder, "--db", url]

    def run(*arguments):
        subprocess.run([str(part) for part in (*base, *arguments)], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
    run("init", "--currency", "EUR")
    took = seconds(lambda: run("import", "purchases", path, "--profile", HERE / "profile.yaml"))
    rows = int(server.psql("SELECT coalesce(sum(cardinality(line_article)), 0) FROM document;", name_of(url)))
    server.drop_database(url)
    shutil.rmtree(folder, ignore_errors=True)
    return took, rows


def measure(treue, path, work, runs):
    """{"treue": seconds, "copy": seconds} of `runs` turns; `work`: a folder for data that is made anew."""
    treue, path = pathlib.Path(treue).resolve(), pathlib.Path(path).resolve()
    folder = pathlib.Path(work).resolve() / "postgresql-import"
    result = {"treue": [], "copy": []}
    with postgresql.Server(settings=SETTINGS, in_memory=False) as server:
        for _ in range(runs):
            both = {"copy": copy(server, path)}
            server.psql("CHECKPOINT;")
            both["treue"] = treue_import(server, treue, path, folder)
            server.psql("CHECKPOINT;")
            if both["copy"][1] != both["treue"][1]:
                raise SystemExit(f"bench: other lines in the database: {both}")
            for who, (took, _) in both.items():
                result[who].append(took)
    return result


def row(result):
    """The line of the table of results."""
    own, peer = result["treue"], result["copy"]
    ratio = statistics.median(b / a for a, b in zip(own, peer))
    return ("import into PostgreSQL, durable, unique documents, column index built",
            r">= 1 x bare `\copy` of the lines into a table without keys",
            f"whole command {statistics.median(own):.2f} s; psql {statistics.median(peer):.2f} s", ratio,
            f"{ratio:.2f} x", ratio >= 1)


def main(arguments):
    if len(arguments) not in (2, 3):
        sys.exit(__doc__)
    result = measure(arguments[0], arguments[1], HERE.parent / "build", int(arguments[2]) if len(arguments) == 3 else 3)
    print(json.dumps(result), row(result)[2], row(result)[4])


if __name__ == "__main__":
    main(sys.argv[1:])
