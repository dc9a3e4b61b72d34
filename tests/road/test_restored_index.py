#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The column index never answers for another state of the database than the one there is: a database restored to an
older state counts its generations a second time, with other documents; the index of the first time lies beside it still.

  test_restored_index.py TREUE_BINARY

Verifies X-08 and X-10 in part (after a restore every figure is that of the restored database), on both engines.
"""
import pathlib
import shutil
import subprocess
import sys
import traceback

import road
import postgresql  # (road knows where it lies)
from test_concept import concept
from test_evaluate import purchases
from test_verify import keys, verify

NOTE = "did not belong to this state"
CUTOFF = "2025-12-31"


def back_up(treue):
    """A copy of the database as it is; what `bring_back` takes."""
    if not postgresql.wanted():
        treue.run("backup", treue.folder / "copy.db")
        return
    done = subprocess.run(["pg_dump", "--format=custom", f"--file={treue.folder / 'copy.dump'}",
                           treue.environment["TREUE_DB"]], capture_output=True, text=True, cwd="/")
    if done.returncode:
        raise road.RoadError(f"pg_dump: {done.stderr}")


def bring_back(treue):
    """The database as it was, under the index as it is."""
    if not postgresql.wanted():
        for file in treue.data.glob("treue.db*"):
            file.unlink()
        treue.run("restore", treue.folder / "copy.db")
        return
    treue.environment["TREUE_DB"] = postgresql.fresh_database()
    done = subprocess.run(["pg_restore", "--exit-on-error", f"--dbname={treue.environment['TREUE_DB']}",
                           treue.folder / "copy.dump"], capture_output=True, text=True, cwd="/")
    if done.returncode:
        raise road.RoadError(f"pg_restore: {done.stderr}")


def figures(treue):
    """What is said of every customer, by commands that only read and by one that may write the index; and all notes."""
    said, notes = {}, ""
    for command in (("analyse", "abc", "--cutoff", CUTOFF), ("customer", "list", "--on", CUTOFF),
                    ("evaluate", "--cutoff", CUTOFF, "--evaluation", "year", "--dry-run")):
        code, out, error = treue.call("--lang", "en", *command, "--format", "json")
        said[command[0]], notes = (code, out), notes + error
    return said, notes


def begin(treue):
    """One generation is saved; a second one, of other documents, is in the index."""
    purchases(treue, [("K1", "2025-03-01", 150), ("K2", "2025-05-01", 60), ("K3", "2025-01-01", 10)], "first")
    treue.load_concept(concept())
    back_up(treue)
    purchases(treue, [("K1", "2025-06-01", 5000)], "lost")
    treue.evaluate(CUTOFF, "year", "--dry-run")


def compare(treue, noted):
    """The figures beside the index as it lies there against those after it was made afresh."""
    problems = []
    said, notes = figures(treue)
    if (NOTE in notes) != noted:
        problems.append(f"notes: {notes!r}")
    code, report = verify(treue, "--deep")
    if code or keys(report):
        problems.append(f"verify: exit {code}, {report['reports']}")
    shutil.rmtree(treue.data / "index")
    fresh, _ = figures(treue)
    problems += [f"{key} says {said[key]}, of a fresh index {fresh[key]}" for key in said if said[key] != fresh[key]]
    if "5000" in str(said) or any(code for code, _ in said.values()):
        problems.append(f"documents that are gone are counted: {said}")
    return problems


def older(treue):
    """The older state alone."""
    begin(treue)
    bring_back(treue)
    return compare(treue, True)


def counted_again(treue):
    """The same number of generations, of imports, of rows, but others."""
    begin(treue)
    bring_back(treue)
    # Put in without the index being looked at, as other programs on a server would.
    shutil.move(treue.data / "index", treue.folder / "aside")
    purchases(treue, [("K2", "2025-06-01", 700)], "other")
    shutil.rmtree(treue.data / "index")
    shutil.move(treue.folder / "aside", treue.data / "index")
    return compare(treue, True)


def imported_into(treue):
    """The import itself finds the foreign index; whoever comes next need not be told."""
    begin(treue)
    bring_back(treue)
    purchases(treue, [("K2", "2025-06-01", 700)], "other")
    return compare(treue, False)


def same_state(treue):
    """Restored as it was: the index still fits, nothing is made afresh."""
    begin(treue)
    said, _ = figures(treue)
    for name in ("copy.db", "copy.dump"):
        (treue.folder / name).unlink(missing_ok=True)
    back_up(treue)
    before = {file.name: file.stat().st_ino for file in (treue.data / "index").iterdir()}
    bring_back(treue)
    again, notes = figures(treue)
    after = {file.name: file.stat().st_ino for file in (treue.data / "index").iterdir()}
    problems = [] if said == again else [f"said {said}, then {again}"]
    if notes or before != after:
        problems.append(f"the index was not kept: {notes}, {before}, {after}")
    return problems


TESTS = [older, counted_again, imported_into, same_state]


def main(arguments):
    failures = []
    for test in TESTS:
        with road.Folder(f"index-{test.__name__}") as folder:
            try:
                problems = test(road.Treue(pathlib.Path(arguments[0]), folder))
            except Exception:
                problems = [traceback.format_exc()]
        failures += [f"{test.__name__}: {problem}" for problem in problems]
        print(f"{'FAILED' if problems else 'ok'} {test.__name__}", flush=True)
    for failure in failures:
        print(failure)
    print(f"{len(TESTS)} tests, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
