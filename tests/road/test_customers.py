#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`treue customer`: customers that became one, and taking that back; how merged customers, account groups and sites are
explained; segments a new version must not drop; two programs over the same customers.

  test_customers.py TREUE_BINARY

Verifies R-080 (every customer has one segment per program; several programs side by side), R-082 (history stays when
customers become one), R-127 (a version that drops a segment is refused), R-093 (overrides belong to one program).
"""
import sys

import road
from road import Checks
from test_concept import concept
from test_evaluate import purchases

RAW = (r"explain\.\w+\.?", r"merge\.\w+", r"\{\w+\}")


def customers(treue, rows):
    columns = ["number", "name"] + sorted({key for row in rows for key in row} - {"number", "name"})
    treue.import_rows("customers", "customers", columns, rows)


def pair(treue):
    """F and T: 60 each in 2024 and 2025, A from 100."""
    customers(treue, [{"number": n, "name": f"Firma {n}", "since": "2010-01-01"} for n in ("F", "T", "X")])
    purchases(treue, [(n, f"{year}-03-01", 60) for n in ("F", "T") for year in (2024, 2025)])
    treue.load_concept(concept())


def segments(printed):
    return {row["number"]: (row["before"], row["segment"], row["decision"]) for row in printed["customers"]}


def refused(treue):
    """A merge names two known customers and a day; circles and a second merge are refused, and nothing is stored."""
    pair(treue)
    checks = Checks(treue)
    from_day = ("--from", "2025-01-01")
    checks.expect(2, "customer", says=("merge, merges",))
    checks.expect(2, "customer", "marry", "F", "T", *from_day, says=("merge, merges",))
    checks.expect(2, "customer", "merge", "F", *from_day)
    checks.expect(2, "customer", "merge", "F", "T", "X", *from_day)
    checks.expect(2, "customer", "merge", "F", "T", says=("--from",))
    checks.expect(2, "customer", "merge", "F", "T", "--from", "2025-02-30", says=("2025-02-30",))
    checks.expect(2, "customer", "merge", "nobody", "T", *from_day, says=("nobody",))
    checks.expect(2, "customer", "merge", "F", "nobody", *from_day, says=("nobody",))
    checks.expect(2, "customer", "merge", "other:F", "T", *from_day, says=("other:F",))
    checks.expect(2, "customer", "merge", "F", "F", *from_day, "--lang", "en", says=("same customer",))
    checks.expect(0, "customer", "merges", "--lang", "en", says=("No customers are merged",), quiet=RAW)
    if treue.json("customer", "merges") != []:
        checks.problems.append("a refused merge was stored")
    checks.expect(0, "customer", "merge", "erp:F", "T", *from_day)
    checks.expect(2, "customer", "merge", "F", "X", *from_day, says=("F",))
    checks.expect(2, "customer", "merge", "T", "F", *from_day, says=("F", "T"))
    checks.expect(0, "customer", "merge", "T", "X", *from_day)
    checks.expect(2, "customer", "merge", "X", "F", *from_day, says=("X", "F"))
    checks.expect(2, "customer", "merges", "F", says=("F",))
    checks.expect(2, "customer", "merges", "--format", "xml", says=("xml", "csv"))
    found = [(m["customer"], m["into"], m["from"]) for m in treue.json("customer", "merges")]
    if found != [("F", "T", "2025-01-01"), ("T", "X", "2025-01-01")]:
        checks.problems.append(f"merges: {found}")
    return checks.problems


def undone(treue):
    """R-082: both histories stay; the merge is an import that can be undone, then each stands where he stood."""
    pair(treue)
    checks = Checks(treue)
    treue.evaluate("2024-12-31", "year", "--approve")
    checks.expect(0, "customer", "merge", "F", "T", "--from", "2025-01-01", "--reason", "bought by T", "--lang", "en",
                  says=("F counts as part of T|F counts",))
    merge = treue.json("customer", "merges")[0]
    if (merge["reason"], merge["into"]) != ("bought by T", "T"):
        checks.problems.append(f"merge: {merge}")
    checks.expect(0, "import", "list", says=("F -> T",))
    checks.expect(0, "customer", "merges", "--lang", "de", says=("bought by T", r"01\.01\.2025"), quiet=RAW)
    merged = segments(treue.evaluate("2025-12-31", "year"))
    if merged != {"T": ("C", "A", "promote"), "X": ("C", "C", "stay")}:
        checks.problems.append(f"merged: {merged}")
    run = treue.evaluate("2025-12-31", "year", "--approve")
    checks.expect(0, "import", "undo", merge["import"])
    if treue.json("customer", "merges") != []:
        checks.problems.append("an undone merge is still listed")
    if treue.json("explain", "T")["segment"] != "A":
        checks.problems.append("the approved run changed with the undo")
    apart = segments(treue.evaluate("2026-12-31", "year"))
    wanted = {"F": ("C", "C", "stay"), "T": ("A", "A", "grace"), "X": ("C", "C", "stay")}
    if apart != wanted:
        checks.problems.append(f"after the undo: {apart}")
    # The direction reversed: possible now.
    checks.expect(0, "customer", "merge", "T", "F", "--from", "2026-01-01")
    if treue.query("SELECT count(*) FROM audit_entry WHERE kind = 'customer.merged'") != [(2,)]:
        checks.problems.append("merges are not in the audit trail")
    return checks.problems + ([] if run["customers_evaluated"] == 2 else [f"evaluated: {run['customers_evaluated']}"])


def explained(treue):
    """Both ways: the merged one names whom he counts as and shows that one's decision, not his last own as if it held;
    the other names who was merged into him."""
    pair(treue)
    checks = Checks(treue)
    treue.evaluate("2024-12-31", "year", "--approve")
    treue.run("customer", "merge", "F", "T", "--from", "2025-01-01")
    # Nothing newer was decided: T's decision of 2024 holds.
    held = treue.json("explain", "F")
    if (held["merged_into"], held["segment"], held["cutoff"]) != (
            {"number": "T", "name": "Firma T", "since": "2025-01-01", "decides": True}, "C", "2024-12-31"):
        checks.problems.append(f"before a new decision: {held['merged_into']}, {held['segment']}")
    treue.evaluate("2025-12-31", "year", "--approve")
    one, other = treue.json("explain", "F"), treue.json("explain", "T")
    found = (one["customer"]["number"], one["segment"], one["decision"], one["cutoff"],
             [row["segment"] for row in one["history"]], [row["segment"] for row in one["own_history"]])
    if found != ("F", "A", "promote", "2025-12-31", ["A", "C"], ["C"]):
        checks.problems.append(f"explain F: {found}")
    together = {"evaluates": "customer", "size_class_of": None, "members": [
        {"number": "F", "name": "Firma F", "merged_into": "T", "since": "2025-01-01"},
        {"number": "T", "name": "Firma T", "merged_into": None, "since": None}]}
    if other["together"] != together or one["together"] != together or other["merged_into"] is not None:
        checks.problems.append(f"explain T: {other['merged_into']}, {other['together']}")
    alone = treue.json("explain", "X")
    if (alone["together"], alone["merged_into"], alone["own_history"]) != (None, None, []):
        checks.problems.append(f"explain X: {alone}")
    checks.expect(0, "explain", "F", "--lang", "en", quiet=RAW, says=(
        r"Merged into T Firma T since 1 Jan 2025", "Evaluated together", "F Firma F . merged into T", "History T Firma T",
        "History F Firma F"))
    checks.expect(0, "explain", "T", "--lang", "de", quiet=RAW + ("Merged",), says=(
        "Gemeinsam bewertet, weil zusammengeführt", r"F Firma F . zusammengeführt in T seit 01\.01\.2025"))
    # As of then the own decision is what happened.
    past = treue.explain("F", "2024-12-31")
    if (past["merged_into"], past["segment"], len(past["history"])) != (None, "C", 1):
        checks.problems.append(f"explain F as of 2024: {past['merged_into']}, {past['segment']}")
    treue.run("customer", "merge", "T", "X", "--from", "2024-06-01")
    past = treue.explain("T", "2024-12-31")
    if past["merged_into"] != {"number": "X", "name": "Firma X", "since": "2024-06-01", "decides": False}:
        checks.problems.append(f"own decision of one merged later: {past['merged_into']}")
    checks.expect(0, "explain", "T", "--cutoff", "2024-12-31", "--lang", "en", says=("decision of its own",), quiet=RAW)
    # A chain: both days are past, the later one counts.
    if treue.json("explain", "F")["merged_into"]["since"] != "2025-01-01":
        checks.problems.append("a chain of merges does not name the day it was complete")
    return checks.problems


def merged_into_nobody(treue):
    """Merged into somebody who was never evaluated: said, with what to do."""
    pair(treue)
    checks = Checks(treue)
    treue.run("customer", "merge", "F", "T", "--from", "2025-01-01")
    for language, words in (("en", "F is merged into T"), ("de", "F ist in T zusammengeführt")):
        checks.expect(2, "explain", "F", "--lang", language, says=(words, "treue evaluate"), quiet=RAW)
    return checks.problems


def groups(treue):
    """Account groups and sites: who is evaluated together and whose size class counts, in both languages."""
    document = concept()
    document["mechanics"]["size_factors"] = {"S": road.D("0.5"), "L": 2}
    document["segments"][0]["paths"][0]["all"][0]["scale"] = ["size"]
    customers(treue, [
        {"number": "K1", "name": "Nord", "since": "2010-01-01", "account_group": "G", "size_class": "L"},
        {"number": "K2", "name": "Süd", "since": "2010-01-01", "account_group": "G", "size_class": "S", "site_of": "K1"},
        {"number": "X", "name": "Allein", "since": "2010-01-01"}])
    purchases(treue, [("K1", "2025-03-01", 20), ("K2", "2025-03-01", 30), ("X", "2025-03-01", 1)])
    checks = Checks(treue)
    members = [{"number": "K1", "name": "Nord", "merged_into": None, "since": None},
               {"number": "K2", "name": "Süd", "merged_into": None, "since": None}]
    # The group: K2 buys most, S, 50 of 50. The sites: K1 is the head, L, 50 of 200.
    for evaluates, size, segment, german, english in (
            ("account_group", "K2", "A", "als Verbundgruppe", "as an account group"),
            ("site", "K1", "C", "als Standorte", "as sites")):
        document["program"]["evaluates"] = evaluates
        document["program"]["id"] = evaluates
        treue.load_concept(document, evaluates + ".yaml")
        program = ("--program", evaluates)
        treue.json("evaluate", "--cutoff", "2025-12-31", *program)
        shown = treue.json("explain", "K1", *program)
        if shown["together"] != {"evaluates": evaluates, "members": members, "size_class_of": size} or \
                shown["segment"] != segment:
            checks.problems.append(f"{evaluates}: {shown['segment']}, {shown['together']}")
        if treue.json("explain", "X", *program)["together"] is not None:
            checks.problems.append(f"{evaluates}: X is not alone")
        name = {"K1": "Nord", "K2": "Süd"}[size]
        checks.expect(0, "explain", "K2", *program, "--lang", "de", quiet=RAW,
                      says=(german, f"{size} {name} . Größenklasse zählt"))
        checks.expect(0, "explain", "K2", *program, "--lang", "en", quiet=RAW,
                      says=(english, f"{size} {name} . size class counts"))
    # Later facts change nothing of it: K2 leaves the group.
    treue.import_rows("customers", "later", ["number", "name", "account_group"],
                      [{"number": "K2", "name": "Süd", "account_group": "Z"}], valid_from="2020-01-01")
    if treue.json("explain", "K1", "--program", "account_group")["together"]["members"] != members:
        checks.problems.append("the explanation of a stored run follows later facts")
    return checks.problems


def dropped(treue):
    """R-127: a version that drops a segment of the one before is refused on release, and named; replaces mends it."""
    pair(treue)
    checks = Checks(treue)
    treue.evaluate("2024-12-31", "year", "--approve")
    renamed = concept()
    renamed["segments"][0]["id"] = "TOP"
    renamed["goals"] = [dict(renamed["goals"][0], segment="TOP")]
    path = treue.write("dropped.yaml", road.to_yaml(renamed))
    checks.expect(0, "concept", "load", path)
    for language in ("en", "de"):
        checks.expect(2, "concept", "release", "2", "--lang", language, says=(r"\bA\b", "replaces"))
    checks.expect(2, "concept", "load", path, "--release")
    if segments(treue.evaluate("2025-12-31", "year"))["F"][1] != "C":
        checks.problems.append("the refused version decides")
    treue.load_concept(dict(renamed, replaces={"A": "TOP"}), "mended.yaml")
    if treue.evaluate("2025-12-31", "year")["counts"] != {"TOP": 0, "C": 3, "P": 0}:
        checks.problems.append("the version that replaces the segment does not decide")
    return checks.problems


def program_of(name, threshold):
    document = concept(threshold)
    document["program"] = dict(document["program"], id=name)
    document["mechanics"]["override"] = {"max_months": 6, "max_share": 1}
    return document


def apart(treue, programs, cutoff):
    """Runs, appeals, analyses and what-ifs are those of the program that is named; K1 is in A of ost, K2 in A of west."""
    treue.run("appeal", "file", "K1", "--run", 1, "--reason", "r", "--owner", "carl", *programs["west"])
    past = ("--from", "2024-12-31", "--to", "2025-12-31", "--every", "12m")
    found = {name: (len(treue.json("run", "list", *program)), len(treue.json("appeal", "list", *program)),
                    {row["number"]: row["segment"] for row in treue.json("analyse", "abc", *cutoff, *program)["rows"]},
                    treue.json("backtest", *past, *program)["concept"],
                    treue.json("simulate", "--concept", "1", *cutoff, *program)["program"],
                    treue.json("run", "show", 1, *program)["cutoff"])
             for name, program in programs.items()}
    wanted = {"ost": (2, 0, {"K1": "A", "K2": "C"}, "ost v1", "ost", "2024-12-31"),
              "west": (1, 1, {"K1": "C", "K2": "A"}, "west v1", "west", "2025-12-31")}
    return [] if found == wanted else [f"by program: {found}, wanted {wanted}"]


def programs(treue):
    """R-080: two programs over the same customers: --program is needed wherever one is meant; memberships, grace,
    overrides and versions are apart."""
    customers(treue, [{"number": n, "name": n, "since": "2010-01-01"} for n in ("K1", "K2")])
    purchases(treue, [("K1", "2024-03-01", 150), ("K2", "2024-03-01", 60), ("K2", "2025-03-01", 60)])
    treue.load_concept(program_of("ost", 100), "ost.yaml")
    treue.evaluate("2024-12-31", "year", "--approve")
    treue.load_concept(program_of("west", 50), "west.yaml")
    checks = Checks(treue)
    cutoff = ("--cutoff", "2025-12-31")
    path = treue.write("more.yaml", road.to_yaml(program_of("west", 70)))
    for command in (("evaluate", *cutoff), ("explain", "K1"), ("concept", "show", "1"), ("concept", "release", "1"),
                    ("backtest", "--from", "2024-12-31", "--to", "2025-12-31"),
                    ("simulate", "--concept", "1", *cutoff), ("run", "list"), ("run", "show", 1), ("run", "approve", 1),
                    ("run", "reject", 1, "--all"), ("run", "repeat", 1), ("run", "compare", 1), ("appeal", "list"),
                    ("appeal", "file", "K1", "--run", 1, "--reason", "r", "--owner", "carl"),
                    ("appeal", "decide", 1, "--grant", "--result", "r"), ("analyse", "abc", *cutoff),
                    ("analyse", "risk", *cutoff), ("analyse", "distribution", "revenue", *cutoff),
                    ("override", "approve", 1), ("override", "refuse", 1), ("override", "withdraw", 1),
                    ("override", "request", "K2", "--segment", "A", "--to", "2026-06-30", "--reason", "r", "--actor",
                     "anna"), ("override", "list"), ("concept", "diff", "1", "1")):
        checks.expect(2, *command, says=("--program", "ost", "west"))
        checks.expect(2, *command, "--program", "nord", says=("nord",))
    west, ost = ("--program", "west"), ("--program", "ost")
    # A document says itself of which program it is; another one may not be named.
    for named in ((), west):
        checks.expect(0, "simulate", "--concept", path, *cutoff, *named, says=("west",))
    checks.expect(0, "simulate", "--concept", "1", "--against", path, *cutoff, says=("west",))
    checks.expect(0, "backtest", "--concept", path, "--from", "2024-12-31", "--to", "2025-12-31", "--every", "12m")
    checks.expect(2, "simulate", "--concept", path, *cutoff, *ost, says=("west", "ost"))
    checks.expect(2, "simulate", "--concept", path, *cutoff, "--program", "nord", says=("nord",))
    checks.expect(0, "concept", "list", says=(r"ost\s+v1", r"west\s+v1"))
    # Nobody is a member of west yet. In ost K1 is in A and misses it.
    found = [segments(treue.json("evaluate", *cutoff, *program, "--approve")) for program in (ost, west)]
    wanted = [{"K1": ("A", "A", "grace"), "K2": ("C", "C", "stay")}, {"K1": (None, "C", "new"), "K2": (None, "A", "new")}]
    if found != wanted:
        checks.problems.append(f"memberships: {found}")
    checks.problems += apart(treue, {"ost": ost, "west": west}, cutoff)
    checks.expect(0, "override", "request", "K1", "--segment", "A", "--to", "2026-06-30", "--reason", "r", "--actor",
                  "anna", *west)
    checks.expect(0, "override", "approve", "1", "--actor", "bert", *west)
    half = ("--cutoff", "2026-06-30", "--evaluation", "half_year", "--dry-run")
    found = [segments(treue.json("evaluate", *half, *program)) for program in (ost, west)]
    # K1's grace in ost ends; the override is only that of west. K2 bought for 60 within the year, A of west.
    wanted = [{"K1": ("A", "C", "demote"), "K2": ("C", "C", "stay")},
              {"K1": ("C", "A", "override"), "K2": ("A", "A", "stay")}]
    if treue.json("override", "list", *ost)["overrides"] or len(treue.json("override", "list", *west)["overrides"]) != 1:
        checks.problems.append("an override belongs to both programs")
    treue.run("concept", "load", path, "--release")
    numbers = [treue.json("evaluate", *half, *program)["concept"] for program in (ost, west)]
    if found[0] != wanted[0] or found[1]["K1"] != wanted[1]["K1"] or numbers != ["ost v1", "west v2"]:
        checks.problems.append(f"apart: {found}, {numbers}")
    for program, segment in ((ost, "A"), (west, "C")):
        if treue.json("explain", "K1", *program)["segment"] != segment:
            checks.problems.append(f"explain {program[1]}")
    return checks.problems


CASES = (refused, undone, explained, merged_into_nobody, groups, dropped, programs)


if __name__ == "__main__":
    sys.exit(road.run_cases(CASES, "customers", sys.argv[1]))
