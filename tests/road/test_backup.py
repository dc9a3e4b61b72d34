#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`treue backup` and `treue restore`: a restored copy is identical, also when it was taken while an import was writing;
a damaged backup is refused; nothing existing is overwritten.

  test_backup.py TREUE_BINARY

Verifies X-08 (restored copy identical), R-093 and X-10 in part (stored runs are the same in the copy). It is about the
files of the embedded database; for PostgreSQL see docs/user/backup.md.
"""
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import traceback

import road
from test_verify import company, verify

ROWS = 60000


def contents(path):
    """Every row of every table, as text."""
    database = sqlite3.connect(path)
    lines = list(database.iterdump())
    database.close()
    return lines


def views(treue):
    """What the program says: all lists and decisions."""
    result = {"imports": treue.run("import", "list", "--format", "json"),
              "concepts": treue.run("concept", "list"),
              "runs": treue.run("run", "list", "--format", "json")}
    for number in ("K1", "K2"):
        for cutoff in ("2024-12-31", "2025-12-31"):
            result[number + cutoff] = treue.run("explain", number, "--cutoff", cutoff, "--format", "json")
    result["again"] = treue.run("evaluate", "--cutoff", "2025-12-31", "--evaluation", "year", "--dry-run", "--format",
                                "json")
    return result


def restored(treue, file, name):
    copy = road.Treue.__new__(road.Treue)
    copy.__dict__.update(treue.__dict__)
    copy.data = treue.folder / name
    copy.run("restore", file)
    return copy


def identical(treue):
    """X-08: all rows, all lists, all decisions."""
    company(treue)
    problems = []
    treue.run("backup", treue.folder / "copy.db")
    before = contents(treue.data / "treue.db")
    if contents(treue.folder / "copy.db") != before:
        problems.append("the backup holds other rows than the database")
    copy = restored(treue, treue.folder / "copy.db", "second")
    if contents(copy.data / "treue.db") != before:
        problems.append("the restored database holds other rows")
    there, here = views(treue), views(copy)
    problems += [f"{key} differs in the copy" for key in there if there[key] != here[key]]
    # The copy is a database to go on with.
    copy.evaluate("2026-12-31", "year", "--approve")
    code, report = verify(copy, "--deep")
    if code or report["findings"] or not report["index_compared"]:
        problems.append(f"the copy is not whole: {report}")
    leftover = sorted(one.name for one in copy.data.iterdir() if one.name not in (
        "treue.db", "treue.db-wal", "treue.db-shm", "treue.lock", "index", "staging", "errors"))
    if leftover:
        problems.append(f"left in the data directory: {leftover}")
    return problems


def beside_writer(treue):
    """X-08: backups taken again and again while an import is writing are whole, each with all of it or nothing."""
    company(treue)
    problems, seen = [], set()
    lines = ["customer,document,date,article,amount\n"]
    lines += [f"C{i % 900},B{i // 2},2025-{1 + i % 12:02}-{1 + i % 28:02},A{i % 50},{i % 500}\n" for i in range(ROWS)]
    path = treue.write("big.csv", "".join(lines))
    profile = treue.write("big.yaml", road.to_yaml(road.profile(
        "purchases", ["customer", "document", "date", "article", "amount"], ("customers", "products"))))
    writing = subprocess.Popen(
        [treue.binary, "--data", str(treue.data), "import", "purchases", str(path), "--profile", str(profile)],
        env=dict(os.environ, TREUE_CLOCK=treue.clock), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    taken = 0
    while writing.poll() is None or taken == 0:
        treue.run("backup", treue.folder / f"copy{taken}.db")
        taken += 1
    if writing.returncode:
        return [f"the import beside the backups ended with {writing.returncode}: {writing.communicate()[0][-500:]}"]
    treue.run("backup", treue.folder / f"copy{taken}.db")
    for i in range(taken + 1):
        copy = restored(treue, treue.folder / f"copy{i}.db", f"restored{i}")
        code, report = verify(copy)
        if code or report["findings"]:
            problems.append(f"backup {i} of {taken}: {report['reports']}")
        seen.add(report["imports"])
        shutil.rmtree(copy.data)
    if not seen <= {2, 3} or 3 not in seen:
        problems.append(f"imports in the backups: {seen}")
    writing.stdout.close()
    return problems


def refused(treue):
    """A damaged or foreign file is not restored and leaves nothing; nothing is overwritten; a directory gets a name."""
    company(treue)
    problems = []

    def expect(status, key, *words):
        code, out, error = treue.call("--lang", "en", *words)
        if code != status or key not in out + error:
            problems.append(f"{' '.join(map(str, words))}: exit {code}, {out}{error}")
    file = treue.folder / "copy.db"
    treue.run("backup", file)
    expect(2, "already", "backup", file)
    expect(2, "already", "restore", file)
    expect(2, "FILE", "backup")
    expect(2, "pg_dump", "--db", "postgresql://localhost/x", "backup", file)
    expect(2, "pg_restore", "--db", "postgresql://localhost/x", "restore", file)
    treue.run("backup", treue.folder)
    named = list(treue.folder.glob("treue-2026-01-02T030405Z.db"))
    if len(named) != 1:
        problems.append(f"a backup into a directory: {sorted(one.name for one in treue.folder.iterdir())}")
    shutil.copy(file, treue.folder / "changed.db")
    database = sqlite3.connect(treue.folder / "changed.db")
    database.execute("UPDATE document SET total_minor = total_minor + 100 WHERE number = 'first0'")
    database.commit()
    database.close()
    (treue.folder / "short.db").write_bytes(file.read_bytes()[:-40000])
    (treue.folder / "text.db").write_text("no database\n" * 1000, encoding="utf-8")
    kept, treue.data = treue.data, treue.folder / "new"
    expect(1, "not whole", "restore", treue.folder / "changed.db")
    for name in ("short.db", "text.db", "missing.db"):
        code, out, error = treue.call("restore", treue.folder / name)
        if code == 0 or not (out + error).strip():
            problems.append(f"{name}: exit {code}, {out}{error}")
    if treue.data.exists() and any(treue.data.iterdir()):
        problems.append(f"left behind: {sorted(one.name for one in treue.data.iterdir())}")
    treue.data = kept
    if list(treue.folder.glob("*.part")):
        problems.append("an unfinished backup was left")
    return problems


TESTS = [identical, beside_writer, refused]


def main(arguments):
    failures = []
    for test in TESTS:
        with road.Folder(f"backup-{test.__name__}") as folder:
            try:
                failures += [f"{test.__name__}: {one}" for one in test(road.Treue(arguments[0], pathlib.Path(folder)))]
            except Exception:
                failures.append(f"{test.__name__}: {traceback.format_exc()[-2000:]}")
    for failure in failures:
        print("FAILED", failure)
    print(f"{len(TESTS)} tests, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
