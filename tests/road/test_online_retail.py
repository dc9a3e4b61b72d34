#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The main road on the real file (1,044,847 lines): the table on which three independent calculations agree (two older
ones and oracle.py), also when the file comes in twice, in two halves, shuffled, with 1 or 2 threads, and after an undo.
Verifies R-010, R-012 and X-03 in part, R-029 (evaluation), R-094 (promotion), X-04 (undo).

  test_online_retail.py TREUE_BINARY [--oracle]

--oracle also compares every customer of every run with the oracle (half a minute more). The file is searched in
TREUE_TEST_DATA (default ../shared beside the repository); without it the test says so and passes.
"""
import datetime
import gzip
import os
import pathlib
import sys

import oracle
import road
import variants
import wholesale

TABLE = (
    (4336, (35, 513, 3788), (35, 513, 3788), {"new": 4336}, ("1210586.06", "3477035.75", "3355963.40")),
    (4998, (25, 489, 4484), (39, 634, 4325), {"kept": 19, "new": 662, "promote": 121, "stay": 4196},
     ("1087263.21", "3490137.24", "3145492.27")),
    (5914, (20, 498, 5396), (45, 768, 5101), {"grace": 290, "kept": 26, "new": 916, "promote": 121, "stay": 4561},
     ("1097809.85", "3976159.74", "2883589.84")),
    (5942, (20, 496, 5426), (22, 548, 5372),
     {"demote": 275, "kept": 36, "new": 28, "promote": 9, "recovered": 8, "stay": 5586},
     ("834922.03", "3834623.77", "3325896.66")),
)


def expected():
    for (cutoff, evaluation), (customers, qualified, segments, decisions, revenue) in zip(wholesale.RUNS, TABLE):
        yield {"cutoff": cutoff, "evaluation": evaluation, "program": "wholesale", "concept": "wholesale v1",
               "customers_evaluated": customers, "qualified": dict(zip("ABCP", (*qualified, 0))),
               "counts": dict(zip("ABCP", (*segments, 0))), "decisions": decisions,
               "revenue": dict(zip("ABCP", (*revenue, "0.00")))}


def fields(line):
    """Invoice, StockCode and the last four columns; only the description in between is ever quoted."""
    invoice, article, rest = line.rstrip("\r\n").split(",", 2)
    return [invoice, article] + rest.rsplit(",", 5)[1:]


def oracle_runs(lines):
    def purchase(line):
        invoice, article, quantity, moment, price, customer = fields(line)[:6]
        return {"customer": customer, "document": invoice, "date": datetime.date.fromisoformat(moment[:10]),
                "article": article, "quantity": quantity, "unit_price": price, "group": article[:2]}

    company = oracle.Company(road.company_of_lines(
        one for one in map(purchase, lines[1:]) if one["customer"]))
    history = []
    for cutoff, evaluation in wholesale.RUNS:
        history.append(oracle.evaluate(company, wholesale.wholesale(), datetime.date.fromisoformat(cutoff), evaluation,
                                       history, "wholesale v1", details=False))
    return [run.json for run in history]


def main(arguments):
    shared = os.environ.get("TREUE_TEST_DATA") or road.HERE.parent.parent.parent / "shared"
    path = pathlib.Path(shared) / "data" / "online_retail.csv.gz"
    if not path.exists():
        print(f"SKIPPED: {path} is not there (set TREUE_TEST_DATA)")
        return 77
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        lines = file.readlines()
    runs = list(expected())
    table = variants.Table(arguments[0], road.HERE / "wholesale.yaml", road.HERE / "online_retail_profile.yaml", "GBP",
                           runs, rejected_lines=235287, rejected_documents=8752, documents=44876,
                           is_rejected=lambda line: fields(line)[5] == "")
    failures = table.check(lines, document_of=lambda line: line.split(",", 1)[0])
    if "--oracle" in arguments:
        for wanted, printed in zip(oracle_runs(lines), table.first or []):
            problems = oracle.differences(wanted, printed)
            failures += [f"oracle, {wanted['cutoff']}: {line}" for line in problems[:3]]
            table.passed += not problems
    for failure in failures:
        print("FAILED", failure)
    print(f"{table.passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
