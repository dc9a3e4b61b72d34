#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""PostgreSQL is backed up and restored by its own tools, as docs/user/backup.md says: dumps taken while an import is
writing are whole in the restored database, with all of the import or nothing, and what the program says of it is the
same to the letter.

  test_backup_postgresql.py TREUE_BINARY

Verifies X-08 (restored copy identical) on the server.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import traceback

import road
import postgresql  # (road knows where it lies)
from test_verify import verify

ROWS = 60000
CUTOFFS = [("2010-11-30", "year"), ("2011-11-30", "year")]


def tool(name, *arguments):
    """One of the server's own programs; its words when it fails."""
    done = subprocess.run([name, *map(str, arguments)], capture_output=True, text=True, cwd="/")
    if done.returncode:
        raise road.RoadError(f"{name}: exit {done.returncode}: {done.stderr[-2000:]}")


def small(treue):
    """The company of tests/road/small, one decision approved and one proposed."""
    files = road.HERE / "small"
    treue.run("import", "purchases", files / "purchases.csv", "--profile", files / "profile.yaml", status=(1,))
    treue.run("concept", "load", files / "concept.yaml", "--release")
    treue.run("evaluate", "--cutoff", CUTOFFS[0][0], "--evaluation", CUTOFFS[0][1], "--approve")
    treue.run("evaluate", "--cutoff", CUTOFFS[1][0], "--evaluation", CUTOFFS[1][1])


def views(treue):
    """What the program says: decisions in full, explanations, lists."""
    result = {f"evaluate {cutoff}": treue.run("evaluate", "--cutoff", cutoff, "--evaluation", evaluation, "--dry-run",
                                              "--format", "json") for cutoff, evaluation in CUTOFFS}
    numbers = [number for number, in treue.query("SELECT number FROM customer_key WHERE customer_id IN (SELECT "
                                                 "customer_id FROM decision) ORDER BY number")]
    if len(numbers) < 5:
        raise road.RoadError(f"only {len(numbers)} customers were decided about")
    for number in numbers[::max(1, len(numbers) // 12)]:
        result[f"explain {number}"] = treue.run("explain", number, "--format", "json")
    result["runs"] = treue.run("run", "list", "--format", "json")
    result["concepts"] = treue.run("concept", "list")
    result["imports"] = treue.run("import", "list", "--format", "json")
    return result


def restored(treue, dump, name):
    """The dump in a new database, looked at with a data directory of its own."""
    copy = road.Treue.__new__(road.Treue)
    copy.__dict__.update(treue.__dict__)
    copy.data = treue.folder / name
    copy.environment = dict(treue.environment, TREUE_DB=postgresql.fresh_database())
    tool("pg_restore", "--exit-on-error", f"--dbname={copy.environment['TREUE_DB']}", dump)
    return copy


def start_import(treue, name):
    lines = ["customer,document,date,article,amount\n"]
    lines += [f"C{i % 900},B{i // 2},2025-{1 + i % 12:02}-{1 + i % 28:02},A{i % 50},{i % 500}\n" for i in range(ROWS)]
    path = treue.write(name + ".csv", "".join(lines))
    profile = treue.write(name + ".yaml", road.to_yaml(road.profile(
        "purchases", ["customer", "document", "date", "article", "amount"], ("customers", "products"))))
    return subprocess.Popen([treue.binary, "--data", str(treue.data), "import", "purchases", str(path), "--profile",
                             str(profile)], env=treue.surroundings(), stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)


def whole(copy, dump):
    code, report = verify(copy, "--deep")
    return [] if code == 0 and report["findings"] == 0 else [f"{dump.name}: exit {code}, {report['reports']}"]


def identical(treue):
    """X-08: dumped at rest: decisions, explanations, lists the same to the letter, and one can go on with the copy."""
    small(treue)
    dump = treue.folder / "small.dump"
    tool("pg_dump", "--format=custom", f"--file={dump}", treue.environment["TREUE_DB"])
    copy = restored(treue, dump, "copy")
    there, here = views(treue), views(copy)
    problems = [f"{key} differs in the copy" for key in there if there[key] != here.get(key)]
    problems += whole(copy, dump)
    process = start_import(copy, "further")
    words, _ = process.communicate()
    if process.returncode:
        problems.append(f"an import into the copy ended with {process.returncode}: {words[-500:]}")
    if not verify(copy, "--deep")[1]["index_compared"]:
        problems.append("the copy's column index was not compared")
    return problems + whole(copy, dump)


def beside_writer(treue):
    """X-08: dumps taken again and again while an import is writing hold all of it or nothing; those without it say
    the same as the database before."""
    small(treue)
    before = views(treue)
    process = start_import(treue, "big")
    dumps = []
    while process.poll() is None or not dumps:
        dumps.append(treue.folder / f"dump{len(dumps)}")
        tool("pg_dump", "--format=custom", f"--file={dumps[-1]}", treue.environment["TREUE_DB"])
    words, _ = process.communicate()
    if process.returncode:
        return [f"the import beside the dumps ended with {process.returncode}: {words[-500:]}"]
    after, problems, seen, staged = views(treue), [], set(), 0
    dumps.append(treue.folder / "last")
    tool("pg_dump", "--format=custom", f"--file={dumps[-1]}", treue.environment["TREUE_DB"])
    states = set()
    for dump in dumps:
        copy = restored(treue, dump, "of-" + dump.name)
        imports = copy.query("SELECT count(*) FROM import WHERE state = 'published'")[0][0]
        staging = copy.query("SELECT count(*) FROM import WHERE state = 'staging'")[0][0]
        staged += staging
        seen.add(imports)
        problems += whole(copy, dump)
        shutil.rmtree(copy.data)
        if (imports, staging) in states:
            continue
        states.add((imports, staging))
        here = views(copy)
        expected = after if imports == 2 else before
        problems += [f"{dump.name}, {imports} imports: {key} differs" for key in expected if expected[key] != here[key]]
    if not seen <= {1, 2} or 2 not in seen:
        problems.append(f"imports in the dumps: {seen}")
    if staged == 0:
        problems.append(f"none of {len(dumps)} dumps was taken while the import was writing")
    return problems


TESTS = [identical, beside_writer]


def main(arguments):
    if not postgresql.programs():
        print("SKIPPED: PostgreSQL is not installed (package postgresql-15)")
        return 0
    os.environ["TREUE_TEST_DB"] = "postgresql"
    failures = []
    for test in TESTS:
        with road.Folder(f"backup-postgresql-{test.__name__}") as folder:
            try:
                found = test(road.Treue(arguments[0], pathlib.Path(folder), currency="GBP"))
                failures += [f"{test.__name__}: {one}" for one in found]
            except Exception:
                failures.append(f"{test.__name__}: {traceback.format_exc()[-2000:]}")
    for failure in failures:
        print("FAILED", failure)
    print(f"{len(TESTS)} tests, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
