#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`treue override` and `treue appeal`: segments granted for a time within limits, objections with their deadlines.

  test_overrides.py TREUE_BINARY

Verifies R-031 (an override needs reason, approval, expiry), R-093 (share of memberships by override, limited and
reported), R-144 (exceptions, appeals).
"""
import sys

import road
from road import Checks
from test_concept import concept
from test_evaluate import purchases


def company(treue, members=40, **mechanics):
    """So many customers in A, one (LAST) in C."""
    purchases(treue, [(f"K{i:02d}", "2025-03-01", 150) for i in range(members)] + [("LAST", "2025-03-01", 20)])
    document = concept()
    document["mechanics"]["override"] = dict({"max_months": 6, "max_share": road.D("0.05")}, **mechanics)
    document["mechanics"]["appeal_days"] = 14
    treue.load_concept(document)
    treue.evaluate("2025-12-31", "year", "--approve")


def request(customer, to="2026-06-30", **more):
    options = dict({"segment": "A", "reason": "strategic partner", "to": to, "actor": "anna"}, **more)
    return ["override", "request", customer] + [word for name, value in options.items() if value is not None
                                                for word in ("--" + name, value)]


def states(treue):
    return [(row["override"], row["number"], row["state"]) for row in treue.json("override", "list")["overrides"]]


def rules(treue):
    """R-031: without reason, end or somebody else's approval there is no override."""
    company(treue)
    checks = Checks(treue)
    checks.expect(2, *request("LAST", reason=None), says=("--reason",))
    checks.expect(2, *request("LAST", reason=""), says=("--reason",))
    checks.expect(2, *request("LAST", to=None), says=("--to",))
    checks.expect(2, *request("LAST", segment="X"), says=("A, C, P",))
    checks.expect(2, *request("nobody"), says=("nobody",))
    checks.expect(2, *request("LAST", to="2025-12-31"))
    # Six months from 2 January are up on 1 July.
    checks.expect(2, *request("LAST", to="2026-07-02"), says=("2026-07-01", "6"))
    checks.expect(2, *request("LAST", to="2026-08-01", **{"from": "2026-02-01"}), says=("2026-07-31",))
    if states(treue):
        checks.problems.append(f"a refused request was stored: {states(treue)}")
    checks.expect(0, *request("LAST", to="2026-07-01"), says=("override approve 1",))
    checks.expect(2, "override", "approve", 1, "--actor", "anna", says=("anna",))
    checks.expect(2, "override", "approve", 2, "--actor", "bert", says=("2",))
    checks.expect(2, "override", "approve", says=("override list",))
    checks.expect(0, "override", "approve", 1, "--actor", "bert", "--reason", "agreed")
    checks.expect(2, "override", "approve", 1, "--actor", "bert")
    checks.expect(2, "override", "refuse", 1, "--actor", "bert")
    checks.expect(0, *request("LAST", to="2026-03-01"))
    checks.expect(2, "override", "approve", 2, "--actor", "bert", says=("1",))
    checks.expect(0, "override", "refuse", 2, "--actor", "bert", "--reason", "one is enough")
    checks.expect(0, "override", "withdraw", 1, "--actor", "anna")
    if states(treue) != [(1, "LAST", "withdrawn"), (2, "LAST", "refused")]:
        checks.problems.append(f"states: {states(treue)}")
    shown = treue.json("override", "list", "--state", "refused")["overrides"]
    if [(row["decided_by"], row["decision_reason"], row["to"]) for row in shown] != [
            ("bert", "one is enough", "2026-03-01")]:
        checks.problems.append(f"shown: {shown}")
    checks.expect(2, "override", "list", "--state", "open", says=("requested",))
    raw = (r"override\.\w+\.", r"\{\w+\}")
    checks.expect(0, "override", "list", "--lang", "de", says=("zurückgezogen", "strategic partner"), quiet=raw)
    checks.expect(0, "override", "list", "--lang", "en", says=("withdrawn", "1 Jul 2026"), quiet=raw)
    return checks.problems


def limit(treue):
    """R-093: at most max_share of a segment's members at any time, rounded down; the report says how far it is used."""
    company(treue, 42)
    checks = Checks(treue)
    # 5 % of 42 are 2.1: two.
    for number, (customer, first, last) in enumerate((
            ("LAST", "2026-01-02", "2026-03-31"), ("K01", "2026-01-02", "2026-06-30"),
            ("K02", "2026-03-31", "2026-06-30"), ("K02", "2026-04-01", "2026-06-30"),
            ("K03", "2026-01-02", "2026-01-31")), 1):
        checks.expect(0, *request(customer, to=last, **{"from": first}))
        full = number in (3, 5)
        checks.expect(2 if full else 0, "override", "approve", number, "--actor", "bert", "--lang", "en",
                      says=("42 members", "allows 2", "are 2") if full else ())
    shares = {row["segment"]: (row["members"], row["overrides"], row["limit"])
              for row in treue.json("override", "list")["shares"]}
    if shares != {"A": (42, 2, 2), "C": (1, 0, 0), "P": (0, 0, 0)}:
        checks.problems.append(f"shares: {shares}")
    checks.expect(0, "override", "list", "--lang", "de", says=("4,8 %",))
    treue.clock = "2026-07-01T10:00:00Z"
    shares = {row["segment"]: row["overrides"] for row in treue.json("override", "list")["shares"]}
    if shares["A"] != 0:
        checks.problems.append(f"expired overrides count: {shares}")
    return checks.problems


def file(customer, run, **more):
    options = dict({"reason": "a credit note is missing", "owner": "carl", "by": "Ms Huber"}, **more)
    return ["appeal", "file", customer, "--run", str(run)] + [
        word for name, value in options.items() if value is not None for word in ("--" + name, value)]


def appeals(treue):
    """R-144: an appeal within the time the concept gives, to be decided within ten working days."""
    company(treue, 3)
    checks = Checks(treue)
    treue.evaluate("2025-12-31", "year")
    checks.expect(2, *file("LAST", 2), says=("2",))
    checks.expect(2, *file("LAST", 9), says=("9",))
    checks.expect(2, *file("LAST", 1, reason=None), says=("--reason",))
    checks.expect(2, *file("LAST", 1, owner=None), says=("--owner",))
    # Approved on Friday 2 January 2026: ten working days from then end on Friday 16, which is also the last day to file.
    checks.expect(0, *file("LAST", 1), "--lang", "en", says=("16 Jan 2026", "carl"))
    checks.expect(2, *file("LAST", 1), says=("LAST",))
    treue.clock = "2026-01-16T22:59:00Z"
    checks.expect(0, *file("K00", 1), says=("30",))
    treue.clock = "2026-01-16T23:01:00Z"  # the 17th in Berlin
    checks.expect(2, *file("K01", 1), says=("16 Jan 2026",))
    found = [(row["appeal"], row["number"], row["run"], row["filed"], row["due"], row["overdue"], row["state"])
             for row in treue.json("appeal", "list")]
    if found != [(1, "LAST", 1, "2026-01-02", "2026-01-16", True, "open"),
                 (2, "K00", 1, "2026-01-16", "2026-01-30", False, "open")]:
        checks.problems.append(f"listed: {found}")
    raw = (r"appeal\.\w+\.", r"\{\w+\}")
    checks.expect(0, "appeal", "list", "--lang", "de", says=("überfällig", "carl"), quiet=raw)
    checks.expect(2, "appeal", "decide", 1, "--result", "right", says=("--grant",))
    checks.expect(2, "appeal", "decide", 1, "--grant", says=("--result",))
    checks.expect(2, "appeal", "decide", 7, "--grant", "--result", "right", says=("7",))
    checks.expect(0, "appeal", "decide", 1, "--grant", "--result", "the note was found", "--actor", "carl")
    checks.expect(0, "appeal", "decide", 2, "--dismiss", "--result", "nothing is missing", "--actor", "carl")
    checks.expect(2, "appeal", "decide", 1, "--dismiss", "--result", "again", says=("1",))
    found = [(row["state"], row["result"], row["decided_by"], row["overdue"]) for row in treue.json("appeal", "list")]
    if found != [("granted", "the note was found", "carl", False), ("dismissed", "nothing is missing", "carl", False)]:
        checks.problems.append(f"decided: {found}")
    return checks.problems


CASES = (rules, limit, appeals)


if __name__ == "__main__":
    sys.exit(road.run_cases(CASES, "overrides", sys.argv[1]))
