#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""X-03 (nothing half): an import that is killed (SIGKILL) at any moment, or that meets a full disk, leaves nothing that
can be seen; the next import starts clean and ends in the same database as one that was never disturbed.

  test_crash.py PROGRAM
"""
import pathlib
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
DOCUMENTS, KILLS = 40000, 12
PROFILE = """kind: purchases
source: erp
columns:
  customer: Customer
  document: Document
  date: Date
  article: Article
  quantity: Quantity
  amount: Amount
  product_group: Group
create: [customers, products]
"""
# What an undisturbed import and one after a crash must agree on. No ids, they are made from the clock; no lengths of
# lines, as articles are numbered in the order the threads meet them.
SAME = [
    "SELECT COUNT(*), SUM(total_minor), SUM(line_count), COUNT(DISTINCT number) FROM document",
    "SELECT COUNT(*), COUNT(DISTINCT customer_id) FROM customer_key",
    "SELECT COUNT(*), COUNT(DISTINCT customer_id) FROM customer_record",
    "SELECT COUNT(*) FROM product",
    "SELECT COUNT(*) FROM product_fact",
    "SELECT COUNT(*) FROM import WHERE state = 'published'",
]
LEFT_OVER = [
    "SELECT COUNT(*) FROM import WHERE state = 'staging'",
    "SELECT COUNT(*) FROM document WHERE import_id NOT IN (SELECT id FROM import WHERE state = 'published')",
    "SELECT COUNT(*) FROM customer_record WHERE import_id NOT IN (SELECT id FROM import WHERE state = 'published')",
]


def fail(message):
    print(message)
    sys.exit(1)


def write_files(folder):
    chance = random.Random(7)
    lines = ["Customer,Document,Date,Article,Quantity,Amount,Group\n"]
    for document in range(DOCUMENTS):
        customer = chance.randrange(3000)
        day = f"{2021 + document % 3}-{1 + document % 12:02}-{1 + document % 28:02}"
        for _ in range(chance.randrange(1, 8)):
            article = chance.randrange(500)
            lines.append(f"K{customer:05},R{document:07},{day},A{article:04},{chance.randrange(1, 20)},"
                         f"{chance.randrange(100, 90000) / 100:.2f},G{article % 30:02}\n")
    (folder / "purchases.csv").write_text("".join(lines), encoding="utf-8")
    (folder / "profile.yaml").write_text(PROFILE, encoding="utf-8")


def command(folder, data, *words):
    return [str(PROGRAM), "--data", str(data), "--lang", "en", *words]


def start_import(folder, data, **options):
    return subprocess.Popen(command(folder, data, "import", "purchases", str(folder / "purchases.csv"), "--profile",
                                    str(folder / "profile.yaml")),
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


def initialise(folder, name):
    data = folder / name
    made = subprocess.run(command(folder, data, "init", "--currency", "EUR"), capture_output=True, text=True)
    if made.returncode:
        fail(f"init: {made.stderr}")
    return data


def look(data, query):
    """Asks a copy: closing the last connection would tidy the log away, which the next import is to find."""
    with tempfile.TemporaryDirectory(prefix="treue-look-") as copy:
        for name in ("treue.db", "treue.db-wal"):
            if (data / name).exists():
                shutil.copy(data / name, copy)
        handle = sqlite3.connect(pathlib.Path(copy, "treue.db"))
        try:
            return handle.execute(query).fetchone()
        finally:
            handle.close()


def finish(folder, data, expected, occasion):
    """Imports to the end, compares with the undisturbed database, and checks that it is whole."""
    process = start_import(folder, data)
    output, _ = process.communicate(timeout=300)
    if process.returncode:
        fail(f"{occasion}: the next import ended with {process.returncode}: {output}")
    for query in LEFT_OVER:
        if look(data, query)[0]:
            fail(f"{occasion}: rows left over: {query}")
    found = [look(data, query) for query in SAME]
    # Killed after the publish but before its answer, the file is imported already: the second one finds nothing new.
    if found[-1][0] == 2:
        found[-1] = (1,)
    if found != expected:
        fail(f"{occasion}: {found}, expected {expected}")
    if look(data, "PRAGMA integrity_check")[0] != "ok":
        fail(f"{occasion}: the database is damaged")


def kill_at(folder, data, seconds):
    process = start_import(folder, data)
    try:
        process.communicate(timeout=seconds)
        return False
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return True


def seen_is_whole(folder, data, documents, occasion):
    """Between the crash and the next import: all of the import is visible, or nothing of it."""
    listed = subprocess.run(command(folder, data, "import", "list"), capture_output=True, text=True)
    if listed.returncode:
        fail(f"{occasion}: import list: {listed.stderr}")
    published = look(data, "SELECT COUNT(*) FROM import WHERE state = 'published'")[0]
    visible = look(data, "SELECT COUNT(*) FROM document WHERE import_id IN "
                         "(SELECT id FROM import WHERE state = 'published')")[0]
    if visible != (documents if published else 0):
        fail(f"{occasion}: {visible} documents can be seen")


def limit_files():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3 << 20, 3 << 20))


def main():
    with tempfile.TemporaryDirectory(prefix="treue-crash-") as name:
        folder = pathlib.Path(name)
        write_files(folder)
        data = initialise(folder, "whole")
        began = time.monotonic()
        process = start_import(folder, data)
        output, _ = process.communicate(timeout=300)
        took = time.monotonic() - began
        if process.returncode:
            fail(f"the undisturbed import ended with {process.returncode}: {output}")
        expected = [look(data, query) for query in SAME]
        if expected[0][0] != DOCUMENTS:
            fail(f"{expected[0][0]} documents instead of {DOCUMENTS}")
        killed = 0
        for i in range(KILLS):
            data = initialise(folder, f"killed-{i}")
            seconds = took * (i + 0.5) / KILLS
            occasion = f"killed after {seconds:.2f} s"
            killed += kill_at(folder, data, seconds)
            seen_is_whole(folder, data, DOCUMENTS, occasion)
            finish(folder, data, expected, occasion)
        if killed < KILLS // 3:
            fail(f"only {killed} of {KILLS} imports were still running when they were to be killed")
        data = initialise(folder, "full")
        process = start_import(folder, data, preexec_fn=limit_files)
        output, _ = process.communicate(timeout=300)
        if process.returncode != 3 or not output.strip():
            fail(f"full disk: ended with {process.returncode}: {output}")
        seen_is_whole(folder, data, DOCUMENTS, "full disk")
        finish(folder, data, expected, "full disk")
    print(f"{killed} kills and a full disk left nothing half")
    return 0


sys.exit(main())
