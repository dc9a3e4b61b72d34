# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hand-made scenarios: suspension, overrides, customers evaluated as one (account groups, sites, merges) and segments
that go on under another name. Points and amounts are chosen so that every row can be calculated in the head."""
from rules_ladder import DOWN, GRACE, H1, H2, Y0, Y1, Y2, ladder, points
from rules_metrics import crit
from road import D
from scenario import Scenario, rest, segment

SCENARIOS = []


def scenario(name):
    made = Scenario(name)
    SCENARIOS.append(made)
    return made


# ---- suspension ------------------------------------------------------------------------------------------------------
# A needs 100 points (keep 90), B 50 (keep 45), see rules_ladder.ladder.

one = scenario("rule 2: suspended from the first to the last day named, inclusive; the segment stays whatever he fulfils")
ladder(one, [(Y0, DOWN), (H1, GRACE), (Y1, DOWN), (H2, GRACE)],
       # To the very last day of June: promoted half a year later only.
       {"UP": [(50, "new B"), (100, "suspended B qualified A before B"), (100, "promote A before B"), (100, "stay A")],
        # The first day is the cut-off of December itself: no grace starts. Afterwards he falls like anybody.
        "DOWN": [(100, "new A"), (100, "stay A"), (0, "suspended A qualified C"), (0, "stay A flags at_risk")],
        # One day short at both ends: not suspended.
        "BESIDE": [(50, "new B"), (100, "promote A"), (100, "stay A"), (100, "stay A")],
        # An end before the start is no end.
        "OPEN": [(50, "new B"), (100, "suspended B qualified A"), (100, "suspended B qualified A"),
                 (100, "suspended B qualified A")]})
one.suspend("UP", "2021-01-01", H1).suspend("DOWN", Y1, "2022-01-31").suspend("BESIDE", "2021-07-01", "2021-12-30")
one.suspend("OPEN", "2021-02-01", "2021-01-01")

one = scenario("rule 2: suspended without membership: the rest segment is shown, and he is without membership next time")
ladder(one, [(Y0, DOWN), (Y1, DOWN)],
       {"K": [(100, "suspended C qualified A before none"), (50, "new B before none")]})
one.suspend("K", "2020-06-01", "2021-06-01")

one = scenario("rule 2: suspension ends a running grace: the next miss starts another one")
ladder(one, [(Y0, DOWN), (Y1, DOWN), (H2, GRACE), (Y2, DOWN)],
       {"K": [(100, "new A"), (0, "grace A"), (0, "suspended A qualified C"), (0, "grace A")],
        # Without it the grace of December ends in June: one rung down.
        "L": [(100, "new A"), (0, "grace A"), (0, "demote B before A"), (0, "grace B")]})
one.suspend("K", "2022-06-30", "2022-06-30")


# ---- overrides -------------------------------------------------------------------------------------------------------

one = scenario("R-093: rule 2: an override fixes the segment on its days, first and last inclusive; afterwards he starts"
               " again from the segment before it")
ladder(one, [(Y0, DOWN), (H1, GRACE), (Y1, DOWN), (H2, GRACE)],
       # Granted A on the June cut-off only. In December he starts from C: 50 points are B.
       {"UP": [(0, "new C"), (0, "override A qualified C before C"), (50, "promote B before C"), (50, "stay B")],
        # A member of A fixed in B for a year: back in A afterwards though nothing promotes him, then missing it.
        "LOW": [(100, "new A"), (100, "override B qualified A before A"), (100, "override B qualified A before B"),
                (0, "stay A qualified C before A flags at_risk")],
        "B1": [(50, "new B"), (50, "stay B"), (50, "stay B"), (50, "stay B")],
        # It ends the day before the cut-off.
        "PAST": [(0, "new C"), (0, "stay C"), (0, "stay C"), (0, "stay C")]})
one.override("UP", "A", H1, H1).override("LOW", "B", H1, "2022-06-29").override("PAST", "A", "2021-01-01", "2021-06-29")

one = scenario("rule 2: an override ends a running grace; suspension is stronger than an override")
ladder(one, [(Y0, DOWN), (Y1, DOWN), (H2, GRACE), (Y2, DOWN)],
       # S is the member of B that an override of B needs. The grace of A would end in June. After the override he starts from A without grace: another one.
       {"K": [(100, "new A"), (0, "grace A"), (0, "override B before A"), (0, "grace A before A")],
        # Suspended and granted A in June: he keeps B.
        "S": [(50, "new B"), (50, "stay B"), (50, "suspended B before B"), (50, "stay B")]})
one.override("K", "B", H2, H2).override("S", "A", H2, H2).suspend("S", H2, H2)

one = scenario("rule 2: two overrides one after the other: the segment before both counts when the second is over")
ladder(one, [(Y0, DOWN), (H1, GRACE), (Y1, DOWN), (H2, GRACE)],
       {"K": [(0, "new C"), (0, "override B before C"), (0, "override A before B"), (0, "stay C before C")],
        "A1": [(100, "new A"), (100, "stay A"), (100, "stay A"), (100, "stay A")],
        "B1": [(50, "new B"), (50, "stay B"), (50, "stay B"), (50, "stay B")]})
one.override("K", "B", H1, H1).override("K", "A", Y1, Y1)

one = scenario("rule 2: an override without membership: afterwards he is new")
ladder(one, [(Y0, DOWN), (Y1, DOWN), (Y2, DOWN)],
       {"K": [None, (0, "override A qualified C before none"), (50, "new B before none")],
        "A1": [(100, "new A"), (100, "stay A"), (100, "stay A")]})
one.override("K", "A", Y1, Y1)

one = scenario("rule 2: an override to a segment for customers rests while somebody is a prospect, and the reverse")
ladder(one, [(Y0, DOWN), (H1, GRACE), (Y1, DOWN), (H2, GRACE), (Y2, DOWN)],
       {"C1": [(50, "new B"), (100, "promote A before B"), (100, "stay A"), (0, "stay A flags at_risk"), (0, "grace A")],
        "A1": [(100, "new A"), (100, "stay A"), (100, "stay A"), (100, "stay A"), (100, "stay A")]})
# P1 is granted A from June 2021 to June 2022 and buys in September: then he is in it. When it is over he starts as
# somebody without membership among customers. C1 is granted P meanwhile, which means nothing.
one.customer("P1", kind="prospect", since="2010-01-01").buy("P1", "2021-09-01", 10)
one.override("P1", "A", H1, H2).override("C1", "P", H1, H2)
for step, row in zip([step for step in one.steps if step[0] == "run"],
                     ("new P before none", "stay P before P", "override A qualified C before P flags unknown",
                      "override A qualified C before A flags unknown", "new C before P flags unknown")):
    step[3]["P1"] = row
one.explain("P1", H1, decision="stay", segment="P", override=None)
one.explain("C1", H1, decision="promote", segment="A", override=None)
one.explain("P1", Y1, decision="override", segment="A", override={
    "until": H2, "reason": "trial", "requested_by": "anna", "approved_by": "bert"})

one = scenario("rule 2: an override of one member rests while nobody of the account group is a customer")
one.evaluates("account_group")
ladder(one, [(Y0, DOWN), (H1, GRACE), (Y1, DOWN)], {"A1": [(100, "new A"), (100, "stay A"), (100, "stay A")]})
for number in ("K1", "K2"):
    one.customer(number, kind="prospect", since="2010-01-01", account_group="G")
one.buy("K2", "2021-09-01", 10).override("K1", "A", H1, Y1)
for step, row in zip([step for step in one.steps if step[0] == "run"],
                     ("new P before none", "stay P before P", "override A qualified C before P flags unknown")):
    step[3].update(K1=row, K2=row)


# ---- account groups --------------------------------------------------------------------------------------------------

def revenue_steps(at_least, keep=None, **more):
    """Segment A by revenue of 12 months, rest C."""
    return [segment("A", [dict(crit("revenue", "12m", at_least=at_least, **({"keep": keep} if keep else {})), **more)]),
            rest("C"), rest("P", "prospects")]


one = scenario("R-080: account group: revenue, orders and product groups of the members together; members share the"
               " decision, counts and revenue stay per customer")
one.evaluates("account_group")
one.segments(segment("A", [crit("revenue", "12m", at_least=100), crit("orders", "12m", at_least=3),
                           crit("product_groups", "12m", at_least=2)]), rest("C"), rest("P", "prospects"))
one.product("D1", "Dach").product("W1", "Wand")
for number, group in (("K1", "G"), ("K2", "G"), ("L1", "H"), ("L2", "H"), ("X", None)):
    one.customer(number, since="2010-01-01", **({"account_group": group} if group else {}))
# G: 60 + 20 + 20 = 100 in three orders of two groups. H: 99 only. X has as much as G in one order.
one.buys("K1", {"2020-03-01": 60}, article="D1").buys("K2", {"2020-04-01": 20, "2020-05-01": 20}, article="W1")
one.buys("L1", {"2020-03-01": 60}, article="D1").buys("L2", {"2020-04-01": 20, "2020-05-01": 19}, article="W1")
one.buys("X", {"2020-03-01": 100}, article="D1")
one.run(Y0, DOWN, {"K1": "new A", "K2": "new A", "L1": "new C", "L2": "new C", "X": "new C"},
        counts={"counts": {"A": 2, "C": 3, "P": 0},
                "revenue": {"A": "100.00", "C": "199.00", "P": "0.00"}, "customers_evaluated": 5})

one = scenario("account group: promoted and demoted together")
one.evaluates("account_group").segments(*revenue_steps(100, 90)).mechanic(grace="none")
for number in ("K1", "K2"):
    one.customer(number, since="2010-01-01", account_group="G")
# 2020: 60 + 39 = 99. 2021: 60 + 40 = 100. 2022: 80 + 10 = 90, kept. 2023: 0 + 89.
one.buys("K1", {"2020-03-01": 60, "2021-03-01": 60, "2022-03-01": 80})
one.buys("K2", {"2020-03-01": 39, "2021-03-01": 40, "2022-03-01": 10, "2023-03-01": 89})
for cutoff, row in ((Y0, "new C"), (Y1, "promote A before C"), (Y2, "kept A"), ("2023-12-31", "demote C before A")):
    one.run(cutoff, DOWN, {"K1": row, "K2": row})

one = scenario("account group: an attribute that differs is unknown; one that only a member has is that of all")
one.evaluates("account_group")
one.segments(segment("A", [crit("attribute", of="trade", equals="Dach")]), rest("C"), rest("P", "prospects"))
one.customer("K1", since="2010-01-01", account_group="G", trade="Dach")
one.customer("K2", since="2010-01-01", account_group="G", trade="Holz")
one.customer("L1", since="2010-01-01", account_group="H", trade="Dach")
one.customer("L2", since="2010-01-01", account_group="H")
one.run(Y0, DOWN, {"K1": "new C flags unknown", "K2": "new C flags unknown", "L1": "new A", "L2": "new A"})

one = scenario("account group: the size class of the member with the largest revenue; factors scale the common revenue")
one.evaluates("account_group").mechanic(size_factors={"S": D("0.5"), "L": 2})
one.segments(*revenue_steps(100, scale=["size"]))
one.customer("K1", since="2010-01-01", account_group="G", size_class="L")
one.customer("K2", since="2010-01-01", account_group="G", size_class="S")
one.customer("L1", since="2010-01-01", account_group="H", size_class="L")
one.customer("L2", since="2010-01-01", account_group="H", size_class="S")
# G: 20 + 30 = 50, S buys most: 50 are needed. H: 31 + 30, L buys most: 200 are needed.
one.buys("K1", {"2020-03-01": 20}).buys("K2", {"2020-03-01": 30})
one.buys("L1", {"2020-03-01": 31}).buys("L2", {"2020-03-01": 30})
one.run(Y0, DOWN, {"K1": "new A", "K2": "new A", "L1": "new C", "L2": "new C"})

one = scenario("account group: suspended only when all members are")
one.evaluates("account_group")
ladder(one, [(Y0, DOWN), (Y1, DOWN)],
       {"K1": [(50, "new B"), (100, "promote A")], "K2": [(50, "new B"), (100, "promote A")],
        "L1": [(50, "new B"), (100, "suspended B qualified A")], "L2": [(50, "new B"), (100, "suspended B qualified A")]})
one.groups({"G": ("K1", "K2"), "H": ("L1", "L2")})
one.suspend("K1", "2021-12-01").suspend("L1", "2021-12-01").suspend("L2", "2021-12-31", "2021-12-31")

one = scenario("account group: the earliest since and joined: the tenure of the oldest, no newcomer beside an old member")
one.evaluates("account_group").mechanic(newcomer={"months": 24, "factors": [D("0.5")]})
one.segments(segment("A", [crit("tenure", at_least=60), dict(crit("revenue", "12m", at_least=100), scale=["newcomer"])]),
             rest("C"), rest("P", "prospects"))
# K2 alone: 12 months of tenure, and a newcomer for whom 50 are enough.
one.customer("K1", since="2015-12-31", joined="2016-01-01", account_group="G")
one.customer("K2", since="2019-12-31", joined="2020-01-01", account_group="G")
one.customer("L1", since="2015-12-31", account_group="H")
one.customer("L2", since="2019-12-31", joined="2020-01-01", account_group="H")
one.buys("K1", {"2020-03-01": 40}).buys("K2", {"2020-03-01": 59})
one.buys("L1", {"2020-03-01": 30}).buys("L2", {"2020-03-01": 20})
# G: joined in 2016, so 99 of 100. H: L2's joining counts, 50 of 50.
one.run(Y0, DOWN, {"K1": "new C", "K2": "new C", "L1": "new A flags newcomer", "L2": "new A flags newcomer"})


# ---- sites -----------------------------------------------------------------------------------------------------------

one = scenario("R-080: sites count together with the customer they belong to; his own size class comes first")
one.evaluates("site").mechanic(size_factors={"S": D("0.5"), "L": 2}).segments(*revenue_steps(100, scale=["size"]))
one.customer("H", since="2010-01-01", size_class="S").customer("S1", since="2010-01-01", site_of="H", size_class="L")
one.customer("S2", since="2010-01-01", site_of="S1").customer("X", since="2010-01-01", size_class="S")
# 10 + 30 + 10 = 50: the head is S, though the site L buys most. S2 is a site of a site.
one.buys("H", {"2020-03-01": 10}).buys("S1", {"2020-03-01": 30}).buys("S2", {"2020-03-01": 10})
one.buys("X", {"2020-03-01": 49})
one.run(Y0, DOWN, {"H": "new A", "S1": "new A", "S2": "new A", "X": "new C"})


# ---- merges ----------------------------------------------------------------------------------------------------------

one = scenario("merge: from its day on one decision, with the purchases of both; before it each has his own")
one.segments(*revenue_steps(100))
one.customer("FROM", since="2010-01-01").customer("INTO", since="2010-01-01")
one.buys("FROM", {"2020-03-01": 50, "2021-03-01": 50}).buys("INTO", {"2020-03-01": 50, "2021-03-01": 50})
one.merge("FROM", "INTO", "2021-01-01")
one.run(Y0, DOWN, {"FROM": "new C", "INTO": "new C"})
one.run(Y1, DOWN, {"INTO": "promote A before C"}, absent=("FROM",),
        counts={"customers_evaluated": 1, "revenue": {"A": "100.00", "C": "0.00", "P": "0.00"}})

one = scenario("merge: the better segment, not lowered before the end of the program year, then like anybody")
one.mechanic(grace="none")
ladder(one, [(Y0, DOWN), ("2021-03-31", "spring"), (H1, "spring"), (Y1, DOWN)],
       {"FROM": [(100, "new A"), None, None, None],
        # A from FROM, whose points differ from INTO's: unknown. In March and June a demotion is due and does not happen; on the last day of the year it does.
        "INTO": [(0, "new C"), (0, "stay A qualified C before A flags at_risk,unknown"),
                 (0, "stay A qualified C before A flags at_risk,unknown"), (0, "demote B before A flags unknown")],
        # Not merged: down at once.
        "X": [(100, "new A"), (0, "demote B before A"), (0, "demote C before B"), (0, "stay C")]})
one.moves(spring=["up", "down"]).merge("FROM", "INTO", "2021-02-01")

one = scenario("merge: a program year from July ends with June")
one.program["year_starts"] = "07-01"
one.mechanic(grace="none")
ladder(one, [(Y0, DOWN), ("2021-06-29", "spring"), (H1, "spring")],
       {"FROM": [(100, "new A"), None, None],
        "INTO": [(0, "new C"), (0, "stay A flags at_risk,unknown"), (0, "demote B before A flags unknown")]})
one.moves(spring=["up", "down"]).merge("FROM", "INTO", "2021-01-15")

one = scenario("merge: the longer grace of the two")
one.mechanic(grace={"months": 12})
ladder(one, [(Y0, DOWN), (H1, "spring"), (Y1, DOWN), (H2, GRACE), (Y2, DOWN)],
       # FROM's grace ends on 30 June 2022, INTO's half a year later: that one counts. Merged in 2021, so that nothing
       # is protected in 2022.
       {"FROM": [(100, "new A"), (0, "grace A"), (0, "stay A flags at_risk"), None, None],
        "INTO": [(100, "new A"), (100, "stay A"), (0, "grace A"), (0, "stay A before A flags at_risk"),
                 (0, "demote B before A")],
        "X": [(100, "new A"), (0, "grace A"), (0, "stay A flags at_risk"), (0, "demote B before A"), (0, "grace B")]})
one.moves(spring=["up", "down"]).merge("FROM", "INTO", "2022-01-01")

one = scenario("merge: a chain of two: the last one counts, with all purchases")
one.segments(*revenue_steps(100))
for number in ("K1", "K2", "K3"):
    one.customer(number, since="2010-01-01").buys(number, {"2020-03-01": 40})
one.merge("K1", "K2", "2020-06-01").merge("K2", "K3", "2020-12-31")
one.run(Y0, DOWN, {"K3": "new A"}, absent=("K1", "K2"), counts={"customers_evaluated": 1})


# ---- replaces --------------------------------------------------------------------------------------------------------

one = scenario("R-127: replaces: membership, grace and override go on in the segment of the new name")
ladder(one, [(Y0, DOWN), (Y1, DOWN)],
       {"K": [(100, "new A"), (100, "stay A")], "L": [(100, "new A"), (0, "grace A")], "O": [(0, "new C"), (0, "override A")]})
for number, amount in (("K", 100), ("L", 0), ("O", 0)):
    one.value(number, "points", amount, H2)
one.override("O", "A", Y1, H2)
one.change_concept(segments=[segment("TOP", [points(100, 90)]), segment("B", [points(50, 45)]), rest("C"),
                             rest("P", "prospects")], replaces={"A": "TOP"})
# L's grace goes on in TOP and ends in June.
one.run(H2, GRACE, {"K": "stay TOP before TOP", "L": "demote B before TOP", "O": "override TOP before TOP"})
