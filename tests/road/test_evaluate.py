#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`treue evaluate` and `treue explain` beyond the rules: what may be approved, when it takes effect, the trail it
leaves, the three formats, and what is said when something is missing.

  test_evaluate.py TREUE_BINARY

Verifies R-003 and R-031 (why somebody is where he is), R-004 (segment per year), R-012, R-016 (who misses exactly one
criterion), R-080 (one segment per customer), R-091 (the threshold used is shown), R-094 (approval, effective date),
X-04 (approvals in the audit trail), X-09 (formats of the language), X-10 (as of).
"""
import csv
import io
import json
import re
import sys

import road
from rules_metrics import crit
from road import Checks
from test_concept import concept

COLUMNS = ["customer", "document", "date", "article", "amount"]


def purchases(treue, rows, name="purchases"):
    """rows: (customer, date, amount)"""
    treue.import_rows("purchases", name, COLUMNS, [
        {"customer": customer, "document": f"{name}{i}", "date": date, "article": "X", "amount": amount}
        for i, (customer, date, amount) in enumerate(rows)], ("customers", "products"))


def company(treue):
    purchases(treue, [("K1", "2024-03-01", 150), ("K2", "2024-05-01", 60), ("K1", "2025-03-01", 150),
                      ("K2", "2025-05-01", 130)])
    treue.load_concept(concept())


def approval(treue):
    """R-094: drafts are not approved, nor a cut-off older than an approved one; a refused approval stores nothing."""
    company(treue)
    checks = Checks(treue)
    year = ("--evaluation", "year")
    treue.evaluate("2025-12-31", "year", "--approve")
    before = treue.query("SELECT count(*) FROM evaluation_run")[0][0]
    checks.expect(2, "evaluate", "--cutoff", "2024-12-31", *year, "--approve", "--lang", "en", says=("2025-12-31",))
    checks.expect(2, "evaluate", "--cutoff", "2024-12-31", *year, "--approve", "--lang", "de", says=("2024-12-31",))
    draft = treue.write("draft.yaml", road.to_yaml(concept(120)))
    checks.expect(2, "evaluate", "--cutoff", "2026-12-31", *year, "--concept", draft, "--approve", says=("release",))
    checks.expect(2, "evaluate", "--cutoff", "2026-12-31", *year, "--approve", "--dry-run")
    after = treue.query("SELECT count(*) FROM evaluation_run")[0][0]
    if before != after:
        checks.problems.append(f"a refused approval stored {after - before} runs")
    checks.expect(0, "evaluate", "--cutoff", "2026-12-31", *year, "--concept", draft)
    if treue.query("SELECT count(*) FROM decision d WHERE NOT EXISTS (SELECT 1 FROM evaluation_run r WHERE r.id = "
                      "d.run_id)")[0][0]:
        checks.problems.append("there are decisions without a run")
    return checks.problems


def trail(treue):
    """X-04: every run and approval leaves an entry with who, when and what; a dry run leaves nothing."""
    company(treue)
    checks = Checks(treue)
    entries = "SELECT kind, count(*) FROM audit_entry WHERE kind LIKE 'run.%' GROUP BY kind ORDER BY kind"
    treue.evaluate("2024-12-31", "year", "--dry-run")
    if treue.query(entries):
        checks.problems.append("a dry run is in the audit trail")
    treue.evaluate("2024-12-31", "year")
    treue.evaluate("2024-12-31", "year", "--approve")
    if treue.query(entries) != [("run.approved", 1), ("run.created", 2)]:
        checks.problems.append(f"audit trail: {treue.query(entries)}")
    row = treue.query("SELECT e.actor, r.state, d.detail FROM audit_entry e "
                         "JOIN audit_detail d ON d.number = e.number "
                         "JOIN evaluation_run r ON CAST(r.id AS TEXT) = e.subject WHERE e.kind = 'run.approved'")
    if len(row) != 1 or row[0][:2] != ("cli", "approved") or json.loads(row[0][2])["cutoff"] != "2024-12-31":
        checks.problems.append(f"entry of the approval: {row}")
    return checks.problems


def leftovers(treue):
    """Decisions that a crash left without their run are removed by the next run and never count."""
    company(treue)
    treue.evaluate("2024-12-31", "year", "--approve")
    treue.change("INSERT INTO decision SELECT customer_id, 12345, program_id, segment_before, qualified, 'A', "
                 "decision, flags, grace, grace_end_day, metric_values, NULL FROM decision")
    printed = treue.evaluate("2025-12-31", "year")
    checks = Checks(treue)
    if {row["number"]: row["before"] for row in printed["customers"]} != {"K1": "A", "K2": "C"}:
        checks.problems.append(f"an incomplete run counts: {printed['customers']}")
    if treue.query("SELECT count(*) FROM decision WHERE run_id = 12345")[0][0]:
        checks.problems.append("what an incomplete run left is still there")
    return checks.problems


def effective(treue):
    """R-094, X-10: effective on the evaluation's date or on the day of approval; each cut-off keeps its own truth."""
    company(treue)
    checks = Checks(treue)
    treue.evaluate("2024-12-31", "year", "--approve")
    treue.evaluate("2025-12-31", "year", "--approve")
    found = [(row["cutoff"], row["segment"], row["decision"], row["effective"]) for row in
             (treue.explain("K2", cutoff) for cutoff in ("2024-12-31", "2025-12-31"))]
    # The clock stands at 2026-01-02: the first took effect when it was approved, the second lies ahead.
    if found != [("2024-12-31", "C", "new", "2026-01-02"), ("2025-12-31", "A", "promote", "2026-02-01")]:
        checks.problems.append(f"effective dates: {found}")
    if treue.json("explain", "K2")["cutoff"] != "2025-12-31":
        checks.problems.append("without --cutoff the latest one is explained")
    # the text shows the segment of every year.
    text = treue.run("explain", "K2", "--lang", "de")
    if not re.search(r"31\.12\.2024", text) or not re.search(r"31\.12\.2025", text):
        checks.problems.append(f"the history lacks a year: {text}")
    return checks.problems


def formats(treue):
    """The three formats tell the same; R-080: everybody has exactly one segment; X-09: numbers as in the language."""
    company(treue)
    purchases(treue, [("K3", "2025-02-01", "12345.50")], "more")
    checks = Checks(treue)
    printed = treue.evaluate("2025-12-31", "year", "--dry-run")
    numbers = [row["number"] for row in printed["customers"]]
    if numbers != ["K1", "K2", "K3"] or sum(printed["counts"].values()) != 3:
        checks.problems.append(f"customers: {numbers}, counts: {printed['counts']}")
    if printed["revenue"] != {"A": "12625.50", "C": "0.00", "P": "0.00"} or printed["decisions"] != {"new": 3}:
        checks.problems.append(f"revenue: {printed['revenue']}, decisions: {printed['decisions']}")
    text = treue.run("evaluate", "--cutoff", "2025-12-31", "--dry-run", "--format", "csv")
    table = list(csv.reader(io.StringIO(text)))
    if len(table) != 4 or not all(any(number in row for row in table) for number in numbers):
        checks.problems.append(f"csv: {text!r}")
    german = ("--cutoff", "2025-12-31", "--dry-run", "--lang", "de")
    checks.expect(0, "evaluate", *german, says=(r"12\.625,50", "31.12.2025"), quiet=(r"evaluate\.\w", r"\{\w+\}"))
    checks.expect(0, "evaluate", *german[:-1], "en", says=(r"12,625\.50", "31 Dec 2025"),
                  quiet=(r"evaluate\.\w", r"\{\w+\}"))
    checks.expect(2, "evaluate", "--cutoff", "2025-12-31", "--format", "xml", says=("xml",))
    return checks.problems


def near(treue):
    """R-016: the list of those who miss exactly one criterion is complete and holds nobody else."""
    purchases(treue, [("ONE", "2025-03-01", 90), ("ONE", "2025-04-01", 5), ("TWO", "2025-03-01", 10),
                      ("FULL", "2025-03-01", 100), ("FULL", "2025-03-02", 100), ("ORDER", "2025-03-02", 500)])
    document = concept()
    document["segments"][0]["paths"][0]["all"].append(crit("orders", "12m", at_least=2))
    treue.load_concept(document)
    checks = Checks(treue)
    text = treue.run("evaluate", "--cutoff", "2025-12-31", "--dry-run", "--near", "10", "--lang", "en")
    if not re.search(r"\bONE\b", text) or not re.search(r"\bORDER\b", text):
        checks.problems.append(f"near misses are missing: {text}")
    if re.search(r"\bTWO\b", text) or re.search(r"\bFULL\b", text):
        checks.problems.append(f"somebody misses more or nothing: {text}")
    return checks.problems


def words(treue):
    """R-003, R-031, R-091: the explanation in words, German and English: value, threshold, factor, what is missing."""
    treue.import_rows("customers", "customers", ["number", "name", "size_class"],
                      [{"number": "K1", "name": "Dächer & Söhne", "size_class": "S"}])
    treue.import_rows("purchases", "purchases", COLUMNS, [
        {"customer": "K1", "document": "1", "date": "2025-03-01", "article": "X", "amount": "48420"}],
        ("products",))
    document = concept(120000)
    document["segments"][0]["paths"][0]["all"][0].update(scale=["size"])
    document["mechanics"]["size_factors"] = {"S": road.D("0.6")}
    treue.load_concept(document)
    treue.evaluate("2025-12-31", "year", "--approve")
    checks = Checks(treue)
    german = (r"Dächer & Söhne", r"48\.420,00 EUR", r"72\.000(,00)? EUR", r"0,6", r"23\.580,00 EUR", r"31\.12\.2025",
              r"01\.02\.2026")
    english = (r"Dächer & Söhne", r"EUR 48,420\.00", r"EUR 72,000(\.00)?", r"0\.6", r"EUR 23,580\.00", "31 Dec 2025",
               "1 Feb 2026|01 Feb 2026")
    raw = (r"explain\.\w", r"\{\w+\}", "not_met")
    checks.expect(0, "explain", "K1", "--lang", "de", says=german, quiet=raw)
    checks.expect(0, "explain", "erp:K1", "--lang", "en", says=english, quiet=raw)
    return checks.problems


def missing(treue):
    """What is said when something is not there: what it is, and what to do."""
    checks = Checks(treue)
    checks.expect(2, "evaluate", "--cutoff", "2025-12-31", says=("concept load",))
    checks.expect(2, "explain", "K1")
    treue.load_concept(concept())
    checks.expect(0, "evaluate", "--cutoff", "2025-12-31", "--dry-run", says=("treue import",))
    checks.expect(2, "explain", "K1", says=("K1",))
    purchases(treue, [("K1", "2025-03-01", 150)])
    checks.expect(2, "explain", "K1", says=("treue evaluate",))
    checks.expect(2, "evaluate", "--cutoff", "2025-12-31", "--evaluation", "month", says=("month", "year", "half_year"))
    checks.expect(2, "evaluate", "--cutoff", "2025-11-30", says=("2025-11-30", "half_year"))
    checks.expect(2, "evaluate", "--cutoff", "31.12.2025", says=("31.12.2025",))
    checks.expect(2, "evaluate", "--approve", says=("--cutoff",))
    checks.expect(0, "evaluate", "--dry-run")  # the latest cut-off up to which there are data
    checks.expect(0, "evaluate", "--cutoff", "2031-12-31")
    checks.expect(0, "explain", "K1")
    checks.expect(2, "explain", "K1", "--cutoff", "2025-12-31", says=("2025-12-31",))
    checks.expect(2, "explain", "nobody", says=("nobody",))
    checks.expect(2, "explain", says=("treue explain",))
    return checks.problems


CASES = (approval, trail, leftovers, effective, formats, near, words, missing)


if __name__ == "__main__":
    sys.exit(road.run_cases(CASES, "evaluate", sys.argv[1]))
