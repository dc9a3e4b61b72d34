#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What-ifs and the ABC analysis on the real file: simulations equal the runs that follow, a backtest equals a chain of
single evaluations, and the published row of the ABC analysis comes out exactly.

  test_whatif_retail.py TREUE_BINARY

Verifies R-020 (the classes cumulate to 100 percent, the row calculated independently, who differs from the segment),
R-127 and R-144 on real data. The file is searched in TREUE_TEST_DATA (default ../shared beside the repository);
without it the test says so and is skipped.
"""
import collections
import datetime
import gzip
import os
import pathlib
import shutil
import sys

import road
import whatif
import wholesale
from fractions import Fraction

ABC = {"A": 1183, "B": 1401, "C": 1648}
GINI, TOP = "0.698387", "72.88"


def filled(treue, lines, name="lines.csv"):
    path = treue.folder / name
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
    shutil.copy(road.HERE / "online_retail_profile.yaml", treue.folder / "profile.yaml")
    treue.run("import", "purchases", path, "--profile", "profile.yaml", status=(0, 1))
    treue.run("concept", "load", road.HERE / "wholesale.yaml", "--release")


def raised(treue, step):
    """Thresholds a tenth higher per step; the third also changes what happens to those who miss."""
    document = wholesale.wholesale()
    for segment in document["segments"]:
        for path in segment.get("paths", ()):
            for criterion in path["all"]:
                for key in ("at_least", "keep"):
                    if criterion["metric"] == "revenue":
                        criterion[key] = criterion[key] * (10 + step) // 10
    if step == 3:
        document["mechanics"]["grace"] = "none"
    return treue.write(f"raised{step}.yaml", road.to_yaml(document))


def simulations(treue, lines):
    """Every run is simulated, then done; the version compared with is what was released before."""
    filled(treue, lines)
    problems = []
    for step, (cutoff, evaluation) in enumerate(wholesale.RUNS):
        path = raised(treue, step) if step else road.HERE / "wholesale.yaml"
        simulated = treue.json("simulate", "--concept", path, "--cutoff", cutoff, "--evaluation", evaluation)
        other = treue.evaluate(cutoff, evaluation, "--dry-run")
        treue.run("concept", "load", path, "--release", status=(0, 2))
        real = treue.evaluate(cutoff, evaluation, "--concept", path, "--approve")
        lines = whatif.simulation_differences(simulated, real, other)
        problems += [f"{cutoff}: {line[:600]}" for line in lines]
        if step and not simulated["moves"]:
            problems.append(f"{cutoff}: nobody moves")
    return problems


def past(treue, lines):
    filled(treue, lines)
    days = whatif.month_ends(datetime.date(2010, 6, 30), datetime.date(2011, 11, 30))
    tested = treue.json("backtest", "--from", days[0], "--to", days[-1], "--evaluation", "year")
    matching = {"05-31": "half_year"}
    real = [treue.evaluate(day, matching.get(f"{day:%m-%d}", "year"), "--approve") for day in days]
    return [line[:600] for line in whatif.chain_differences(tested, real)]


def fields(line):
    invoice, article, rest = line.rstrip("\r\n").split(",", 2)
    return [invoice, article] + rest.rsplit(",", 5)[1:]


def brute_force(lines):
    """Net pence by customer of the twelve months, each line rounded half away from zero as the import does."""
    sums = collections.Counter()
    for line in lines[1:]:
        _, _, quantity, moment, price, customer = fields(line)[:6]
        if customer and "2009-12-01" <= moment[:10] <= "2010-11-30":
            pence = Fraction(quantity) * Fraction(price) * 100
            sums[customer] += int(abs(pence) + Fraction(1, 2)) * (1 if pence > 0 else -1)
    return {customer: amount for customer, amount in sums.items() if amount > 0}


def abc(treue, lines):
    priced = [lines[0]] + [line for line in lines[1:] if Fraction(fields(line)[4]) > 0]
    filled(treue, priced)
    treue.evaluate(*wholesale.RUNS[0], "--approve")
    printed = treue.json("analyse", "abc", "--from", "2009-12-01", "--to", "2010-11-30")
    found = {name: row["customers"] for name, row in printed["classes"].items()}
    problems = whatif.first_difference("classes", ABC, found)
    problems += whatif.first_difference("Gini", GINI, printed["gini"])
    problems += whatif.first_difference("top 20 %", TOP, f"{round(Fraction(printed['top_share']) * 10000) / 100:.2f}")
    rows = [row for row in printed["rows"] if row["class"]]
    if rows[-1]["cumulated"] != "1.000000" or sum(Fraction(row["amount"]) for row in rows) != Fraction(printed["total"]):
        problems.append(f"does not cumulate to 100 percent: {rows[-1]}")
    amounts = {row["number"]: int(Fraction(row["amount"]) * 100) for row in rows}
    problems += whatif.first_difference("amounts", brute_force(priced), amounts)
    segments = {row["number"]: row["segment"] for row in
                treue.evaluate(*wholesale.RUNS[0], "--dry-run")["customers"]}
    wanted = {row["number"]: row["class"] != segments[row["number"]] for row in rows}
    problems += whatif.first_difference("who differs", wanted, {row["number"]: row["differs"] for row in rows})
    return problems


def main(binary):
    shared = os.environ.get("TREUE_TEST_DATA") or road.HERE.parent.parent.parent / "shared"
    path = pathlib.Path(shared) / "data" / "online_retail.csv.gz"
    if not path.exists():
        print(f"SKIPPED: {path} is not there (set TREUE_TEST_DATA)")
        return 77
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        lines = file.readlines()
    return road.run_cases((abc, simulations, past), "whatif-retail", binary, lines, currency="GBP")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
