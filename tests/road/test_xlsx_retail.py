#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The real file (1,044,847 lines) as a workbook in the layout of the official Online Retail II: two sheets by year, the
days from 2010-12-01 to 2010-12-09 on both of them. It imports like the CSV: the same documents, line by line, and the same
segments in all four evaluations; what stands on both sheets is a no-op. Verifies X-03 in part.

  test_xlsx_retail.py TREUE_BINARY

The file is searched in TREUE_TEST_DATA (default ../shared beside the repository); without it the test says so and passes.
"""
import csv
import datetime
import decimal
import gzip
import os
import pathlib
import shutil
import sys

import road
import test_online_retail as retail
import wholesale
import workbooks

FIRST_BOTH, LAST_BOTH = "2010-12-01", "2010-12-09"


def cells(line):
    """Typed as in the official workbook: invoices and articles of digits are numbers, so are the customers."""
    values = retail.fields(line)
    number, article = values[0], values[1]
    description = line.rstrip("\r\n").split(",", 2)[2].rsplit(",", 5)[0]
    if description.startswith('"'):
        description = description[1:-1].replace('""', '"')
    quantity, moment, price, customer, country = values[2:]

    def code(text):
        return int(text) if text.isdigit() and not text.startswith("0") else text
    return [code(number), code(article), description or None, int(quantity),
            datetime.datetime.fromisoformat(moment), decimal.Decimal(price), int(customer) if customer else None, country]


def sheets(lines):
    def some(wanted):
        yield lines[0].rstrip("\r\n").split(",")
        for line in lines[1:]:
            if wanted(retail.fields(line)[3][:10]):
                yield cells(line)
    return [workbooks.Sheet("Year 2009-2010", some(lambda day: day <= LAST_BOTH)),
            workbooks.Sheet("Year 2010-2011", some(lambda day: day >= FIRST_BOTH))]


def counts(treue):
    row = treue.json("import", "list")[-1]
    return {key: row[key] for key in ("rows_new", "rows_changed", "rows_same", "rows_rejected")}


def overlapping(lines):
    """(accepted, rejected) documents of the days on both sheets."""
    documents = {}
    for values in map(retail.fields, lines[1:]):
        if FIRST_BOTH <= values[3][:10] <= LAST_BOTH:
            documents.setdefault((values[0], values[5]), values[5] != "")
    return sum(documents.values()), len(documents) - sum(documents.values())


def compare(binary, lines, folder):
    problems = []
    profile = road.HERE / "online_retail_profile.yaml"
    companies = {}
    for name in ("typed", "workbook"):
        (folder / name).mkdir()
        companies[name] = road.Treue(binary, folder / name, "GBP")
        shutil.copy(profile, folder / name / "profile.yaml")
    with open(folder / "typed.csv", "w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
    path = workbooks.write(folder / "online_retail_II.xlsx", sheets(lines))
    companies["typed"].run("import", "purchases", folder / "typed.csv", "--profile", "profile.yaml", status=(1,))
    said = companies["workbook"].run("import", "purchases", path, "--profile", "profile.yaml", "--lang", "en", status=(1,))
    typed, own = counts(companies["typed"]), counts(companies["workbook"])
    both, rejected = overlapping(lines)
    wanted = dict(typed, rows_same=both, rows_rejected=typed["rows_rejected"] + rejected)
    if own != wanted:
        problems.append(f"counts {own}, expected {wanted}: {said}")
    if "read: Year 2009-2010, Year 2010-2011" not in said:
        problems.append(f"sheets are not named: {said}")
    for kind in ("purchases", "products", "customers"):
        files = []
        for name, treue in companies.items():
            treue.run("export", kind, "--output", folder / f"{name}-{kind}.csv")
            with open(folder / f"{name}-{kind}.csv", encoding="utf-8-sig", newline="") as file:
                files.append(list(csv.DictReader(file)))
            for row in files[-1] if kind == "products" else ():
                row.pop("name")  # of several descriptions any counts, whichever thread met first
        if files[0] != files[1]:
            problems.append(f"exports of {kind} differ ({len(files[0])} and {len(files[1])} rows)")
    treue = companies["workbook"]
    treue.run("concept", "load", road.HERE / "wholesale.yaml", "--release")
    for (cutoff, evaluation), expected in zip(wholesale.RUNS, retail.expected()):
        printed = treue.evaluate(cutoff, evaluation, "--approve")
        problems += [f"{cutoff} {key}: expected {expected[key]}, printed {printed.get(key)}"
                     for key in expected if expected[key] != printed.get(key)]
    again = treue.run("import", "purchases", path, "--profile", "profile.yaml", "--lang", "en", status=(1,))
    if counts(treue)["rows_new"] or counts(treue)["rows_changed"]:
        problems.append(f"imported again: {again}")
    return problems


def main(binary):
    shared = os.environ.get("TREUE_TEST_DATA") or road.HERE.parent.parent.parent / "shared"
    path = pathlib.Path(shared) / "data" / "online_retail.csv.gz"
    if not path.exists():
        print(f"SKIPPED: {path} is not there (set TREUE_TEST_DATA)")
        return 77
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        lines = file.readlines()
    with road.Folder("xlsx-retail") as folder:
        problems = compare(binary, lines, folder)
    print("FAILED" if problems else "ok: two sheets of Online Retail", *problems[:20], sep="\n    ")
    print(f"{1 - bool(problems)} passed, {int(bool(problems))} failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
