#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`treue simulate` and `treue backtest` against what really happens afterwards, on random companies and concepts.

  test_whatif.py TREUE_BINARY [--seeds N] [--first K]

Every simulation is followed by loading, releasing and evaluating the changed concept; every backtest by a chain of
single evaluations, each approved; merges, overrides and customers evaluated as one occur in both, and most backtests
start after approved evaluations. Every customer is compared. Hand-calculated cases say what is shown.
Verifies R-127 (who changes group by a threshold raised by a tenth, and revenue; nothing changes until release), R-144
(three years in simulation, reproducible), R-093 (only criteria move customers), R-016 (who just misses).
"""
import argparse
import concurrent.futures
import csv
import datetime
import random
import sys
import traceback

import company
import road
import whatif
from road import Checks
from rules_metrics import crit
from test_concept import concept
from test_oracle import grant

SEEDS = 60


# ---- random companies -----------------------------------------------------------------------------------------------

def changed_concept(case, chance):
    """Another concept of the same segments: new criteria, now and then the same ones with other mechanics."""
    mechanics = case._mechanics() if chance.random() < 0.7 else case.concepts[0]["mechanics"]
    if chance.random() < 0.25:
        return dict(case.concepts[0], mechanics=mechanics)
    return case._concept(mechanics)


def check_simulation(case, treue, chance, step, label):
    """Before `step` is approved: simulate a changed concept there, then do it."""
    changed = changed_concept(case, chance)
    path = treue.write(f"changed{label}.yaml", road.to_yaml(changed))
    arguments = ("--cutoff", step.cutoff, "--evaluation", step.evaluation)
    stored = treue.run("concept", "list")
    simulated = treue.json("simulate", "--concept", path, *arguments)
    other = treue.evaluate(step.cutoff, step.evaluation, "--dry-run")
    if treue.run("concept", "list") != stored:
        return ["a simulation stored the concept"]
    treue.run("concept", "load", path, "--release")
    real = treue.evaluate(step.cutoff, step.evaluation, "--concept", path, "--approve")
    return whatif.simulation_differences(simulated, real, other)


def simulate_chain(case, treue):
    chance = random.Random(f"what-if {case.seed}")
    treue.load_concept(case.concepts[0], "concept0.yaml")
    for label, step in enumerate(case.chain):
        grant(case, [treue], label)
        if step.mode != "approve":
            continue
        if label and chance.random() < 0.6:
            problems = check_simulation(case, treue, chance, step, label)
            if problems:
                return [f"simulation at {step.cutoff} {step.evaluation}: {line}" for line in problems]
        else:
            treue.evaluate(step.cutoff, step.evaluation, "--approve")
    return []


def approved_before(case, treue, chance):
    """Some evaluations really happen, merged customers among them, and all overrides are granted; returns the end of a
    month after them."""
    treue.load_concept(case.concepts[0], "concept0.yaml")
    count = chance.randint(1, len(case.chain) - 1)
    for position, step in enumerate(case.chain):
        grant(case, [treue], position)
        if position < count and step.mode == "approve":
            treue.evaluate(step.cutoff, step.evaluation, "--approve")
    return (case.chain[count - 1].cutoff + datetime.timedelta(days=chance.choice((32, 62, 150)))).replace(
        day=1) - datetime.timedelta(days=1)


def check_backtest(case, treue):
    chance = random.Random(f"backtest {case.seed}")
    changed = changed_concept(case, chance)
    path = treue.write("past.yaml", road.to_yaml(changed))
    first = chance.choice((datetime.date(2022, 12, 31), datetime.date(2023, 3, 31), datetime.date(2023, 6, 30)))
    months = chance.choice((1, 3, 3, 6))
    if case.together.random() < 0.6:
        first = approved_before(case, treue, chance)
    days = whatif.month_ends(first, datetime.date(2025, 12, 31), months)[:chance.choice((6, 9, 12))]
    otherwise = chance.choice(("year", "half_year", "spring"))
    arguments = ("--concept", path, "--from", first, "--to", days[-1] + datetime.timedelta(days=chance.randint(0, 20)),
                 "--every", f"{months}m", "--evaluation", otherwise)
    tested = treue.json("backtest", *arguments)
    if treue.json("backtest", *arguments) != tested:
        return ["two backtests differ"]
    treue.run("concept", "load", path, "--release")
    matching = {rule["cutoff"]: rule["id"] for rule in reversed(changed["mechanics"]["evaluations"])}
    real = [treue.evaluate(day, matching.get(f"{day:%m-%d}", otherwise), "--concept", path, "--approve")
            for day in days]
    return [f"backtest: {line}" for line in whatif.chain_differences(tested, real)]


def run_seed(arguments):
    binary, seed = arguments
    try:
        problems = []
        case = company.Case(seed, together=True)
        with road.Folder(f"whatif-{seed}") as folder, road.Folder(f"whatif-{seed}-past") as other:
            treue = road.Treue(binary, folder)
            case.write(treue)
            past = treue.copied(other)
            problems += simulate_chain(case, treue)
            problems += check_backtest(company.Case(seed, together=True), past)
        return seed, problems
    except road.RoadError as problem:
        return seed, [str(problem)]
    except Exception:  # a fault of the test itself belongs to its seed, too
        return seed, [traceback.format_exc()]


# ---- hand-calculated cases ------------------------------------------------------------------------------------------

COLUMNS = ["customer", "document", "date", "article", "amount", "cost"]


def small_company(treue):
    """Revenue 2025: K1 150 (cost 100), K2 105 (no cost), K3 60 (cost 45), K4 5; A from 100."""
    treue.import_rows("customers", "customers", ["number", "name", "territory"], [
        {"number": "K1", "name": "Eins", "territory": "Nord"}, {"number": "K2", "name": "Zwei", "territory": "Nord"},
        {"number": "K3", "name": "Drei", "territory": "Süd"}, {"number": "K4", "name": "Vier"}])
    treue.import_rows("purchases", "purchases", COLUMNS, [
        {"customer": customer, "document": str(i), "date": "2025-05-01", "article": "X", "amount": amount, "cost": cost}
        for i, (customer, amount, cost) in enumerate((("K1", "150", "100"), ("K2", "105", None), ("K3", "60", "45"),
                                                       ("K4", "5", None)))], ("products",))
    treue.load_concept(concept())


def raised(treue, threshold=110):
    return treue.write("raised.yaml", road.to_yaml(concept(threshold)))


def threshold(treue):
    """R-127: threshold raised by a tenth: K2 alone falls from A to C; revenue, margin and who is responsible are shown;
    nothing is stored, and the released version goes on deciding."""
    small_company(treue)
    checks = Checks(treue)
    arguments = ("--concept", raised(treue), "--cutoff", "2025-12-31")
    before, stored = treue.evaluate("2025-12-31", "year", "--dry-run"), treue.run("concept", "list")
    printed = treue.json("simulate", *arguments)
    wanted = {
        "segments_against": {"A": (2, "255.00", "50.00"), "C": (2, "65.00", "15.00"), "P": (0, "0.00", None)},
        "segments": {"A": (1, "150.00", "50.00"), "C": (3, "170.00", "15.00"), "P": (0, "0.00", None)},
    }
    for key, sums in wanted.items():
        found = {name: (v["customers"], v["revenue"], v["margin"]) for name, v in printed[key].items()}
        checks.problems += whatif.first_difference(key, sums, found)
    moves = [(row["number"], row["from"], row["to"], row["direction"]) for row in printed["moves"]]
    checks.problems += whatif.first_difference("moves", [("K2", "A", "C", "down")], moves)
    checks.problems += whatif.first_difference(
        "at stake", [{"responsible": "Nord", "up": 0, "up_revenue": "0.00", "down": 1, "down_revenue": "105.00"}],
        printed["at_stake"])
    if treue.evaluate("2025-12-31", "year", "--dry-run") != before:
        checks.problems.append("the released version decides otherwise after a simulation")
    if treue.run("concept", "list") != stored:
        checks.problems.append("the changed concept was stored")
    return checks.problems


def responsible(treue):
    """R-127: revenue at stake goes to the rep: the customer's own, else that of the territory."""
    small_company(treue)
    treue.import_rows("responsibilities", "reps", ["customer", "territory", "responsible", "role", "valid_from"], [
        {"territory": "Nord", "responsible": "anna", "role": "rep", "valid_from": "2024-01-01"},
        {"customer": "K3", "responsible": "bert", "role": "rep", "valid_from": "2024-01-01"},
        {"customer": "K4", "responsible": "cleo", "role": "rep", "valid_from": "2026-01-01"}])
    problems = []
    for limit, wanted in ((110, [("anna", 0, "0.00", 1, "105.00")]),
                          (5, [("bert", 1, "60.00", 0, "0.00"), (None, 1, "5.00", 0, "0.00")])):
        printed = treue.json("simulate", "--concept", raised(treue, limit), "--cutoff", "2025-12-31")
        found = [tuple(row[key] for key in ("responsible", "up", "up_revenue", "down", "down_revenue"))
                 for row in printed["at_stake"]]
        problems += whatif.first_difference(f"at stake by {limit}", wanted, found)
    return problems


def reasons(treue):
    """R-127: who moves and why, as CSV: value and both thresholds in words, in both languages."""
    small_company(treue)
    checks = Checks(treue)
    arguments = ("simulate", "--concept", raised(treue), "--cutoff", "2025-12-31")
    for language, words in (("de", ("Umsatz", "105,00 EUR", "100,00 EUR: erfüllt", "110,00 EUR: nicht erfüllt")),
                            ("en", ("revenue", "EUR 105.00", "EUR 100.00: met", "EUR 110.00: not met"))):
        treue.run(*arguments, "--moves", "moves.csv", "--lang", language)
        with open(treue.folder / "moves.csv", encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";" if language == "de" else ","))
        if [(r["number"], r["name"], r["territory"], r["membership"], r["from"], r["to"], r["revenue_12m"])
                for r in rows] != [("K2", "Zwei", "Nord", "", "A", "C", "105,00" if language == "de" else "105.00")]:
            checks.problems.append(f"moves.csv: {rows}")
        checks.problems += [f"{language}: {word} is missing in {rows}" for word in words
                            if rows and word not in rows[0]["why"]]
    printed = treue.run(*arguments, "--format", "csv", "--lang", "en")
    checks.problems += whatif.first_difference("csv", rows, list(csv.DictReader(printed.splitlines())))
    return checks.problems


def mechanics(treue):
    """R-093: with the same criteria only the rules of the ladder can move somebody, and that is what is said."""
    small_company(treue)
    treue.evaluate("2025-12-31", "year", "--approve")
    document = concept()
    document["mechanics"]["grace"] = "none"
    checks = Checks(treue)
    path = treue.write("strict.yaml", road.to_yaml(document))
    printed = treue.json("simulate", "--concept", path, "--cutoff", "2026-12-31", "--lang", "en")
    found = {row["number"]: (row["against_decision"], row["decision"]) for row in printed["customers"]}
    wanted = {"K1": ("grace", "demote"), "K2": ("grace", "demote"), "K3": ("stay", "stay"), "K4": ("stay", "stay")}
    checks.problems += whatif.first_difference("decisions", wanted, found)
    if not all("promotion and demotion" in row["why"] for row in printed["moves"]) or len(printed["moves"]) != 2:
        checks.problems.append(f"why: {printed['moves']}")
    same = treue.json("simulate", "--concept", "1", "--cutoff", "2026-12-31")
    if same["moves"] or same["other_decisions"]:
        checks.problems.append(f"the same concept moves somebody: {same['moves']}")
    return checks.problems


def pages(treue):
    """The table in both languages; R-016: who just misses is shown beside it."""
    small_company(treue)
    treue.evaluate("2025-12-31", "year", "--approve")
    checks = Checks(treue)
    raw = (r"simulate\.\w", r"backtest\.\w", r"\{\w+\}")
    arguments = ("simulate", "--concept", raised(treue), "--cutoff", "2025-12-31", "--near", "3")
    checks.expect(0, *arguments, "--lang", "de", says=("255,00", "▓|█|░|▒", "Nord", "nichts gespeichert"), quiet=raw)
    checks.expect(0, *arguments, "--lang", "en", says=("255\\.00", "Zwei", r"K2 +C +A"), quiet=raw)
    past = ("backtest", "--from", "2024-12-31", "--to", "2025-12-31", "--every", "3m")
    checks.expect(0, *past, "--lang", "de", says=("5 Stichtage", r"31\.03\.2025", "30\\.09\\.2025"), quiet=raw)
    checks.expect(0, *past, "--lang", "en", says=("5 cut-offs", "31 Mar 2025"), quiet=raw)
    table = list(csv.reader(treue.run(*past, "--format", "csv").splitlines()))
    if [row[0] for row in table[1:]] != ["2024-12-31", "2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31"] or \
            [row[1] for row in table[1:]] != ["year", "year", "half_year", "year", "year"]:
        checks.problems.append(f"backtest csv: {table}")
    checks.expect(2, "simulate", "--cutoff", "2025-12-31", says=("--concept",))
    checks.expect(2, "simulate", "--concept", "9", "--cutoff", "2025-12-31", says=("9",))
    checks.expect(2, "backtest", "--from", "2025-12-31", "--to", "2024-12-31", says=("--from",))
    checks.expect(2, "backtest", "--from", "2025-12-31", "--to", "2026-12-31", "--every", "1y", says=("1y",))
    checks.expect(2, "backtest", "--from", "2000-01-01", "--to", "2025-12-31", "--every", "1d", says=("1,?200",))
    return checks.problems


def returning(treue):
    """R-144: K is in A by the purchases of one month, out, and in again two evaluations later."""
    months = {"2025-01-10": "150", "2025-04-10": "150", "2025-10-10": "150"}
    treue.import_rows("purchases", "purchases", COLUMNS, [
        {"customer": "K", "document": day, "date": day, "article": "X", "amount": amount}
        for day, amount in months.items()], ("customers", "products"))
    document = concept()
    document["segments"][0]["paths"][0]["all"] = [crit("revenue", "1m", at_least=100)]
    document["mechanics"]["grace"] = "none"
    treue.load_concept(document)
    printed = treue.json("backtest", "--from", "2025-01-31", "--to", "2025-12-31", "--every", "1m", "--evaluation",
                         "year")
    flapping = {step["cutoff"]: step["flapping"] for step in printed["steps"] if step["flapping"]}
    # Out at the end of February, back in April (two later). Out in May, to C for October: five later does not count.
    # From November on C again: back in the segment left in October, one later.
    wanted = {"2025-04-30": 1, "2025-05-31": 1, "2025-11-30": 1}
    problems = whatif.first_difference("flapping", wanted, flapping)
    return problems + whatif.first_difference("customers", 1, printed["flapping_customers"])


def unwritable(treue):
    """Where --moves cannot be written, the path the person gave is named, and that the folder is missing."""
    small_company(treue)
    checks = Checks(treue)
    command = ("simulate", "--concept", "1", "--cutoff", "2025-12-31")
    checks.expect(2, *command, "--moves", "nowhere/moves.csv", "--lang", "de", quiet=(r"\.tmp",),
                  says=(r"nowhere/moves\.csv kann nicht geschrieben werden: Den Ordner gibt es nicht",))
    checks.expect(2, *command, "--moves", "nowhere/moves.csv", "--lang", "en", says=("the folder does not exist",))
    return checks.problems


CASES = (threshold, responsible, reasons, mechanics, unwritable, pages, returning)


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args(arguments)
    binary, passed, failed = road.absolute(options.binary), 0, 0
    results = [(case.__name__, road.run_case(case, "whatif", binary)) for case in CASES]
    work = [(binary, seed) for seed in range(options.first, options.first + options.seeds)]
    with concurrent.futures.ProcessPoolExecutor(max_workers=2) as pool:
        results += [(f"seed {seed}", problems) for seed, problems in pool.map(run_seed, work)]
    for name, problems in results:
        passed, failed = passed + (not problems), failed + bool(problems)
        if problems and failed <= 10:
            print(f"FAILED {name}:", *problems[:6], sep="\n    ", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
