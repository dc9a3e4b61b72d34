# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hand-made scenarios: existence, prospects, dated facts, rules 1 to 7, grace, approval, effective dates."""
from rules_metrics import crit
from road import D
from scenario import Scenario, rest, segment

SCENARIOS = []
DOWN, GRACE = "year", "half_year"      # [up, down] and [up, grace]
Y0, H1, Y1, H2, Y2 = "2020-12-31", "2021-06-30", "2021-12-31", "2022-06-30", "2022-12-31"


def scenario(name):
    made = Scenario(name)
    SCENARIOS.append(made)
    return made


def points(at_least, keep=None):
    return crit("value", of="points", at_least=at_least, **({"keep": keep} if keep is not None else {}))


def ladder(made, runs, expected, steps=("A", "B")):
    """Customers have so many points from each cut-off on: {number: [(points, row), ...]}. A needs 100 (keep 90), B 50
    (keep 45), further segments half of that. None in place of a pair: he is not evaluated
    (at first: he is a customer only since the cut-off of his first pair)."""
    least, segments = 100, []
    for name in steps:
        segments.append(segment(name, [points(least, least * 9 // 10)]))
        least //= 2
    made.segments(*segments, rest("C"), rest("P", "prospects"))
    for number, course in expected.items():
        made.customer(number, since="2010-01-01" if course[0] else next(c for (c, _), here in zip(runs, course) if here))
        for (cutoff, _), here in zip(runs, course):
            if here:
                made.value(number, "points", here[0], cutoff)
    for i, (cutoff, evaluation) in enumerate(runs):
        made.run(cutoff, evaluation, {number: course[i][1] for number, course in expected.items() if course[i]},
                 "approve", absent=[number for number, course in expected.items() if not course[i]])
    return made


# ---- rules 1 to 7 ----------------------------------------------------------------------------------------------------

ladder(scenario("rules 1 and 3: without membership the qualified segment, new; the rest segment always is"),
       [(Y0, DOWN)],
       {"A": [(100, "new A qualified A before none")], "B": [(99, "new B qualified B before none")],
        "C": [(49, "new C qualified C before none")]})

ladder(scenario("R-094 (promotion): rule 4: qualified better and up among the moves: promote, by all rungs by default"),
       [(Y0, DOWN), (H1, GRACE)],
       {"CA": [(0, "new C"), (100, "promote A before C qualified A")],
        "CB": [(49, "new C"), (50, "promote B before C qualified B")],
        "BA": [(50, "new B"), (100, "promote A before B")]})

one = scenario("rule 4: promotion by at most max_steps rungs, the next evaluation goes on")
one.mechanic(promotion={"max_steps": 1})
ladder(one, [(Y0, DOWN), (Y1, DOWN), (Y2, DOWN)],
       {"K": [(0, "new C"), (100, "promote B before C qualified A"), (100, "promote A before B qualified A")]})

one = scenario("rule 4: without up he stays")
one.moves(autumn=["down"])
ladder(one, [(Y0, DOWN), (H1, "autumn"), (Y1, DOWN)],
       {"K": [(50, "new B"), (100, "stay B qualified A"), (100, "promote A")]})

ladder(scenario("rule 5: qualified equals current: stay"), [(Y0, DOWN), (Y1, DOWN)],
       {"A": [(100, "new A"), (100, "stay A before A qualified A")], "C": [(0, "new C"), (1, "stay C before C")]})

ladder(scenario("rule 6: qualified worse, but the current segment is fulfilled at keep thresholds: kept"),
       [(Y0, DOWN), (Y1, DOWN), (Y2, DOWN)],
       {"K": [(100, "new A"), (90, "kept A before A qualified B"), (90, "kept A")],
        "L": [(100, "new A"), (89, "grace A qualified B"), (90, "kept A")],
        "B": [(50, "new B"), (45, "kept B qualified C"), (45, "kept B")]})

ladder(scenario("rule 7: a miss with down starts a grace, the next evaluation with grace demotes by one rung"),
       [(Y0, DOWN), (Y1, DOWN), (H2, GRACE), (Y2, DOWN)],
       {"A": [(100, "new A"), (0, "grace A qualified C"), (0, "demote B before A qualified C"), (0, "grace B")],
        "B": [(50, "new B"), (44, "grace B"), (44, "demote C before B"), (44, "stay C")],
        "R": [(100, "new A"), (60, "grace A"), (100, "recovered A before A qualified A"), (60, "grace A")],
        "K": [(100, "new A"), (60, "grace A"), (95, "kept A"), (60, "grace A")],
        "P": [(50, "new B"), (0, "grace B"), (100, "promote A before B"), (60, "grace A")]})

ladder(scenario("rule 7: without down nothing starts: stay, flagged at_risk"),
       [(Y0, DOWN), (H1, GRACE), (Y1, DOWN)],
       {"K": [(100, "new A"), (0, "stay A qualified C flags at_risk"), (0, "grace A")]})

one = scenario("rule 7: a grace still running: stay, flagged at_risk; only runs with down or grace end it")
one.moves(spring=["up"])
ladder(one, [(Y0, DOWN), (Y1, DOWN), ("2022-03-31", "spring"), (H2, GRACE)],
       {"K": [(100, "new A"), (0, "grace A"), (0, "stay A flags at_risk"), (0, "demote B")],
        "R": [(100, "new A"), (0, "grace A"), (100, "recovered A"), (0, "stay A flags at_risk")]})

ladder(scenario("grace until the next evaluation ends with the next approved run of either id, whatever its date"),
       [(Y0, DOWN), (Y1, DOWN), ("2022-01-01", DOWN)],
       {"K": [(100, "new A"), (0, "grace A"), (0, "demote B before A")]})

one = scenario("rule 4 without up lifts a running grace, too")
one.moves(autumn=["down"])
ladder(one, [(Y0, DOWN), (Y1, DOWN), (H2, "autumn"), (Y2, DOWN)],
       {"K": [(50, "new B"), (0, "grace B"), (100, "stay B qualified A"), (0, "grace B")]})

one = scenario("grace: none demotes at once, with down only")
one.mechanic(grace="none")
ladder(one, [(Y0, DOWN), (H1, GRACE), (Y1, DOWN)],
       {"K": [(100, "new A"), (0, "stay A flags at_risk"), (0, "demote B before A")]})

one = scenario("grace of months counts from the cut-off and ends at or before an evaluation")
one.mechanic(grace={"months": 6})
ladder(one, [(Y0, DOWN), (Y1, DOWN), ("2022-06-29", GRACE), (H2, GRACE)],
       {"K": [(100, "new A"), (0, "grace A"), (0, "stay A flags at_risk"), (0, "demote B")]})
one.explain("K", Y1, grace_until="2022-06-30")

one = scenario("grace of months from a month's end ends at a month's end")
one.mechanic(grace={"months": 3})
ladder(one, [("2020-11-30", DOWN), ("2021-02-28", DOWN), ("2021-05-30", GRACE), ("2021-05-31", GRACE)],
       {"K": [(100, "new A"), (0, "grace A"), (0, "stay A flags at_risk"), (0, "demote B")]})
one.explain("K", "2021-02-28", grace_until="2021-05-31")

one = scenario("a grace of months that has ended waits for an evaluation with down or grace")
one.mechanic(grace={"months": 1})
one.moves(spring=["up"])
ladder(one, [(Y0, DOWN), (Y1, DOWN), ("2022-03-31", "spring"), (H2, GRACE)],
       {"K": [(100, "new A"), (0, "grace A"), (0, "stay A flags at_risk"), (0, "demote B")]})

one = scenario("demotion by two rungs, never below the best segment he fulfils at keep thresholds")
one.mechanic(demotion={"max_steps": 2}, grace="none")
# A 100 (90), B 50 (45), D 25 (22), rest C.
ladder(one, [(Y0, DOWN), (Y1, DOWN)],
       {"A0": [(100, "new A"), (0, "demote D before A qualified C")],
        "AB": [(100, "new A"), (45, "demote B before A qualified D")],
        "AD": [(100, "new A"), (44, "demote D before A qualified D")],
        "BC": [(50, "new B"), (0, "demote C before B")],
        "BD": [(50, "new B"), (22, "demote D before B qualified C")],
        "BX": [(50, "new B"), (21, "demote C before B qualified C")]}, steps=("A", "B", "D"))

one = scenario("R-094 (promotion): grace ends, demotion ends the grace: the next miss starts a new one")
ladder(one, [(Y0, DOWN), (Y1, DOWN), (H2, GRACE), (Y2, DOWN), ("2023-06-30", GRACE)],
       {"K": [(100, "new A"), (0, "grace A"), (0, "demote B"), (0, "grace B"), (0, "demote C")]})

one = scenario("the explanation shows until when a grace runs: the scheduled date of the next evaluation that ends it")
ladder(one, [(Y0, DOWN), (Y1, DOWN)], {"K": [(100, "new A"), (0, "grace A")]})
one.explain("K", Y1, grace_until="2022-06-30", decision="grace")
one.explain("K", Y0, grace_until=None, decision="new")

# ---- classify_after --------------------------------------------------------------------------------------------------

one = scenario("classify_after: 3 orders or 2500 over all is enough; before that the rest segment, unclassified")
one.mechanic(classify_after={"orders": 3, "revenue": 2500})
one.segments(segment("A", [crit("revenue", "24m", at_least=10)]), rest("C"), rest("P", "prospects"))
one.customer("O2", since="2010-01-01").buys("O2", {"2020-03-01": 20, "2020-04-01": 20}).buy("O2", "2020-05-01", -5)
one.customer("O3", since="2010-01-01").buys("O3", {"2010-03-01": 1, "2020-03-01": 20, "2020-04-01": 20})
one.customer("R1", since="2010-01-01").buy("R1", "2020-05-01", "2500")
one.customer("R0", since="2010-01-01").buy("R0", "2020-05-01", "2499.99").buy("R0", "2021-02-01", "0.01")
one.customer("Z", since="2010-01-01")
one.run(Y0, DOWN, {"O2": "unclassified C qualified A before none", "O3": "new A", "R1": "new A",
                   "R0": "unclassified C qualified A", "Z": "unclassified C qualified C"}, counts={
                       "decisions": {"new": 2, "unclassified": 3}, "qualified": {"A": 4, "C": 1, "P": 0}})
# He still counts as without membership: R0 has 2500.00 and two orders now.
one.run(H1, GRACE, {"O2": "unclassified C before none qualified A", "R0": "new A before none qualified A"})

one = scenario("classify_after with one condition only; members are not asked again")
one.mechanic(classify_after={"orders": 2}, grace="none")
one.segments(segment("A", [crit("revenue", "6m", at_least=10)]), rest("C"), rest("P", "prospects"))
one.customer("K", since="2010-01-01").buy("K", "2020-11-01", "9999")
one.customer("M", since="2010-01-01").buys("M", {"2020-11-01": 9, "2020-12-01": 9})
one.run(Y0, DOWN, {"K": "unclassified C qualified A", "M": "new A"})
one.run(Y1, DOWN, {"K": "unclassified C qualified C", "M": "demote C"})

# ---- existence and prospects -----------------------------------------------------------------------------------------

one = scenario("evaluated are those who exist: customer since, else first document (also a credit note), else recorded")
one.customer("S", since="2020-12-31").customer("T", since="2021-01-01").customer("N").customer("W")
one.buy("T", "2020-01-01", 50).buy("N", "2020-12-31", "-5").buy("W", "2021-01-01", 5)
one.customer("Q")  # recorded on the import day, 2026-01-02
one.run(Y0, DOWN, {"S": "new C", "N": "new C"}, absent=("T", "W", "Q"), counts={"customers_evaluated": 2})
one.run(Y1, DOWN, {"S": "stay C", "T": "new C", "W": "new C"}, absent=("Q",))
one.run("2026-01-01", DOWN, {"S": "stay C"}, absent=("Q",))
one.run("2026-01-02", DOWN, {"Q": "new C"}, counts={"customers_evaluated": 5})

one = scenario("prospects are recorded on since, else the import day, and have segments of their own")
one.segments(segment("A", [points(1)]), rest("C"), segment("Q", [crit("potential", at_least=100)], kind="prospects"),
             rest("P", "prospects"))
one.customer("A", kind="prospect", since="2020-12-31").customer("B", kind="prospect", since="2021-01-01")
one.customer("D", kind="prospect").potential("A", 100).potential("B", 99)
one.run(Y0, DOWN, {"A": "new Q"}, absent=("B", "D"), counts={"counts": {"A": 0, "C": 0, "Q": 1, "P": 0}})
one.run(H1, GRACE, {"A": "stay Q", "B": "new P"}, absent=("D",))

one = scenario("R-082 (conversion keeps history): a prospect becomes a customer with his first positive document")
one.segments(segment("A", [crit("revenue", "12m", at_least=10)]), rest("C"),
             segment("Q", [crit("potential", at_least=100)], kind="prospects"), rest("P", "prospects"))
one.customer("K", kind="prospect", since="2020-01-01").potential("K", 100)
one.buy("K", "2020-05-01", "-5").buy("K", "2020-06-01", "0").buy("K", "2021-06-30", 15)
one.customer("L", kind="prospect", since="2020-01-01").buy("L", "2021-07-01", 15)
# Recorded later than his first document: he is a customer, since then.
one.customer("M", kind="prospect", since="2023-01-01").buy("M", "2020-12-31", 10)
one.run(Y0, DOWN, {"K": "new Q before none qualified Q", "L": "new P flags unknown", "M": "new A"})
one.run("2021-06-29", GRACE, {"K": "stay Q", "L": "stay P flags unknown"})
one.run(H1, GRACE, {"K": "new A before Q qualified A", "L": "stay P flags unknown"})
one.run(Y1, DOWN, {"K": "stay A before A", "L": "new A before P"})
one.explain("K", "2021-06-29", segment="Q", decision="stay")

one = scenario("tenure of a prospect is unknown; after conversion it counts from his first positive document")
one.segments(segment("A", [crit("tenure", at_least=6)]), rest("C"),
             segment("Q", [crit("tenure", at_least=0)], kind="prospects"), rest("P", "prospects"))
# From 2020-06-30 to 2020-12-31 six full months, from 2020-07-01 five.
one.customer("P", kind="prospect", since="2010-01-01")
one.customer("K", kind="prospect", since="2010-01-01").buy("K", "2020-06-30", 5)
one.customer("L", kind="prospect", since="2010-01-01").buy("L", "2020-07-01", 5)
one.run(Y0, DOWN, {"P": "new P flags unknown", "K": "new A", "L": "new C"})

one = scenario("a converted prospect is asked for classify_after, prospects are not")
one.mechanic(classify_after={"orders": 2})
one.segments(segment("A", [crit("revenue", "all", at_least=10)]), rest("C"),
             segment("Q", [crit("potential", at_least=1)], kind="prospects"), rest("P", "prospects"))
one.customer("K", kind="prospect", since="2020-01-01").potential("K", 100)
one.buys("K", {"2021-02-01": 15, "2021-08-01": 1})
one.run(Y0, DOWN, {"K": "new Q"})
one.run(H1, GRACE, {"K": "unclassified C qualified A before Q"})
one.run(Y1, DOWN, {"K": "new A before none"})

# ---- dated facts -----------------------------------------------------------------------------------------------------

one = scenario("X-10 (as of): the first known value is open at its start, a later change holds from its date")
one.mechanic(size_factors={"S": D("0.5"), "L": 2})
one.segments(segment("A", [crit("attribute", of="trade", equals="Maler"), crit("revenue", "all", at_least=100,
                                                                              scale=["size"])]),
             rest("C"), rest("P", "prospects"))
one.customer("K", since="2010-01-01", trade="Dachdecker", size_class="L").buy("K", "2010-01-01", 100)
one.later("K", "2021-01-01", trade="Maler").later("K", "2021-06-30", size_class="S")
one.customer("N", since="2010-01-01", size_class="S").buy("N", "2010-01-01", 50).later("N", "2022-01-01", trade="Maler")
# No date: the change holds from the import day, 2026-01-02.
one.customer("I", since="2010-01-01", trade="Maler", size_class="S").buy("I", "2010-01-01", 50)
one.later("I", None, trade="Dachdecker")
one.run(Y0, DOWN, {"K": "new C", "N": "new A", "I": "new A"}, "proposal")
one.run("2021-06-29", GRACE, {"K": "new C", "I": "new A"}, "proposal")
one.run("2021-06-30", GRACE, {"K": "new A", "I": "new A"}, "proposal")
one.run("2026-01-01", DOWN, {"I": "new A"}, "proposal")
one.run("2026-01-02", DOWN, {"I": "new C"}, "proposal")

one = scenario("X-10 (as of): documents dated later are invisible, even to existence and groups")
one.segments(segment("A", [crit("product_groups", "all", at_least=1)]), rest("C"), rest("P", "prospects"))
one.customer("K", since="2010-01-01").buy("K", "2020-06-01", 10, "X").buy("K", "2021-06-01", 1, "X", group="HP")
one.run(Y0, DOWN, {"K": "new C flags no_group"}, "proposal")
one.run(Y1, DOWN, {"K": "new A"}, "proposal")

one = scenario("a prospect who is called a customer from a date on is evaluated among customers from then on")
one.customer("K", kind="prospect", since="2020-01-01").later("K", "2021-03-01", kind="customer")
one.run(Y0, DOWN, {"K": "new P"})
one.run(H1, GRACE, {"K": "new C before P"})

# ---- R-029, R-016 ----------------------------------------------------------------------------------------------------

one = scenario("R-029 (evaluation): nobody is left without a segment")
one.customer("A", since="2010-01-01").customer("B", kind="prospect", since="2010-01-01")
one.customer("D", since="2015-05-05")
one.run(Y0, DOWN, {"A": "new C", "B": "new P", "D": "new C"}, counts={
    "customers_evaluated": 3, "counts": {"C": 2, "P": 1}, "qualified": {"C": 2, "P": 1}, "decisions": {"new": 3},
    "revenue": {"C": "0.00", "P": "0.00"}})

one = scenario("R-016 (just misses): the next better segment and how many criteria are missing")
one.segments(segment("A", {"all": [crit("revenue", "12m", at_least=100), crit("articles", "12m", at_least=2)],
                           "some": {"at_least": 1, "of": [crit("orders", "12m", at_least=3),
                                                          crit("tenure", at_least=24)]}},
                     [crit("revenue", "12m", at_least=1000)]), rest("C"), rest("P", "prospects"))
for number, since, amounts, articles in (("M1", "2010-01-01", (50, 49), 2), ("M2", "2010-01-01", (50, 49), 1),
                                         ("M3", "2019-06-01", (60, 60), 2), ("M4", "2019-06-01", (999, 0), 1)):
    one.customer(number, since=since)
    for i, amount in enumerate(amounts):
        one.buy(number, f"2020-0{i + 1}-15", amount, article=f"X{i % articles}")
one.run(Y0, DOWN, {number: "new C" for number in ("M1", "M2", "M3", "M4")})
# M1 lacks 1.00 of 100 in p0 and 901 of 1000 in p1: one each, p0 is nearer. M2 lacks revenue and an article in p0, one
# criterion in p1. M3 lacks the some of p0 and 880 of 1000: one each; 6 of 24 months (0.25) are nearer than 0.88.
# M4 lacks the article and the some in p0, one criterion in p1.
one.explain("M1", Y0, next={"segment": "A", "path": "p0", "missing": [0], "missing_count": 1})
one.explain("M2", Y0, next={"segment": "A", "path": "p1", "missing": [0], "missing_count": 1})
one.explain("M3", Y0, next={"segment": "A", "path": "p0", "missing": [2, 3], "missing_count": 1})
one.explain("M4", Y0, next={"segment": "A", "path": "p1", "missing": [0], "missing_count": 1})

# ---- approval, effective dates, refusals -----------------------------------------------------------------------------

one = scenario("a proposal changes nothing, nor does a dry run")
one.segments(segment("A", [crit("revenue", "6m", at_least=1)]), rest("C"), rest("P", "prospects"))
one.customer("K", since="2010-01-01").buy("K", "2020-10-01", 5)
one.run(Y0, DOWN, {"K": "new A before none"}, "proposal")
one.run(H1, GRACE, {"K": "new C before none"}, "dry_run")
one.run(Y1, DOWN, {"K": "new C before none"}, "approve")

one = scenario("the current segment is that of the latest approved decision of an earlier cut-off")
one.segments(segment("A", [crit("revenue", "6m", at_least=1)]), rest("C"), rest("P", "prospects"))
one.customer("K", since="2010-01-01").buy("K", "2020-10-01", 5)
one.run(Y0, DOWN, {"K": "new A before none"})
one.run("2021-12-31", DOWN, {"K": "grace A before A"})
# The same cut-off again starts from where the first one started; of two with the same cut-off the later approval holds.
one.run("2021-12-31", GRACE, {"K": "stay A before A flags at_risk"})
one.run(H2, GRACE, {"K": "stay A before A flags at_risk"})
# An older cut-off may be looked at, but not be approved any more.
one.run(H1, DOWN, {"K": "grace A before A"}, "proposal")
one.command(["evaluate", "--cutoff", H1, "--evaluation", DOWN, "--approve"], 2)
one.run(Y2, DOWN, {"K": "grace A before A"})

one = scenario("R-094 (promotion from the effective date): the first effective date after the cut-off")
one.clock = "2026-01-02T03:04:05Z"
one.customer("K", since="2010-01-01")
one.run("2025-12-31", DOWN, {"K": "new C"})
one.explain("K", "2025-12-31", effective="2026-02-01", state="approved")
# Another day than the scheduled one: 02-01 after the cut-off is a year later.
one.run("2026-02-01", DOWN, {"K": "stay C"})
one.explain("K", "2026-02-01", effective="2027-02-01", before="C")

one = scenario("effective on the day of approval when that is later")
one.customer("K", since="2010-01-01")
one.run("2024-12-31", DOWN, {"K": "new C"})
one.explain("K", "2024-12-31", effective="2026-01-02")
one.run("2025-06-30", GRACE, {"K": "stay C"}, "proposal")
one.explain("K", "2025-06-30", effective="2025-08-01", state="proposed")

one = scenario("the effective date lies ahead, the decision counts for the next run all the same")
one.segments(segment("A", [crit("revenue", "6m", at_least=1)]), rest("C"), rest("P", "prospects"))
one.customer("K", since="2010-01-01").buy("K", "2025-12-31", 5)
one.run("2025-12-30", DOWN, {"K": "new C"})
one.run("2025-12-31", DOWN, {"K": "promote A before C"})
one.run("2026-01-01", GRACE, {"K": "stay A before A"})
one.explain("K", "2025-12-31", effective="2026-02-01")

one = scenario("without --evaluation the one whose cut-off day matches, else an error")
one.customer("K", since="2010-01-01")
one.command(["evaluate", "--cutoff", "2025-06-30", "--dry-run"], 0)
one.command(["evaluate", "--cutoff", "2025-06-29", "--dry-run"], 2)
one.command(["evaluate", "--cutoff", "2025-06-29", "--evaluation", "half_year", "--dry-run"], 0)
one.command(["evaluate", "--cutoff", "2025-06-30", "--evaluation", "nothing", "--dry-run"], 2)
one.command(["evaluate", "--cutoff", "2025-06-31", "--evaluation", "half_year", "--dry-run"], 2)
