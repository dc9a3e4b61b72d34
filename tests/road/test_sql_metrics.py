#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The metrics counted by SQL against those counted from the column index: `evaluate --metrics sql` and `--metrics index`
on random companies (company.py) and on tests/road/small must print the same, and store the same value, base and flags
of every criterion for every customer. Documents are replaced, imports undone and customers' facts changed in between,
so that visibility is tested too; every second company has account groups, sites and merged customers, who are evaluated
as one. Every metric and every window must have been compared for at least 100 customers, and for 50 in units of several.

Verifies R-029 (metrics as SQL, held against the engine), X-03 in part.

  test_sql_metrics.py TREUE_BINARY [--seeds N] [--first K]
"""
import argparse
import collections
import concurrent.futures
import json
import random
import sys
import traceback

import company
import road

WINDOWED = ("revenue", "revenue of", "margin", "orders", "product_groups", "articles", "active_months",
            "revenue_growth", "digital_share", "activities", "visits")
OTHERS = ("recency", "tenure", "potential", "share_of_wallet", "open_potential")
OF = {"attribute": ("trade", "staff", "fit", "shares", "size_class", "unheard"),
      "value": ("customer_value", "score", "unheard"), "certified_people": (None, "Planung", "Montage"),
      "activities": (None, "joint_marketing", "training")}
SINGLE = ("attribute", "value", "certified_people")
WINDOWS = tuple(dict.fromkeys(company.WINDOWS))
SEEDS = 10
AT_LEAST, AT_LEAST_UNITED = 100, 50
EVALUATES = ("account_group", "site", "customer")
PROBES = 30
EXPLAINED, EXPLAINED_TOGETHER = 12, 18


def criterion(chance, metric, window=None):
    """Asks for a metric; the threshold hardly matters, values are compared."""
    made = {"metric": metric.partition(" ")[0]}
    if metric == "revenue of":
        made["of"] = chance.choice(company.GROUPS)
    of = chance.choice(OF[metric]) if metric in OF else None
    if of:
        made["of"] = of
    if window:
        made["window"] = window
    if metric == "attribute":
        made["contains"] = "e"
    else:
        made["at_least"] = chance.choice((0, 1, 2, 300))
    return made


def probes(chance):
    pairs = [(metric, window) for metric in WINDOWED for window in WINDOWS
             if metric != "revenue_growth" or window in company.PREVIOUS_WINDOWS]
    criteria = [criterion(chance, metric, window) for metric, window in chance.sample(pairs, PROBES)]
    criteria += [criterion(chance, metric) for metric in OTHERS + tuple(SINGLE)]
    return criteria + [criterion(chance, metric) for metric in SINGLE]


def concept(case, chance, program, evaluates="customer"):
    """One segment per kind that asks for everything."""
    def segment(name, kind):
        return {"id": name, "name": {"de": name}, "for": kind,
                "paths": [{"id": "all", "some": {"at_least": 3, "of": probes(chance)}}]}
    rest = [{"id": "Z", "name": {"de": "Alle"}, "for": "customers", "rest": True},
            {"id": "R", "name": {"de": "Start"}, "for": "prospects", "rest": True}]
    mechanics = {"evaluations": [{"id": "year", "cutoff": "12-31", "effective": "02-01", "moves": ["up", "down"]}],
                 "grace": "none"}
    if chance.random() < 0.4:
        mechanics["classify_after"] = {"orders": 2, "revenue": 500}
    return {"format": 1,
            "program": {"id": program, "name": {"de": "Kreis"}, "currency": "EUR", "year_starts": case.year_starts,
                        "evaluates": evaluates},
            "segments": [segment("A", "customers"), rest[0], segment("P", "prospects"), rest[1]],
            "mechanics": mechanics}


def count(coverage, explained):
    of_units = len(explained["together"] or ()) > 1
    for segment in explained["segments"]:
        for path in segment["paths"]:
            for asked in path["criteria"]:
                names = ["metric " + asked["metric"] + (" of" if asked["metric"] == "revenue" and asked.get("of")
                                                        else "")]
                if asked.get("window"):
                    names.append("window " + asked["window"])
                for name in names:
                    coverage[name] += 1
                    coverage["united " + name] += of_units


def difference(left, right, place=""):
    """The first place where two JSON values differ, or None."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(set(left) | set(right)):
            found = difference(left.get(key), right.get(key), f"{place}.{key}")
            if found:
                return found
        return None
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for i, (one, other) in enumerate(zip(left, right)):
            found = difference(one, other, f"{place}[{i}]")
            if found:
                return found
        return None
    return None if left == right else f"{place}: {left!r} by SQL, {right!r} from the index"


def compare(treue, program, name, cutoff, evaluation, coverage, chance, explained_count):
    """Approves both ways, one after the other, and compares what is printed of all and stored of some."""
    seen, chosen = {}, None
    for way in ("sql", "index"):
        printed = treue.json("--program", program, "evaluate", "--concept", name, "--cutoff", cutoff, "--evaluation",
                             evaluation, "--approve", "--metrics", way)
        if chosen is None:
            numbers = [row["number"] for row in printed["customers"]]
            chosen = chance.sample(numbers, min(explained_count, len(numbers)))
        explained = {number: treue.json("--program", program, "explain", number, "--cutoff", cutoff)
                     for number in chosen}
        seen[way] = printed, explained
    (by_sql, sql_details), (by_index, index_details) = seen["sql"], seen["index"]
    for detail in index_details.values():
        count(coverage, detail)
    # What tells the two runs apart, and that the second one knows of the first.
    for one in (by_sql, by_index, *sql_details.values(), *index_details.values()):
        one.pop("run", None)
        one.pop("history", None)
    found = difference(by_sql, by_index, "evaluate")
    if not found:
        found = difference(sql_details, index_details, "explain")
    return [f"{cutoff}: {found}"] if found else []


# ---- what happens between two evaluations -----------------------------------------------------------------------------

COLUMNS = ("customer", "document", "date", "article", "amount", "quantity", "cost", "product_group", "digital")


def purchases(treue, case, chance, name, share):
    """Some of the documents again, changed, and a few new ones, of customers nobody heard of too."""
    rows = []
    for document in case.data["documents"]:
        if chance.random() >= share:
            continue
        for _ in range(chance.choice((1, 2, 3))):
            line = chance.choice(document["lines"])
            rows.append({"customer": document["customer"], "document": document["number"],
                         "date": case.some_day() if chance.random() < 0.3 else document["lines"][0]["date"],
                         "article": line["article"], "amount": company.cents(chance.randint(-5000, 40000)),
                         "quantity": chance.choice((None, "1", "2.5", "-3")), "cost": chance.choice((None, "10.50")),
                         "product_group": chance.choice((None, None) + company.GROUPS),
                         "digital": chance.choice((None, "yes", "no"))})
    for i in range(3):
        rows.append({"customer": f"{name}-{i % 2}", "document": f"{name}-{i}", "date": case.some_day(), "article": "N1",
                     "amount": "17.30", "quantity": "2", "product_group": chance.choice((None, "Neu"))})
    dates = {}
    for row in rows:  # a document has one date
        row["date"] = dates.setdefault((row["customer"], row["document"]), row["date"])
    treue.import_rows("purchases", name, COLUMNS, rows, create=("customers", "products"), status=(0, 1))


def people(treue, case, chance, name):
    """Certificates, activities and visits, some changed by a second file."""
    numbers = [customer["number"] for customer in case.data["customers"]]

    def rows(count, make):
        return [dict(make(chance.choice(numbers)), customer=chance.choice(numbers)) for _ in range(count)]

    certificates = rows(120, lambda number: {
        "person": f"Person {chance.randint(1, 9)}", "qualification": chance.choice(OF["certified_people"][1:]),
        "valid_from": case.some_day(), "valid_to": case.some_day() if chance.random() < 0.4 else None})
    for row in certificates:
        if row["valid_to"] and row["valid_to"] < row["valid_from"]:
            row["valid_from"], row["valid_to"] = row["valid_to"], row["valid_from"]
    activities = rows(200, lambda number: {
        "kind": chance.choice(OF["activities"][1:]), "date": case.some_day(),
        "status": chance.choice((None, "confirmed", "planned"))})
    visits = rows(200, lambda number: {"date": case.some_day(), "rep": "Muster"})
    for kind, made in (("certificates", certificates), ("activities", activities), ("visits", visits)):
        for i, part in enumerate((made, chance.sample(made, 30))):
            for row in part if i else ():
                if "valid_to" in row:
                    row["valid_to"] = row["valid_from"]
                if "status" in row:
                    row["status"] = chance.choice(("confirmed", "planned"))
            treue.import_rows(kind, f"{name}-{kind}{i}", tuple(made[0]), part, status=(0, 1))


def costs(treue, case, chance):
    """What some articles cost from a day on, and which product group they belong to then."""
    for i in range(2):
        rows = [{"article": product["article"], "name": product["article"],
                 "cost": chance.choice(("0.333", "12.5", "7", "0.005", "-1.5")),
                 "product_group": chance.choice(company.GROUPS)}
                for product in case.data["products"] if chance.random() < 0.6]
        treue.import_rows("products", f"costs{i}", ("article", "name", "cost", "product_group"), rows,
                          valid_from=case.some_day(), status=(0, 1))


def undo_last(treue, kind):
    imports = [one for one in treue.json("import", "list")
               if one["kind"] == kind and one["state"] == "published"]
    treue.run("import", "undo", max(int(one["id"]) for one in imports))


def run_seed(arguments):
    """(seed, problems, coverage)"""
    binary, seed = arguments
    coverage = collections.Counter()
    try:
        case, chance = company.Case(seed, together=seed % 2 == 0), random.Random(f"sql metrics {seed}")
        with road.Folder(f"sql-metrics-{seed}") as folder:
            treue = road.Treue(binary, folder)
            case.write(treue)
            people(treue, case, chance, "people")
            events = [None, lambda: purchases(treue, case, chance, "again", 0.3),
                      lambda: (purchases(treue, case, chance, "more", 0.1), costs(treue, case, chance)),
                      lambda: undo_last(treue, "purchases"),
                      lambda: [undo_last(treue, kind) for kind in ("customers", "certificates", "activities",
                                                                   "visits")]]
            for i, event in enumerate(events):
                if event:
                    event()
                name = f"probe{i}.yaml"
                evaluates = EVALUATES[(seed // 2 + i) % len(EVALUATES)] if case.with_units else "customer"
                treue.write(name, road.to_yaml(concept(case, chance, f"probe{i}", evaluates)))
                treue.run("concept", "load", name, "--release")
                problems = compare(treue, f"probe{i}", name, chance.choice(case.cutoffs), "year", coverage,
                                   chance, EXPLAINED_TOGETHER if case.with_units else EXPLAINED)
                if problems:
                    return seed, [f"after event {i}: {line}" for line in problems], coverage
        return seed, [], coverage
    except road.RoadError as problem:
        return seed, [str(problem)], coverage
    except Exception:  # a fault of the test itself belongs to its seed, too
        return seed, [traceback.format_exc()], coverage


def small(binary):
    """The small generated file of the main road."""
    problems = []
    with road.Folder("sql-metrics-small") as folder:
        treue = road.Treue(binary, folder, currency="GBP")
        source = road.HERE / "small"
        treue.run("import", "purchases", source / "purchases.csv", "--profile", source / "profile.yaml", status=(0, 1))
        expected = json.loads((source / "expected.json").read_text(encoding="utf-8"))
        for cutoff in sorted({run["cutoff"] for run in expected}):
            both = [treue.json("evaluate", "--concept", source / "concept.yaml", "--cutoff", cutoff, "--evaluation",
                               "year", "--dry-run", "--metrics", way) for way in ("sql", "index")]
            found = difference(*both, "evaluate")
            problems += [f"small, {cutoff}: {found}"] if found else []
    return problems


def by_hand(binary):
    """An account group of two, calculated by hand: what both bought counts once."""
    with road.Folder("sql-metrics-units") as folder:
        treue = road.Treue(binary, folder)
        treue.import_rows("customers", "customers", ("number", "name", "since", "joined", "account_group"),
                          [{"number": "1", "name": "1", "since": "2020-01-01", "joined": "2025-03-01", "account_group": "G"},
                           {"number": "2", "name": "2", "since": "2021-01-01", "account_group": "G"},
                           {"number": "3", "name": "3", "since": "2026-02-01", "account_group": "G"}])
        lines = [("1", "D1", "2025-02-28", "A1", "100"), ("1", "D2", "2025-04-10", "A1", "50"),
                 ("2", "D3", "2025-04-20", "A1", "-50"), ("2", "D3", "2025-04-20", "A2", "70"),
                 ("2", "D4", "2025-09-01", "A2", "5"), ("3", "D5", "2025-09-01", "A3", "900")]
        treue.import_rows("purchases", "purchases", ("customer", "document", "date", "article", "amount"),
                          [dict(zip(("customer", "document", "date", "article", "amount"), line)) for line in lines],
                          create=("products",))
        # Customer 3 is one only from February on. Since 1 March, when the unit joined: A1 50 - 50, A2 75; April once.
        wanted = {"revenue": "75", "orders": "3", "articles": "1", "active_months": "2"}
        asked = [{"metric": metric, "window": "since_joined", "at_least": 1} for metric in wanted]
        treue.load_concept({"format": 1, "program": {"id": "hand", "name": {"de": "Kreis"}, "currency": "EUR",
                                                     "evaluates": "account_group"},
                            "segments": [{"id": "A", "name": {"de": "A"}, "for": "customers",
                                          "paths": [{"id": "all", "all": asked}]},
                                         {"id": "C", "name": {"de": "C"}, "for": "customers", "rest": True},
                                         {"id": "P", "name": {"de": "P"}, "for": "prospects", "rest": True}],
                            "mechanics": {"evaluations": [{"id": "year", "cutoff": "12-31", "effective": "02-01",
                                                           "moves": ["up", "down"]}]}})
        ask = ("evaluate", "--cutoff", "2026-01-31", "--evaluation", "year", "--metrics")
        treue.run(*ask, "sql")
        problems = []
        for number in ("1", "2"):
            path = treue.json("explain", number, "--cutoff", "2026-01-31")["segments"][0]["paths"][0]
            found = {one["metric"]: one["value"] for one in path["criteria"]}
            problems += [f"by hand, {number}: {metric} is {found[metric]}, expected {value}"
                         for metric, value in wanted.items() if float(found[metric]) != float(value)]
        code, _, said = treue.call(*ask, "guess")
        return problems + ([] if code == 2 and "guess" in said else [f"--metrics guess: exit {code}, {said[-300:]}"])


def wanted_names():
    return ["metric " + metric for metric in WINDOWED + OTHERS + tuple(SINGLE)] + ["window " + w for w in WINDOWS]


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args(arguments)
    binary = road.absolute(options.binary)
    failures = small(binary) + by_hand(binary)
    coverage = collections.Counter()
    work = [(binary, seed) for seed in range(options.first, options.first + options.seeds)]
    with concurrent.futures.ProcessPoolExecutor(max_workers=2) as pool:
        for seed, problems, counted in pool.map(run_seed, work):
            coverage += counted
            failures += [f"seed {seed}: {problem}" for problem in problems[:3]]
    print(", ".join(f"{name} {coverage[name]} ({coverage['united ' + name]})" for name in wanted_names()))
    rare = [name for name in wanted_names() if coverage[name] < AT_LEAST]
    rare += ["united " + name for name in wanted_names() if coverage["united " + name] < AT_LEAST_UNITED]
    if options.seeds >= SEEDS and rare:
        failures.append("too rare: " + ", ".join(rare))
    for failure in failures[:10]:
        print("FAILED", failure)
    print(f"{max(0, options.seeds + 2 - len(failures))} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
