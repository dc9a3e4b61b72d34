#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`treue concept`: check, load, release, list, show and help as people use them, in both languages.

  test_concept.py TREUE_BINARY

Verifies R-029 (a concept without a rest segment is refused), R-086 (criteria name goals), R-126 (a new version changes
values, ids and memberships stay), X-04 (releases in the audit trail).
"""
import copy
import json
import re
import sys

import road
import scenario
from road import Checks
from rules_metrics import crit

GOALS = [{"id": "grow", "segment": "A", "kind": "loyalty", "name": {"de": "Bindung"}}]


def concept(threshold=100, **more):
    return dict({
        "format": 1, "program": {"id": "kreis", "name": {"de": "Kreis"}, "currency": "EUR"}, "goals": GOALS,
        "segments": [scenario.segment("A", [dict(crit("revenue", "12m", at_least=threshold), goal="grow")]),
                     scenario.rest("C"), scenario.rest("P", "prospects")],
        "mechanics": copy.deepcopy(scenario.PLAIN_MECHANICS)}, **more)


def positions(treue):
    """R-029: every problem with file, line and column, not only the first, in the language asked for; exit 2."""
    checks = Checks(treue)
    wrong = ("format: 1\n"
             "program: {id: kreis, name: {de: Kreis}, currency: EUR, colour: red}\n"
             "segments:\n"
             "  - {id: A, name: {de: A}, paths: [{id: p, all: [{metric: revenu, window: 12m, at_least: 1}]}]}\n"
             "  - {id: P, name: {de: P}, for: prospects, rest: true}\n"
             "mechanics: {evaluations: [{id: year, cutoff: 12-32, effective: 02-01}]}\n")
    path = treue.write("wrong.yaml", wrong)
    places = (r"wrong\.yaml:2:56: ", r"wrong\.yaml:4:3: ", r"wrong\.yaml:4:59: ", r"wrong\.yaml:6:46: ")
    for command in (("check",), ("load",), ("load", "--release")):
        checks.expect(2, "concept", command[0], path, *command[1:], "--lang", "de",
                      says=places + ("colour", '"revenue"', "Auffangsegment", "12-31"), quiet=("rest segment",))
    checks.expect(2, "concept", "check", path, "--lang", "en",
                  says=places + ("colour", '"revenue"', "rest segment", "12-31"), quiet=("Auffangsegment",))
    checks.expect(2, "concept", "check", "nowhere.yaml", says=("nowhere.yaml",))
    checks.expect(2, "concept", "check")
    checks.expect(2, "concept", "chek", path)
    broken = treue.write("broken.yaml", "format: 1\nprogram: [\n")
    checks.expect(2, "concept", "check", broken, says=(r"broken\.yaml:3:1: ",))
    checks.expect(0, "concept", "list", quiet=("kreis",))
    return checks.problems


def goals(treue):
    """R-086: a criterion without a goal is a warning, an unknown goal is an error."""
    checks = Checks(treue)
    good = treue.write("good.yaml", road.to_yaml(concept()))
    checks.expect(0, "concept", "check", good, "--lang", "en", quiet=("names no goal",))
    bare = concept()
    del bare["segments"][0]["paths"][0]["all"][0]["goal"]
    checks.expect(0, "concept", "check", treue.write("bare.yaml", road.to_yaml(bare)), "--lang", "en",
                  says=("names no goal", r"bare\.yaml:\d+:\d+: "))
    unknown = concept(goals=[dict(GOALS[0], id="other")])
    checks.expect(2, "concept", "check", treue.write("unknown.yaml", road.to_yaml(unknown)), "--lang", "en",
                  says=('no goal "grow"',))
    plain = concept(goals=[dict(GOALS[0], kind="revenue")])
    checks.expect(0, "concept", "check", treue.write("plain.yaml", road.to_yaml(plain)), "--lang", "en",
                  says=("revenue or awareness",))
    return checks.problems


def versions(treue):
    """Loading freezes a text under its digest, the same text again is the same version; released versions stay."""
    checks = Checks(treue)
    first_text, second_text = road.to_yaml(concept()), road.to_yaml(concept(200))
    first, second = treue.write("first.yaml", first_text), treue.write("second.yaml", second_text)
    checks.expect(0, "concept", "load", first, says=("kreis v1",))
    checks.expect(0, "concept", "load", first, says=("kreis v1",))
    checks.expect(0, "concept", "load", second, says=("kreis v2",))
    listed = checks.expect(0, "concept", "list", says=(r"kreis\s+v1", r"kreis\s+v2"), quiet=("v3",))
    if len(re.findall(r"kreis\s+v", listed)) != 2:
        checks.problems.append(f"the list does not hold two versions: {listed!r}")
    for number, text in (("1", first_text), ("v2", second_text), ("kreis v2", second_text)):
        shown = checks.expect(0, "concept", "show", number)
        if text not in shown:
            checks.problems.append(f"concept show {number} does not show the document as it was loaded")
    checks.expect(2, "concept", "show", "3", says=("3",))
    checks.expect(0, "concept", "release", "1")
    checks.expect(2, "concept", "release", "1", says=("v1",))
    checks.expect(2, "concept", "release", "7", says=("7",))
    checks.expect(0, "concept", "load", first, "--release", says=("kreis v1",))
    checks.expect(0, "concept", "load", second, "--release", says=("kreis v2",))
    # The ledger has one currency.
    pounds = concept(300, program=dict(concept()["program"], currency="GBP"))
    checks.expect(2, "concept", "load", treue.write("pounds.yaml", road.to_yaml(pounds)), says=("GBP", "EUR"))
    released = treue.query("SELECT count(*) FROM audit_entry WHERE kind = 'concept.released'")[0][0]
    details = [json.loads(row[0]) for row in treue.query(
        "SELECT d.detail FROM audit_entry e JOIN audit_detail d ON d.number = e.number "
        "WHERE e.kind = 'concept.released'")]
    if released != 2 or len(details) != 2:
        checks.problems.append(f"two releases in the audit trail expected, {released} found: {details}")
    return checks.problems


def helps(treue):
    """The help names every key the parser knows, with an example that stands in a concept."""
    checks = Checks(treue)
    keys = ("format", "program", "parameters", "goals", "segments", "mechanics", "variant", "currency", "year_starts",
            "paths", "some", "at_least", "more_than", "between", "keep", "scale", "unknown", "measured", "expects",
            "evaluations", "grace", "demotion", "promotion", "size_factors", "newcomer", "pro_rata", "classify_after",
            "override", "appeal_days", "notice_weeks", "share_of_wallet", "since_joined", "last_year")
    wanted = tuple(rf"\b{key}\b" for key in keys)
    checks.expect(0, "concept", "help", "--lang", "de", says=wanted + ("Pflicht", "Beispiel"), quiet=(r"concept\.\w",))
    checks.expect(0, "concept", "help", "--lang", "en", says=wanted + ("required", "Example"), quiet=(r"concept\.\w",))
    return checks.problems


def years(treue):
    """R-126: next year's version changes the values; ids stay, and with them everybody's membership."""
    checks = Checks(treue)
    columns = ["customer", "document", "date", "article", "amount"]
    rows = [{"customer": number, "document": f"{number}{year}", "date": f"{year}-06-01", "article": "X",
             "amount": amount}
            for number, amount in (("K1", 150), ("K2", 250)) for year in (2024, 2025)]
    treue.import_rows("purchases", "purchases", columns, rows, ("customers", "products"))
    treue.load_concept(concept(100), "first.yaml")
    first = treue.evaluate("2024-12-31", "year", "--approve")
    treue.load_concept(concept(200), "second.yaml")
    second = treue.evaluate("2025-12-31", "year", "--approve")
    if (first["concept"], second["concept"]) != ("kreis v1", "kreis v2"):
        checks.problems.append(f"versions: {first['concept']}, {second['concept']}")
    if list(first["counts"]) != list(second["counts"]):
        checks.problems.append(f"the ids of the segments changed: {list(first['counts'])}, {list(second['counts'])}")
    found = {row["number"]: (row["before"], row["decision"], row["segment"]) for row in second["customers"]}
    if found != {"K1": ("A", "grace", "A"), "K2": ("A", "stay", "A")}:
        checks.problems.append(f"memberships did not go on: {found}")
    one, two = treue.explain("K1", "2024-12-31"), treue.explain("K1", "2025-12-31")
    ids = [[[p["id"] for p in s["paths"]] for s in explained["segments"]] for explained in (one, two)]
    if ids[0] != ids[1]:
        checks.problems.append("the ids of the paths changed")
    thresholds = [e["segments"][0]["paths"][0]["criteria"][0]["threshold"] for e in (one, two)]
    if [float(t) for t in thresholds] != [100.0, 200.0]:
        checks.problems.append(f"thresholds of the two years: {thresholds}")
    return checks.problems


def dropped(treue):
    """A version that lacks a segment somebody is in cannot move him: the evaluation says so and changes nothing."""
    checks = Checks(treue)
    treue.import_rows("customers", "customers", ["number", "name", "since"],
                      [{"number": "K", "name": "K", "since": "2010-01-01"}])
    treue.load_concept(concept(), "first.yaml")
    treue.evaluate("2024-12-31", "year", "--approve")
    other = concept()
    other["segments"][1]["id"] = "D"
    code, out, error = treue.call("concept", "load", treue.write("other.yaml", road.to_yaml(other)), "--release")
    if code == 0:
        checks.expect(2, "evaluate", "--cutoff", "2025-12-31", "--evaluation", "year", "--concept", "2",
                      says=(r"\bC\b",))
    elif code != 2 or "C" not in out + error:
        checks.problems.append(f"release without the segment C: exit {code}: {(out + error)[-300:]}")
    return checks.problems


CASES = (positions, goals, versions, helps, years, dropped)


if __name__ == "__main__":
    sys.exit(road.run_cases(CASES, "concept", sys.argv[1]))
