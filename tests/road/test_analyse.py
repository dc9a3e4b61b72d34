#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`treue analyse` against counting by hand and by brute force.

  test_analyse.py TREUE_BINARY

Verifies R-013 (histogram with a movable threshold: number and revenue left and right equal a count; quantiles, outliers,
groups side by side), R-026 (customers with falling three-month revenue are listed, retention) and R-020 (classes cumulate to 100 percent, limits configurable, who differs from the segment).
"""
import csv
import random
import sys
from fractions import Fraction

import road
import whatif
from road import Checks
from test_concept import concept

COLUMNS = ["customer", "document", "date", "article", "amount", "cost"]
CUTOFF = ("--cutoff", "2025-12-31")


def purchases(treue, amounts, costs=None):
    treue.import_rows("purchases", "purchases", COLUMNS, [
        {"customer": customer, "document": f"{customer}.{i}", "date": f"2025-{1 + i % 12:02}-15", "article": "X",
         "amount": amount, "cost": (costs or {}).get(customer)}
        for customer, several in amounts.items() for i, amount in enumerate(several)], ("customers", "products"))


def classes(treue):
    """R-020: 100 customers' worth of sums by hand: 500, 300, 100, 50, 30, 20 and one credit note."""
    sums = {"K1": ["500"], "K2": ["300"], "K3": ["100"], "K4": ["50"], "K5": ["30"], "K6": ["20"], "K7": ["-5"]}
    purchases(treue, sums, {"K1": "490", "K2": "200", "K3": "10"})
    checks = Checks(treue)
    # Before K1 0, K2 50, K3 80, K4 90, K5 95, K6 98 percent: K3 is no longer below 80, K5 no longer below 95.
    for arguments, wanted in (((), "AABBCC"), (("--limits", "50,90"), "ABBCCC"), (("--limits", "80.0001,95.5"), "AAABBC"),
                              (("--limits", "0,100"), "BBBBBB")):
        printed = treue.json("analyse", "abc", *CUTOFF, *arguments)
        found = "".join(row["class"] or "" for row in printed["rows"])
        checks.problems += whatif.first_difference(f"classes {arguments}", wanted, found)
    checks.problems += whatif.first_difference(
        "cumulated", ["0.500000", "0.800000", "0.900000", "0.950000", "0.980000", "1.000000", None],
        [row["cumulated"] for row in printed["rows"]])
    # 2 (20 + 60 + 150 + 400 + 1500 + 3000) / 6000 - 7/6
    checks.problems += whatif.first_difference("Gini", "0.543333", printed["gini"])
    checks.problems += whatif.first_difference("top", (2, "0.800000"), (printed["top_customers"], printed["top_share"]))
    by_margin = treue.json("analyse", "abc", *CUTOFF, "--by", "margin")
    checks.problems += whatif.first_difference(
        "by margin", [("K2", "100.00"), ("K3", "90.00"), ("K1", "10.00")],
        [(row["number"], row["amount"]) for row in by_margin["rows"]])
    return checks.problems


def differences(treue):
    """R-020: the best segment goes with A, the rest with B and C; who differs is listed, and shown in both languages."""
    purchases(treue, {"K1": ["500"], "K2": ["300"], "K3": ["100"], "K4": ["40"]})
    treue.load_concept(concept(200))
    checks = Checks(treue)
    printed = treue.json("analyse", "abc", *CUTOFF)
    if any(row["segment"] or row["differs"] for row in printed["rows"]):
        checks.problems.append("segments before anybody was approved")
    treue.evaluate("2025-12-31", "year", "--approve")
    printed = treue.json("analyse", "abc", *CUTOFF, "--limits", "50,95")
    found = [(row["number"], row["class"], row["segment"], row["differs"]) for row in printed["rows"]]
    # C is the second segment: it goes with class B.
    wanted = [("K1", "A", "A", False), ("K2", "B", "A", True), ("K3", "B", "C", False), ("K4", "C", "C", True)]
    checks.problems += whatif.first_difference("differences", wanted, found)
    table = list(csv.DictReader(treue.run("analyse", "abc", *CUTOFF, "--limits", "50,95", "--format", "csv").splitlines()))
    checks.problems += whatif.first_difference(
        "csv", wanted, [(r["number"], r["class"], r["segment"], r["differs"] == "yes") for r in table])
    raw = (r"analyse\.\w", r"\{\w+\}")
    checks.expect(0, "analyse", "abc", *CUTOFF, "--lang", "de", says=("940,00", "Gini 0,", "█"), quiet=raw)
    checks.expect(0, "analyse", "abc", *CUTOFF, "--lang", "en", says=(r"940\.00", r"Gini 0\.", "K4"), quiet=raw)
    return checks.problems


def nearest_rank(ordered, percent):
    return ordered[max(1, -(-len(ordered) * percent // 100)) - 1]


def histogram(treue):
    """R-013: 400 customers with skewed revenue; every border, threshold and quantile against counting."""
    chance = random.Random(13)
    amounts = {f"K{i}": [f"{chance.randint(1, 999) ** 2 // 100}.{chance.randint(0, 99):02}"
                         for _ in range(chance.randint(1, 4))] for i in range(400)}
    purchases(treue, amounts)
    sums = {customer: sum(map(Fraction, several)) for customer, several in amounts.items()}
    ordered = sorted(sums.values())
    treue.load_concept(concept(10000))
    treue.evaluate("2025-12-31", "year", "--approve")
    checks = Checks(treue)
    for bins in ("5", "12", "40"):
        printed = treue.json("analyse", "distribution", "revenue", *CUTOFF, "--bins", bins)
        inside = [(Fraction(b["from"]), Fraction(b["to"]), b["customers"]) for b in printed["bins"]]
        wanted = [(low, high, sum(low <= value < high for value in ordered)) for low, high, _ in inside]
        checks.problems += whatif.first_difference(f"bins {bins}", wanted, inside)
        if printed["below"] + printed["above"] + sum(b[2] for b in inside) != 400 or len(inside) > int(bins) + 1:
            checks.problems.append(f"bins {bins}: {printed['below']}, {len(inside)}, {printed['above']}")
    wanted = {str(q): f"{float(nearest_rank(ordered, q)):.2f}" for q in (5, 10, 25, 50, 75, 90, 95)}
    checks.problems += whatif.first_difference("quantiles", wanted, printed["quantiles"])
    first, third = nearest_rank(ordered, 25), nearest_rank(ordered, 75)
    far = {c for c, v in sums.items() if v > third + 3 * (third - first) or v < first - 3 * (third - first)}
    checks.problems += whatif.first_difference("outliers", far, set(printed["outliers"]))
    for threshold in ("0", "1000", f"{float(ordered[200]):.2f}", f"{float(ordered[-1]):.2f}", "99999999.99"):
        printed = treue.json("analyse", "distribution", "revenue", *CUTOFF, "--threshold", threshold)
        left = [v for v in ordered if v < Fraction(threshold)]
        right = [v for v in ordered if v >= Fraction(threshold)]
        checks.problems += whatif.first_difference(
            f"threshold {threshold}", [(len(side), f"{float(sum(side)):.2f}") for side in (left, right)],
            [(printed[side]["customers"], printed[side]["revenue"]) for side in ("left", "right")])
    best = treue.json("analyse", "distribution", "revenue", *CUTOFF, "--segment", "A")
    checks.problems += whatif.first_difference("segment A", sum(v >= 10000 for v in ordered), best["customers"])
    return checks.problems


def kinds(treue):
    """Ratios, counts and attributes; unknown values are counted apart."""
    treue.import_rows("customers", "customers", ["number", "name", "since", "attribute:staff"], [
        {"number": f"K{i}", "name": f"Kunde {i}", "since": "2020-01-01", "attribute:staff": staff}
        for i, staff in enumerate(("7", "2.5", "30", "", "many"))])
    treue.import_rows("purchases", "purchases", COLUMNS, [
        {"customer": "K0", "document": "1", "date": "2024-06-15", "article": "X", "amount": "300"},
        {"customer": "K0", "document": "2", "date": "2025-06-15", "article": "X", "amount": "400"},
        {"customer": "K1", "document": "3", "date": "2025-06-15", "article": "X", "amount": "1"}], ("products",))
    checks = Checks(treue)
    staff = treue.json("analyse", "distribution", "attribute", "--of", "staff", *CUTOFF, "--threshold", "2.6")
    checks.problems += whatif.first_difference(
        "staff", (3, 2, "7.000000", 1, 2), (staff["customers"], staff["unknown"], staff["quantiles"]["50"],
                                            staff["left"]["customers"], staff["right"]["customers"]))
    growth = treue.json("analyse", "distribution", "revenue_growth", *CUTOFF, "--threshold", "0.333333")
    # 1/3 is more than 0.333333.
    checks.problems += whatif.first_difference(
        "growth", (1, 4, "0.333333", 0, 1), (growth["customers"], growth["unknown"], growth["quantiles"]["50"],
                                             growth["left"]["customers"], growth["right"]["customers"]))
    orders = treue.json("analyse", "distribution", "orders", "--from", "2025-01-01", "--to", "2025-06-14")
    checks.problems += whatif.first_difference("orders", (5, {"5": "0", "95": "0"}), (
        orders["customers"], {q: orders["quantiles"][q] for q in ("5", "95")}))
    raw = (r"analyse\.\w", r"\{\w+\}")
    for language in ("de", "en"):
        for arguments in (("revenue",), ("revenue_growth", "--threshold", "0.1"), ("attribute", "--of", "staff")):
            checks.expect(0, "analyse", "distribution", *arguments, *CUTOFF, "--lang", language, says=("█",), quiet=raw)
    return checks.problems


def risk(treue):
    """R-026: FALL bought 300, then 120 in the same three months; GONE nothing any more; the others the same or more."""
    documents = {"FALL": (("2024-11-05", "300"), ("2025-10-15", "120")), "GONE": (("2024-10-01", "50"),),
                 "SAME": (("2024-12-31", "80"), ("2025-12-01", "80")), "MORE": (("2024-11-05", "10"), ("2025-11-05", "20")),
                 "SUMMER": (("2024-06-05", "900"), ("2025-07-05", "10")), "NEW": (("2025-11-11", "5"),),
                 # The first day of the window of the year before, and the day before it.
                 "EDGE": (("2024-10-01", "7"),), "OUT": (("2024-09-30", "7"),)}
    treue.import_rows("purchases", "purchases", COLUMNS[:5], [
        {"customer": customer, "document": f"{customer}{day}", "date": day, "article": "X", "amount": amount}
        for customer, rows in documents.items() for day, amount in rows], ("customers", "products"))
    treue.load_concept(concept(100))
    treue.evaluate("2024-12-31", "year", "--approve")
    checks = Checks(treue)
    printed = treue.json("analyse", "risk", *CUTOFF)
    found = [(row["number"], row["year_before"], row["last_three_months"]) for row in printed["at_risk"]]
    wanted = [("FALL", "300.00", "120.00"), ("GONE", "50.00", "0.00"), ("EDGE", "7.00", "0.00")]
    checks.problems += whatif.first_difference("at risk", wanted, found)
    kept = {row["segment"]: (row["members"], row["retained"]) for row in printed["retention"]}
    checks.problems += whatif.first_difference("retention", {"A": (2, 2), "C": (5, 2)}, kept)
    table = list(csv.DictReader(treue.run("analyse", "risk", *CUTOFF, "--format", "csv").splitlines()))
    checks.problems += whatif.first_difference("csv", [row[0] for row in wanted], [row["number"] for row in table])
    raw = (r"analyse\.\w", r"\{\w+\}")
    checks.expect(0, "analyse", "risk", *CUTOFF, "--lang", "de", says=("3 Kunden", "-180,00|−180,00", "40,0 %"), quiet=raw)
    checks.expect(0, "analyse", "risk", *CUTOFF, "--lang", "en", says=("3 customers", "300\\.00", "FALL"), quiet=raw)
    return checks.problems


def mistakes(treue):
    checks = Checks(treue)
    for arguments, says in ((("abc",), "--cutoff"), (("abc", *CUTOFF, "--limits", "95,80"), "95,80"),
                            (("abc", *CUTOFF, "--by", "orders"), "orders"), (("xyz", *CUTOFF), "xyz"),
                            (("distribution", *CUTOFF), "revenue"), (("distribution", "luck", *CUTOFF), "luck"),
                            (("distribution", "attribute", *CUTOFF), "--of"), ((), "abc"),
                            (("distribution", "revenue", *CUTOFF, "--window", "1y"), "1y"),
                            (("distribution", "revenue", *CUTOFF, "--bins", "0"), "--bins"),
                            (("distribution", "revenue", *CUTOFF, "--threshold", "x"), "x"),
                            (("distribution", "revenue", *CUTOFF, "--from", "2025-01-01"), "--from")):
        checks.expect(2, "analyse", *arguments, says=(says,), quiet=(r"analyse\.\w",))
    checks.expect(0, "analyse", "abc", *CUTOFF)
    checks.expect(0, "analyse", "distribution", "revenue", *CUTOFF)
    return checks.problems


CASES = (classes, differences, histogram, kinds, risk, mistakes)


if __name__ == "__main__":
    sys.exit(road.run_cases(CASES, "analyse", sys.argv[1]))
