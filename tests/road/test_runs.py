#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`treue run`: proposals approved and rejected one by one, what that does to where customers stand.

  test_runs.py TREUE_BINARY

Verifies R-094 (proposal, approval, effective date), R-144 (decisions that build on each other), X-04 (verdicts, overrides and appeals in the audit trail),
X-10 (as of) in part.
"""
import csv
import io
import json
import sys

import road
from road import Checks
from test_concept import concept
from test_evaluate import purchases


def company(treue):
    """In 2024 K1 and K2 qualify for A, K3 does not; in 2025 K1 and K3 do."""
    purchases(treue, [("K1", "2024-03-01", 150), ("K2", "2024-05-01", 160), ("K3", "2024-05-01", 60),
                      ("K1", "2025-03-01", 150), ("K2", "2025-05-01", 30), ("K3", "2025-05-01", 200)])
    treue.load_concept(concept())


def runs(treue):
    return treue.json("run", "list")


def states(treue, run):
    return {row["number"]: row["state"] for row in treue.json("run", "show", run)["decisions"]}


def before(treue, cutoff="2025-12-31"):
    printed = treue.evaluate(cutoff, "year", "--dry-run")
    return {row["number"]: row["before"] for row in printed["customers"]}


def listed(treue):
    """Runs are numbered in the order in which they were made, and show what became of them in every format."""
    company(treue)
    checks = Checks(treue)
    treue.evaluate("2025-12-31", "year")
    treue.evaluate("2024-12-31", "year", "--approve")
    found = [(row["run"], row["cutoff"], row["state"], row["customers"], row["effective"]) for row in runs(treue)]
    if found != [(1, "2025-12-31", "proposed", 3, None), (2, "2024-12-31", "approved", 3, "2026-01-02")]:
        checks.problems.append(f"runs: {found}")
    table = list(csv.DictReader(io.StringIO(treue.run("run", "list", "--format", "csv"))))
    if [(row["run"], row["evaluation"], row["cutoff"]) for row in table] != [("1", "year", "2025-12-31"),
                                                                            ("2", "year", "2024-12-31")]:
        checks.problems.append(f"csv: {table}")
    raw = (r"run\.\w+\.", r"\{\w+\}")
    checks.expect(0, "run", "list", "--lang", "de", says=("Vorschlag", "genehmigt", r"31\.12\.2025"), quiet=raw)
    checks.expect(0, "run", "list", "--lang", "en", says=("proposed", "approved", "31 Dec 2025"), quiet=raw)
    checks.expect(0, "run", "show", "1", "--lang", "de", says=("K1", "K2", "K3", "neu"), quiet=raw)
    by_id = treue.json("run", "show", runs(treue)[0]["id"])
    if by_id != treue.json("run", "show", 1):
        checks.problems.append("a run shown by its id differs from the one shown by its number")
    table = list(csv.reader(io.StringIO(treue.run("run", "show", 1, "--format", "csv"))))
    if [row[1] for row in table[1:]] != ["K1", "K2", "K3"]:
        checks.problems.append(f"csv: {table}")
    checks.expect(2, "run", "show", "3", says=("3",))
    checks.expect(2, "run", "show", says=("run list",))
    checks.expect(2, "run", "shew", says=("show",))
    checks.expect(2, "run", "show", "1", "--kind", "promoted", says=("promote",))
    return checks.problems


def single(treue):
    """A decision approved by itself counts while its run is a proposal; an open or rejected one changes nothing."""
    company(treue)
    checks = Checks(treue)
    treue.evaluate("2024-12-31", "year")
    if before(treue) != {"K1": None, "K2": None, "K3": None}:
        checks.problems.append(f"a proposal counts: {before(treue)}")
    checks.expect(0, "run", "approve", 1, "K1", "--reason", "looks right", "--actor", "anna", "--lang", "en",
                  says=("1 decision of run 1", "2 Jan 2026"))
    if before(treue) != {"K1": "A", "K2": None, "K3": None}:
        checks.problems.append(f"after one approval: {before(treue)}")
    checks.expect(0, "run", "reject", 1, "erp:K2", "--reason", "invoices in dispute", "--lang", "de",
                  says=("1 Entscheidung aus Lauf 1",))
    if states(treue, 1) != {"K1": "approved", "K2": "rejected", "K3": "proposed"}:
        checks.problems.append(f"states: {states(treue, 1)}")
    shown = {row["number"]: (row["reason"], row["actor"]) for row in treue.json("run", "show", 1)["decisions"]}
    if shown != {"K1": ("looks right", "anna"), "K2": ("invoices in dispute", "cli"), "K3": (None, None)}:
        checks.problems.append(f"reasons: {shown}")
    if (runs(treue)[0]["approved"], runs(treue)[0]["rejected"]) != (1, 1):
        checks.problems.append(f"the list counts {runs(treue)}")
    # The rest is approved as a whole: what was decided by itself stays.
    checks.expect(0, "run", "approve", 1)
    if states(treue, 1) != {"K1": "approved", "K2": "rejected", "K3": "approved"}:
        checks.problems.append(f"states: {states(treue, 1)}")
    if before(treue) != {"K1": "A", "K2": None, "K3": "C"}:
        checks.problems.append(f"after the approval: {before(treue)}")
    checks.expect(2, "explain", "K2", says=("treue evaluate",))
    checks.expect(0, "explain", "K1", "--lang", "en")
    return checks.problems


def refusals(treue):
    """What is refused, and that it changes nothing."""
    company(treue)
    checks = Checks(treue)
    treue.evaluate("2024-12-31", "year")
    checks.expect(2, "run", "reject", 1, "K1", says=("--reason",))
    checks.expect(2, "run", "reject", 1, "K1", "--reason", "", says=("--reason",))
    checks.expect(2, "run", "reject", 1, "--reason", "no", says=("--all",))
    checks.expect(2, "run", "reject", 1, "K1", "--all", "--reason", "no", says=("--all",))
    checks.expect(2, "run", "approve", 1, "K1", "nobody", says=("nobody",))
    checks.expect(2, "run", "approve", 1, "--kind", "demote", "--lang", "en", says=("nothing",))
    checks.expect(2, "run", "approve", 7, says=("7",))
    if set(states(treue, 1).values()) != {"proposed"}:
        checks.problems.append(f"a refused verdict changed something: {states(treue, 1)}")
    checks.expect(0, "run", "approve", 1, "K1")
    checks.expect(2, "run", "approve", 1, "K1", says=("K1",))
    checks.expect(0, "run", "reject", 1, "--all", "--reason", "wrong data")
    checks.expect(2, "run", "approve", 1, says=())
    checks.expect(2, "run", "approve", 1, "K3", says=("1",))
    checks.expect(2, "run", "reject", 1, "--all", "--reason", "again")
    # What was approved by itself stays approved.
    if states(treue, 1) != {"K1": "approved", "K2": "rejected", "K3": "rejected"}:
        checks.problems.append(f"states: {states(treue, 1)}")
    draft = treue.write("draft.yaml", road.to_yaml(concept(120)))
    treue.run("evaluate", "--cutoff", "2025-12-31", "--evaluation", "year", "--concept", draft)
    checks.expect(2, "run", "approve", 2, says=("release",))
    checks.expect(2, "run", "approve", 2, "K1", says=("release",))
    return checks.problems


def kinds(treue):
    """Promotions of a run approved at once; the rest later."""
    company(treue)
    checks = Checks(treue)
    treue.evaluate("2024-12-31", "year", "--approve")
    treue.evaluate("2025-12-31", "year")
    promoted = treue.json("run", "show", 2, "--kind", "promote,grace")["decisions"]
    if [(row["number"], row["decision"]) for row in promoted] != [("K2", "grace"), ("K3", "promote")]:
        checks.problems.append(f"shown by kind: {promoted}")
    checks.expect(0, "run", "approve", 2, "--kind", "promote")
    if states(treue, 2) != {"K1": "proposed", "K2": "proposed", "K3": "approved"}:
        checks.problems.append(f"states: {states(treue, 2)}")
    if before(treue, "2026-12-31") != {"K1": "A", "K2": "A", "K3": "A"}:
        checks.problems.append(f"before: {before(treue, '2026-12-31')}")
    checks.expect(0, "run", "reject", 2, "--kind", "grace", "--reason", "goodwill")
    checks.expect(0, "run", "approve", 2)
    # K2's grace was rejected: no grace runs, so the next miss starts one instead of ending it.
    later = treue.evaluate("2026-12-31", "year", "--dry-run")
    found = {row["number"]: row["decision"] for row in later["customers"]}
    if found["K2"] != "grace" or found["K1"] != "grace":
        checks.problems.append(f"decisions: {found}")
    return checks.problems


def order(treue):
    """Nobody's decision is approved or rejected behind an approved one of a later cut-off, customer by customer."""
    company(treue)
    checks = Checks(treue)
    treue.evaluate("2024-12-31", "year")
    treue.evaluate("2025-12-31", "year")
    checks.expect(0, "run", "approve", 2, "K1")
    checks.expect(2, "run", "approve", 1, "K1", says=("2025-12-31",))
    checks.expect(2, "run", "approve", 1, says=("2025-12-31",))
    checks.expect(0, "run", "approve", 1, "K2", "K3")
    if before(treue, "2025-12-31") != {"K1": None, "K2": "A", "K3": "C"}:
        checks.problems.append(f"before: {before(treue)}")
    checks.expect(0, "run", "approve", 2)
    checks.expect(2, "run", "reject", 1, "K2", "--reason", "too late", says=("2025-12-31",))
    if states(treue, 1) != {"K1": "proposed", "K2": "approved", "K3": "approved"}:
        checks.problems.append(f"states: {states(treue, 1)}")
    return checks.problems


def approvals(treue):
    """Of two runs of one cut-off the decision approved last counts; X-10: each day has its own truth."""
    company(treue)
    checks = Checks(treue)
    treue.evaluate("2024-12-31", "year")
    treue.load_concept(concept(155), "second.yaml")
    treue.evaluate("2024-12-31", "year")
    checks.expect(0, "run", "approve", 1)
    if before(treue) != {"K1": "A", "K2": "A", "K3": "C"}:
        checks.problems.append(f"before: {before(treue)}")
    # By the second version K1 (150) is C. Only K1's decision is approved.
    checks.expect(0, "run", "approve", 2, "K1")
    if before(treue) != {"K1": "C", "K2": "A", "K3": "C"}:
        checks.problems.append(f"the approval of one: {before(treue)}")
    checks.expect(0, "run", "reject", 2, "K1", "--reason", "the first one was right")
    if before(treue) != {"K1": "A", "K2": "A", "K3": "C"}:
        checks.problems.append(f"after taking it back: {before(treue)}")
    # Approved on its own later than planned: in effect from the day of approval on.
    treue.clock = "2026-03-05T10:00:00Z"
    checks.expect(0, "run", "approve", 2, "K1", "--lang", "en", says=("5 Mar 2026",))
    found = treue.explain("K1", "2024-12-31")
    if (found["segment"], found["state"], found["effective"]) != ("C", "approved", "2026-03-05"):
        checks.problems.append(f"explained: {found}")
    return checks.problems


def trail(treue):
    """X-04: each verdict, override and appeal leaves an entry with who and why; what is refused leaves none."""
    company(treue)
    checks = Checks(treue)
    treue.evaluate("2024-12-31", "year")
    treue.run("run", "approve", 1, "K1", "K2", "--reason", "fine", "--actor", "anna")
    checks.expect(2, "run", "approve", 1, "K1", "--actor", "anna")
    treue.run("run", "reject", 1, "K2", "--reason", "disputed", "--actor", "bert")
    treue.run("run", "approve", 1, "--reason", "the rest", "--actor", "carl")
    treue.evaluate("2025-12-31", "year")
    treue.run("run", "reject", 2, "--all", "--reason", "too early", "--actor", "dora")
    treue.run("override", "request", "K3", "--segment", "A", "--to", "2026-06-30", "--reason", "partner",
              "--actor", "anna")
    checks.expect(2, "override", "approve", 1, "--actor", "bert")  # nobody may be in A by override: 5 % of 1
    treue.run("override", "refuse", 1, "--actor", "bert", "--reason", "too few members")
    treue.run("appeal", "file", "K3", "--run", 1, "--reason", "missing", "--owner", "carl", "--actor", "anna")
    treue.run("appeal", "decide", 1, "--grant", "--result", "found", "--actor", "carl")
    wanted = [("run.decisions_approved", "anna", "fine"), ("run.decisions_rejected", "bert", "disputed"),
              ("run.approved", "carl", "the rest"), ("run.rejected", "dora", "too early"),
              ("override.requested", "anna", "partner"), ("override.refused", "bert", "too few members"),
              ("appeal.filed", "anna", "missing"), ("appeal.granted", "carl", "found")]
    found = treue.query("SELECT e.kind, e.actor, d.detail FROM audit_entry e "
                        "JOIN audit_detail d ON d.number = e.number "
                        "WHERE substr(e.kind, 1, 4) IN ('run.', 'over', 'appe') "
                        "AND e.kind <> 'run.created' ORDER BY e.number")
    found = [(kind, actor, json.loads(detail)) for kind, actor, detail in found]
    told = [(kind, actor, detail.get("reason", detail.get("result"))) for kind, actor, detail in found]
    if told != wanted:
        checks.problems.append(f"entries: {told}")
    elif len(found[0][2]["customers"]) != 2 or found[0][2]["effective"] != "2026-01-02":
        checks.problems.append(f"the entry of two approvals: {found[0]}")
    checks.expect(0, "verify")
    return checks.problems


CASES = (listed, single, refusals, kinds, order, approvals, trail)


if __name__ == "__main__":
    sys.exit(road.run_cases(CASES, "runs", sys.argv[1]))
