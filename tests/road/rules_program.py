# SPDX-License-Identifier: AGPL-3.0-or-later
"""What only the program can be asked: refused concepts, drafts, versions, and stored runs that stay as they are."""
import copy

import road
import scenario
from rules_metrics import crit


def concept(*segments, **mechanics):
    return {"format": 1, "program": {"id": "rules", "name": {"de": "Regeln"}, "currency": "EUR"},
            "segments": list(segments),
            "mechanics": dict(copy.deepcopy(scenario.PLAIN_MECHANICS), **mechanics)}


GOOD = (scenario.segment("A", [crit("revenue", "12m", at_least=100)]), scenario.rest("C"),
        scenario.rest("P", "prospects"))


def refused(treue):
    """R-029 (evaluation): a concept without a rest segment is refused, with line and column; so is what cannot be."""
    cases = {
        "no rest segment": concept(GOOD[0], GOOD[2]),
        "no rest segment for prospects": concept(*GOOD[:2]),
        "two rest segments": concept(*GOOD, scenario.rest("D")),
        "growth over all": concept(scenario.segment("A", [crit("revenue_growth", "all")]), *GOOD[1:]),
        "growth since joined": concept(scenario.segment("A", [crit("revenue_growth", "since_joined")]), *GOOD[1:]),
        "no window": concept(scenario.segment("A", [crit("revenue", at_least=5)]), *GOOD[1:]),
        "money with three decimals": concept(scenario.segment("A", [crit("revenue", "12m", at_least=road.D("1.001"))]),
                                             *GOOD[1:]),
        "two comparators": concept(scenario.segment("A", [crit("orders", "12m", at_least=1, at_most=2)]), *GOOD[1:]),
        "unknown key": dict(concept(*GOOD), services=[]),
    }
    problems = []
    for name, document in cases.items():
        path = treue.write("refused.yaml", road.to_yaml(document))
        code, out, error = treue.call("concept", "check", path)
        if code != 2 or not any(c.isdigit() for c in out + error):
            problems.append(f"{name}: exit {code}, {(out + error)[:300]!r}")
        code, out, error = treue.call("concept", "load", path, "--release")
        if code != 2:
            problems.append(f"{name} is loaded: exit {code}")
    good = treue.write("good.yaml", road.to_yaml(concept(*GOOD)))
    code, out, error = treue.call("concept", "check", good)
    if code != 0:
        problems.append(f"a good concept is refused: {(out + error)[:500]}")
    return problems


def drafts(treue):
    """Only a released version can be approved against; without --concept the latest released one is used."""
    treue.import_rows("customers", "customers", ["number", "name", "since"],
                      [{"number": "K", "name": "K", "since": "2010-01-01"}])
    first = treue.write("first.yaml", road.to_yaml(concept(*GOOD)))
    problems = []

    def expect(status, *arguments):
        code, out, error = treue.call(*arguments)
        if code != status:
            said = (out + error)[-300:]
            problems.append(f"{' '.join(map(str, arguments))}: expected exit {status}, is {code}: {said}")

    year = ("--cutoff", "2025-12-31", "--evaluation", "year")
    expect(2, "evaluate", *year, "--approve")
    expect(0, "concept", "load", first)
    expect(2, "evaluate", *year, "--concept", first, "--approve")
    expect(0, "evaluate", *year, "--concept", first)
    expect(0, "concept", "release", "1")
    expect(0, "evaluate", *year, "--approve")
    second = treue.write("second.yaml", road.to_yaml(concept(*GOOD, demotion={"max_steps": 2})))
    expect(0, "concept", "load", second)
    later = ("2026-01-01", "year")
    if treue.evaluate(*later, "--dry-run")["concept"] != "rules v1":
        problems.append("a draft is used")
    expect(0, "concept", "release", "2")
    if treue.evaluate(*later, "--dry-run")["concept"] != "rules v2":
        problems.append("the latest released version is not used")
    if treue.evaluate(*later, "--concept", "1", "--dry-run")["concept"] != "rules v1":
        problems.append("--concept 1 is not version 1")
    return problems


def repeating(treue):
    """X-10 (as of): a stored run uses its own values; corrections that come later change new runs only."""
    treue.import_rows("customers", "customers", ["number", "name", "since"],
                      [{"number": "K", "name": "K", "since": "2010-01-01"}])
    columns = ["customer", "document", "date", "article", "amount"]
    line = {"customer": "K", "document": "1", "date": "2025-03-01", "article": "A", "amount": "120"}
    create = ("customers", "products")
    treue.import_rows("purchases", "first", columns, [line], create)
    treue.load_concept(concept(*GOOD))
    run = treue.evaluate("2025-06-30", "half_year", "--approve")
    before = treue.explain("K", "2025-06-30")
    # A changed document from a later file is a new version; a late one is dated before the cut-off.
    treue.import_rows("purchases", "second", columns, [dict(line, amount="20")], create)
    treue.import_rows("purchases", "third", columns, [dict(line, document="2", amount="5")], create)
    problems = []
    if treue.explain("K", "2025-06-30") != before:
        problems.append("the explanation of an approved run changed with later imports")
    value = before["segments"][0]["paths"][0]["criteria"][0]["value"]
    if (run["revenue"], value, before["decision"]) != ({"A": "120.00", "C": "0.00", "P": "0.00"}, "120.00", "new"):
        problems.append(f"first run: {run['revenue']}, {value}")
    again = treue.evaluate("2025-06-30", "half_year")
    row = again["customers"][0]
    if again["revenue"]["C"] != "25.00" or row["segment"] != "C" or row["before"] is not None:
        problems.append(f"run afresh: {again['revenue']}, {row}")
    if again["generation"] <= run["generation"]:
        problems.append("the generation did not advance")
    # The approved one still is where he stands.
    row = treue.evaluate("2025-12-31", "year", "--approve")["customers"][0]
    if (row["before"], row["decision"], row["segment"]) != ("A", "grace", "A"):
        problems.append(f"next run: {row}")
    return problems


SCENARIOS = (refused, drafts, repeating)
