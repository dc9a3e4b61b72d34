#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Import of workbooks: a million lines on one sheet, whole command, beside the same lines as CSV; and workbooks made to do
harm, which must be refused quickly by a process that may have 64 MB. Part of run.py; alone:

  workbook_import.py TREUE FILE.csv [RUNS]
"""
import csv
import datetime
import decimal
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
for folder in ("support", "road"):
    sys.path.insert(0, str(HERE.parent / "tests" / folder))

import road  # noqa: E402
import test_xlsx_hostile as hostile  # noqa: E402
import workbooks  # noqa: E402

SECONDS_MAX, MEMORY_BYTES_MAX, REFUSED_SECONDS_MAX = 25, 512_000_000, 1.0
HOSTILE = [hostile.bomb, hostile.laughs, hostile.many_sheets, hostile.many_columns, hostile.overlapping]


def typed(name, text):
    """As a spreadsheet would hold it: dates as dates, numbers as numbers."""
    if name == "date":
        return datetime.date.fromisoformat(text)
    if name in ("quantity", "net_amount", "line"):
        return decimal.Decimal(text)
    return text


def make_workbook(path, target):
    """The lines of a CSV file on one sheet; kept as long as it is newer than the file."""
    if target.exists() and target.stat().st_mtime > path.stat().st_mtime:
        return target
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        rows = ([typed(name, text) for name, text in zip(header, row)] for row in reader)

        def whole():
            yield header
            yield from rows
        workbooks.write(target.with_suffix(".new"), [workbooks.Sheet("Umsatz", whole())])
    target.with_suffix(".new").rename(target)
    return target


def treue_import(treue, path, folder):
    """(seconds, peak bytes, new documents)"""
    shutil.rmtree(folder, ignore_errors=True)
    base = [str(treue), "--data", str(folder)]
    subprocess.run([*base, "init", "--currency", "EUR"], check=True, stdout=subprocess.DEVNULL)
    start = time.perf_counter()
    process = subprocess.Popen([*base, "import", "purchases", str(path), "--profile", str(HERE / "profile.yaml")],
                               stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"bench: {path} was not imported")
    listed = json.loads(subprocess.run([*base, "import", "list", "--format", "json"], check=True,
                                       capture_output=True).stdout)
    return took, usage.ru_maxrss * 1024, listed[-1]["rows_new"]


def refusals(treue):
    """Seconds of each hostile workbook until it was refused for its reason."""
    words, result = dict(hostile.CASES), {}
    for case in HOSTILE:
        with tempfile.TemporaryDirectory() as folder:
            company = road.Treue(treue, folder, on_server=False)
            profile = company.write("profile.yaml", road.to_yaml(hostile.PROFILE))
            code, said, took, _ = hostile.attempt(company, case(company.folder), profile)
            if code != 2 or not re.search(words[case], said):
                raise SystemExit(f"bench: {case.__name__} was not refused: {said}")
            result[case.__name__] = took
    return result


def measure(treue, path, work, runs):
    treue, path, work = (pathlib.Path(p).resolve() for p in (treue, path, work))
    workbook = make_workbook(path, work / f"{path.stem}.xlsx")
    result = {"workbook": [], "csv": [], "bytes": workbook.stat().st_size}
    for _ in range(runs):
        both = {"csv": treue_import(treue, path, work / "workbook-import"),
                "workbook": treue_import(treue, workbook, work / "workbook-import")}
        if both["csv"][2] != both["workbook"][2]:
            raise SystemExit(f"bench: other documents from the workbook: {both}")
        for who, one in both.items():
            result[who].append(one)
    shutil.rmtree(work / "workbook-import", ignore_errors=True)
    result["refused"] = refusals(treue)
    return result


def rows(result):
    took = statistics.median(one[0] for one in result["workbook"])
    typed_took = statistics.median(one[0] for one in result["csv"])
    peak = max(one[1] for one in result["workbook"])
    refused = result["refused"]
    slowest = max(refused.values())
    return [("import of a workbook with 1 million rows (XLSX)", f"<= {SECONDS_MAX} s, <= 512 MB",
             f"{took:.2f} s, {peak / (1 << 20):.0f} MiB ({result['bytes'] / 1e6:.0f} MB); the same as CSV {typed_took:.2f} s",
             took, "", took <= SECONDS_MAX and peak <= MEMORY_BYTES_MAX),
            ("hostile workbooks (zip bomb, entities, 1 million sheets, 16,384 columns, overlapping entries)",
             "refused with 64 MB of memory within 1 s",
             ", ".join(f"{name.replace('_', ' ')} {seconds * 1000:.0f} ms" for name, seconds in refused.items()), slowest,
             "", slowest <= REFUSED_SECONDS_MAX)]


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as temporary:
        for line in rows(measure(sys.argv[1], sys.argv[2], temporary, int(sys.argv[3]) if len(sys.argv) > 3 else 3)):
            print(*line, sep=" | ")
