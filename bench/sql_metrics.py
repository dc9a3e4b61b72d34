#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The five metrics of bench/concept.yaml by SQL on PostgreSQL: `treue evaluate --metrics sql`, whole command, against
the best query written by hand over the same tables (bench/peers/postgresql_metrics.sql) in psql, whole command. Both
have the same server of their own with 2 GB of shared buffers. Part of run.py; alone:

  sql_metrics.py TREUE FILE.csv [RUNS]
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

SETTINGS = ["shared_buffers=2GB", "max_wal_size=8GB", "work_mem=64MB"]
CUTOFF = "2025-12-31"


def timed(command):
    """Seconds and what was printed."""
    start = time.perf_counter()
    done = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, cwd="/")
    return time.perf_counter() - start, done.stdout


def check(by_sql, by_index, rows):
    """All three must have found the same, or the times mean nothing."""
    if by_sql != by_index:
        raise SystemExit("bench: evaluate finds other segments by SQL than from the index")
    revenue_minor = sum(int(row.split("|")[1] or 0) for row in rows)
    total = sum(round(float(amount) * 100) for amount in json.loads(by_sql)["revenue"].values())
    if revenue_minor != total:
        raise SystemExit(f"bench: the query by hand sums up {revenue_minor}, Treue {total}")


def measure(treue, path, work, runs):
    """{"treue": seconds, "hand": seconds} of `runs` turns; `work`: a folder for data that is made anew."""
    treue, path = pathlib.Path(treue).resolve(), pathlib.Path(path).resolve()
    folder = pathlib.Path(work).resolve() / "sql-metrics"
    shutil.rmtree(folder, ignore_errors=True)
    with postgresql.Server(settings=SETTINGS, in_memory=False) as server:
        url = server.create_database()
        base = [treue, "--data", folder, "--db", url]
        timed([*base, "init", "--currency", "EUR"])
        timed([*base, "import", "purchases", path, "--profile", HERE / "profile.yaml"])
        name = url.split("?")[0].rsplit("/", 1)[1]
        server.psql("VACUUM ANALYZE;", name)
        evaluate = [*base, "evaluate", "--concept", HERE / "concept.yaml", "--cutoff", CUTOFF, "--evaluation", "year",
                    "--dry-run", "--format", "json", "--metrics"]
        by_hand = ["psql", "-X", "-q", "-A", "-t", "-d", url, "-f", HERE / "peers" / "postgresql_metrics.sql"]
        check(timed([*evaluate, "sql"])[1], timed([*evaluate, "index"])[1], timed(by_hand)[1].splitlines())
        result = {"treue": [], "hand": []}
        for _ in range(runs):
            result["hand"].append(timed(by_hand)[0])
            result["treue"].append(timed([*evaluate, "sql"])[0])
    shutil.rmtree(folder, ignore_errors=True)
    return result


def row(result):
    """The line of the table of results; at most twice as long as by hand."""
    own, hand = result["treue"], result["hand"]
    ratio = statistics.median(a / b for a, b in zip(own, hand))
    return ("SQL metrics on PostgreSQL: revenue, previous revenue, orders, product groups, recency",
            "<= 2 x the best query by hand",
            f"`evaluate --metrics sql`, whole command, {statistics.median(own):.2f} s; psql "
            f"{statistics.median(hand):.2f} s",
            ratio, f"{ratio:.2f} x", ratio <= 2)


def main(arguments):
    if len(arguments) not in (2, 3):
        sys.exit(__doc__)
    result = measure(arguments[0], arguments[1], HERE.parent / "build", int(arguments[2]) if len(arguments) == 3 else 3)
    print(json.dumps(result), row(result)[2], row(result)[4])


if __name__ == "__main__":
    main(sys.argv[1:])
