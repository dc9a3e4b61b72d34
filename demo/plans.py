# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every customer of the demo company is meant to be: the part he plays in the program, his size, his revenue per
half-year, and which of the program's criteria he meets.

Only the facts are planned: nothing here is told to the program. The revenues of the steady customers are bent by one
exponent per segment until the plans of a segment add up to what section 5.1 of the demo concept names.
"""
FACTORS = {"S": 0.6, "M": 1.0, "L": 1.5}
# A little more than wanted: credit notes take about 0.2 percent back.
REVENUE_TARGETS = {"A": 11_825_000, "B": 8_415_000, "C": 4_408_000}
FIRST_CUSTOMER, FIRST_PROSPECT, PROSPECTS = 10001, 20001, 180
A, B = 120_000, 40_000
# Role: how many, segment after the evaluation of 2025-12-31, revenue per half-year relative to `base` (a steady plan:
# between the two bounds of `steady`), before the size factor.
ROLES = {
    "a_steady":     {"count": 27, "segment": "A", "steady": (140_000, 1_000_000)},
    "a_kept":       {"count": 3, "segment": "A", "base": A, "halves": (.50, .53, .56, .56, .50, .42)},
    "a_grace":      {"count": 3, "segment": "A", "base": A, "halves": (.52, .55, .56, .56, .48, .34)},
    "a_specialist": {"count": 3, "segment": "A", "base": 84_000, "halves": (.47, .48, .49, .50, .50, .50)},
    "a_june":       {"count": 3, "segment": "A", "base": A, "halves": (.33, .36, .40, .46, .66, .70)},
    "a_december":   {"count": 2, "segment": "A", "base": A, "halves": (.32, .36, .38, .42, .50, .60)},
    "a_override":   {"count": 1, "segment": "A", "base": 92_000, "halves": (.44, .45, .46, .48, .49, .51)},
    "b_steady":     {"count": 78, "segment": "B", "steady": (44_500, 108_000)},
    "b_one_step":   {"count": 4, "segment": "B", "base": 130_000, "halves": (.44, .45, .46, .48, .50, .51)},
    "b_unshared":   {"count": 3, "segment": "B", "base": 128_000, "halves": (.52, .52, .51, .51, .50, .50)},
    "b_narrow":     {"count": 3, "segment": "B", "base": 134_000, "halves": (.46, .47, .48, .49, .50, .50)},
    "b_wide":       {"count": 1, "segment": "B", "base": 63_000, "halves": (.43, .45, .46, .48, .49, .51)},
    "b_kept":       {"count": 6, "segment": "B", "base": B, "halves": (.52, .54, .56, .56, .50, .43)},
    "b_grace":      {"count": 5, "segment": "B", "base": B, "halves": (.52, .55, .56, .56, .49, .34)},
    "b_specialist": {"count": 5, "segment": "B", "base": 29_000, "halves": (.46, .47, .49, .49, .50, .50)},
    "b_june":       {"count": 4, "segment": "B", "base": B, "halves": (.30, .33, .36, .44, .66, .70)},
    "b_december":   {"count": 3, "segment": "B", "base": B, "halves": (.30, .34, .38, .42, .50, .60)},
    "b_newcomer":   {"count": 4, "segment": "B", "base": B, "halves": (0, 0, .14, .50, .48, .47)},
    "b_small":      {"count": 1, "segment": "B", "base": B, "halves": (.34, .36, .40, .43, .49, .56)},
    "b_suspended":  {"count": 1, "segment": "B", "base": 61_000, "halves": (.52, .51, .50, .50, .40, .11)},
    "c_steady":     {"count": 179, "segment": "C", "steady": (900, 34_000)},
    "c_offline":    {"count": 1, "segment": "C", "base": 16_000, "halves": (.50, .49, .50, .51, .49, .50)},
    "c_declining":  {"count": 20, "segment": "C", "base": 24_000, "halves": (.50, .48, .42, .38, .28, .16)},
    "c_narrow":     {"count": 8, "segment": "C", "base": 52_000, "halves": (.48, .48, .49, .49, .50, .50)},
    "c_uncertified": {"count": 10, "segment": "C", "base": 50_000, "halves": (.47, .48, .48, .49, .50, .50)},
    "c_newcomer":   {"count": 12, "segment": "C", "base": 14_000, "halves": (0, 0, 0, .20, .40, .45)},
    "c_first":      {"count": 7, "segment": "C", "base": 1_800, "halves": (0, 0, 0, 0, 0, 1)},
    "c_converted":  {"count": 6, "segment": "C", "base": 9_000, "halves": (0, 0, 0, 0, 0, 1)},
    "c_lost":       {"count": 15, "segment": "C", "base": 16_000, "halves": (.50, .40, .30, .10, 0, 0)},
    "c_suspended":  {"count": 2, "segment": "C", "base": 15_000, "halves": (.52, .50, .50, .45, .35, .05)},
}
# The customers people talk about, by number: role, size, what stands out. `exact` amounts are euros per half-year that
# come out to the cent; `volume` is the purchasing volume from April 2025 on.
STORIES = [
    ("a_steady", "M", {"exact": (142_000, 146_500, 150_300, 154_900, 160_200, 166_800), "volume": 454_200, "joint": 2,
                       "cooperation": "beides", "certified": 4, "digital": .84, "group_count": 7}),
    ("a_kept", "M", {"exact": (60_000, 63_600, 67_200, 67_200, 60_000, 50_000)}),       # 110,000 of 120,000: kept
    ("a_grace", "M", {"exact": (62_400, 66_000, 67_200, 67_200, 55_200, 40_800)}),      # 96,000 < 108,000: first miss
    ("a_specialist", "M", {"exact": (39_500, 40_300, 41_200, 42_000, 42_000, 42_000), "volume": 102_400,
                           "group_count": 4}),                                             # 84,000, nearly all from us
    ("a_june", "M", {"exact": (40_000, 43_000, 48_000, 55_000, 79_000, 84_000)}),
    ("b_one_step", "S", {"exact": (34_000, 35_000, 36_500, 38_200, 41_500, 42_500), "volume": 140_000, "joint": 0,
                         "cooperation": "Referenzprojekt", "lapsed": True}),               # 84,000 of 140,000: 60.0 %
    ("b_wide", "M", {"exact": (27_000, 28_400, 29_000, 30_200, 31_000, 32_000), "volume": 350_000}),       # 18 %
    ("b_small", "S", {"exact": (8_200, 8_600, 9_500, 10_200, 11_500, 13_500)}),         # 25,000 >= 0.6 x 40,000
    ("c_offline", "M", {"newsletter": "nein", "portal": "nein", "reachable": "nein"}),
    ("c_declining", "M", {}),
    ("c_converted", "M", {"volume": 180_000, "reachable": "ja"}),
    ("a_override", "M", {"cooperation": "Referenzprojekt", "joint": 1}),
]


def make_plans(dice):
    plans = [{"role": role, "size": size, **extra} for role, size, extra in STORIES]
    rest = []
    weights = {"A": (("M", 6), ("L", 5)), "B": (("S", 7), ("M", 10), ("L", 3)), "C": (("S", 11), ("M", 8), ("L", 1))}
    for role, facts in ROLES.items():
        missing = facts["count"] - sum(1 for role_, _, _ in STORIES if role_ == role)
        rest += [{"role": role, "size": dice.pick_weighted(weights[facts["segment"]])} for _ in range(missing)]
    dice.shuffle(rest)
    plans += rest
    for i, plan in enumerate(plans):
        plan.update(number=FIRST_CUSTOMER + i, rank=dice.next())
        complete_plan(plan, dice)
    for segment in "ABC":
        fit_revenue([p for p in plans if p["segment"] == segment], REVENUE_TARGETS[segment])
    for plan in plans:
        complete_volume(plan, dice)
    return plans


def complete_plan(plan, dice):
    segment = ROLES[plan["role"]]["segment"]
    plan.update(segment=segment, factor=FACTORS[plan["size"]], wobble=dice.between(0.985, 1.015))
    standard = {"A": usual_a, "B": usual_b, "C": usual_c}[segment](dice)
    standard.update(newsletter=dice.pick_weighted((("ja", 6), ("nein", 3), ("", 1))), margin=dice.between(.27, .36),
                    portal=dice.pick_weighted((("ja", 9), ("nein", 1)) if segment == "A" else (("ja", 6), ("nein", 4))),
                    reachable="ja" if segment != "C" or dice.chance(.92) else dice.pick(("nein", "")))
    standard.update(special(plan["role"], dice))
    for key, value in standard.items():
        plan.setdefault(key, value)


# What an average customer of the segment is like. `sow` is his share of wallet and `holds` tells whether it is meant to
# stay at least there or at most; `joint` are the joint marketing activities in any twelve months; `certified` people
# hold a valid certificate at every evaluation.

def usual_a(dice):
    """Two of four things at least: a large share of wallet, growth above the market, joint marketing, cooperation."""
    met = [False] * 4
    while sum(met) < 2:
        met = [dice.chance(share) for share in (.5, .45, .6, .6)]
    return {"sow": dice.between(.62, .74) if met[0] else dice.between(.46, .57), "holds": met[0],
            "growth": dice.between(.05, .11) if met[1] else dice.between(-.05, .012), "joint": 2 if met[2] else dice.below(2),
            "cooperation": dice.pick(("Datenaustausch", "Referenzprojekt", "beides")) if met[3] else "keine",
            "certified": 3 + dice.below(3), "digital": dice.between(.5, .95), "group_count": 5 + dice.below(3),
            "orders": 34 + dice.below(20)}


def usual_b(dice):
    """One of four: a fair share of wallet, growth, one joint activity, most orders digital."""
    met = [False] * 4
    while not any(met):
        met = [dice.chance(share) for share in (.55, .4, .4, .4)]
    return {"sow": dice.between(.38, .58) if met[0] else dice.between(.16, .33), "holds": met[0],
            "growth": dice.between(.05, .08) if met[1] else dice.between(-.05, .012), "joint": 1 if met[2] else 0,
            "cooperation": dice.pick_weighted((("Datenaustausch", 2), ("Referenzprojekt", 1), ("keine", 6), ("", 1))),
            "certified": dice.pick_weighted(((1, 5), (2, 4), (3, 1))),
            "digital": dice.between(.7, .95) if met[3] else dice.between(.15, .5),
            "group_count": dice.pick_weighted(((3, 7), (4, 2), (5, 1))), "orders": 22 + dice.below(12)}


def usual_c(dice):
    return {"sow": dice.between(.10, .55), "holds": False, "growth": dice.between(-.05, .08), "joint": 0,
            "cooperation": dice.pick_weighted((("Datenaustausch", 1), ("keine", 7), ("", 4))),
            "certified": dice.pick_weighted(((0, 6), (1, 3), (2, 1))), "digital": dice.between(.1, .87),
            "group_count": 1 + dice.below(4), "orders": 5 + dice.below(6)}


def special(role, dice):
    """What makes the part."""
    if role in ("a_kept", "a_grace"):
        return {"cooperation": "Datenaustausch", "sow": dice.between(.62, .65), "holds": True, "joint": 1, "certified": 3,
                "group_count": 5 + dice.below(2)}
    if role == "a_specialist":
        return {"sow": dice.between(.83, .9), "holds": True, "certified": 5, "group_count": 3 + dice.below(2), "orders": 26}
    if role in ("a_june", "a_december"):
        return {"cooperation": "Referenzprojekt", "sow": dice.between(.62, .64), "holds": True, "joint": 2, "certified": 3}
    if role == "a_override":
        return {"sow": dice.between(.50, .54), "holds": False, "growth": 0, "certified": 3, "digital": .8,
                "group_count": 5, "orders": 38}
    if role == "b_one_step":
        return {"sow": dice.between(.62, .66), "holds": True, "certified": 2, "joint": 2, "cooperation": "beides",
                "group_count": 5 + dice.below(2)}
    if role == "b_narrow":
        return {"sow": dice.between(.62, .66), "holds": True, "certified": 3, "joint": 2, "group_count": 4}
    if role == "b_unshared":
        return {"sow": dice.between(.40, .5), "holds": False, "certified": 3, "joint": 1,
                "cooperation": "Datenaustausch", "digital": .75, "group_count": 5}
    if role == "b_wide":
        return {"sow": .18, "holds": False, "joint": 1, "digital": .72, "certified": 2, "group_count": 4,
                "cooperation": "keine"}
    if role in ("b_kept", "b_grace", "b_suspended"):
        return {"sow": dice.between(.40, .58), "holds": True, "joint": 1}
    if role == "b_specialist":
        return {"sow": dice.between(.74, .82), "holds": True, "certified": 2, "group_count": 2}
    if role in ("b_june", "b_december", "b_small"):
        return {"sow": dice.between(.38, .5), "holds": True, "certified": 1, "group_count": 3 + dice.below(2)}
    if role == "b_newcomer":
        return {"joint": 1, "certified": 2, "group_count": 4, "orders": 30, "sow": .3, "holds": False}
    return special_c(role, dice)


def special_c(role, dice):
    if role == "c_narrow":
        return {"group_count": 2, "orders": 14, "certified": 1, "sow": dice.between(.36, .5)}
    if role == "c_uncertified":
        return {"group_count": 3 + dice.below(2), "orders": 16, "certified": 0, "sow": dice.between(.38, .5), "holds": True}
    if role == "c_newcomer":
        return {"group_count": 1 + dice.below(2), "certified": 0}
    if role == "c_first":
        return {"group_count": 1, "orders": 2 + 2 * dice.below(2), "certified": 0}
    if role == "c_converted":
        return {"group_count": 2, "orders": 8, "certified": 0, "cooperation": "keine"}
    return {}


def split_steady(revenue, growth):
    """Half-years that grow evenly, so that any twelve months stand `growth` above the twelve before."""
    q = (1 + growth) ** 0.5
    last = revenue / (1 + 1 / q)
    return [last / q ** (5 - k) for k in range(6)]


def plan_halves(plan, exponent):
    facts = ROLES[plan["role"]]
    if "exact" in plan:
        return list(plan["exact"])
    if "steady" in facts:
        low, high = facts["steady"]
        revenue = plan["factor"] * (low + (high - low) * plan["rank"] ** exponent)
        return split_steady(revenue, plan["growth"])
    return [plan["factor"] * plan["wobble"] * facts["base"] * share for share in facts["halves"]]


def fit_revenue(plans, target):
    """Finds the one exponent that bends the steady customers' revenues so that the segment sums up to the target."""
    bent = [plan for plan in plans if "steady" in ROLES[plan["role"]] and "exact" not in plan]
    target -= sum(sum(plan_halves(plan, 1)[4:]) for plan in plans if plan not in bent)
    low, high = 0.05, 20.0
    for _ in range(40):
        middle = (low + high) / 2
        total = sum(sum(plan_halves(plan, middle)[4:]) for plan in bent)
        low, high = (middle, high) if total > target else (low, middle)
    for plan in plans:
        plan["halves"] = plan_halves(plan, low)


def complete_volume(plan, dice):
    """Yearly purchasing volumes, one since 2023 and one since April 2025, so that the share of wallet stays on its side
    of the threshold at every evaluation. None: nobody asked."""
    h = plan["halves"]
    if plan["role"] in ("c_newcomer", "c_first", "c_converted", "b_newcomer"):
        late = early = plan["factor"] * dice.between(60_000, 160_000)
    elif plan["segment"] == "C" and plan["role"] not in ("c_uncertified", "c_narrow") and dice.chance(.3):
        plan["volumes"] = None
        return
    else:
        best = min if plan["holds"] else max
        recent = [v for v in (h[3] + h[4], h[4] + h[5]) if v > 0] or [h[2] + h[3]]
        early, late = (h[2] + h[3] or sum(recent)) / plan["sow"], best(recent) / plan["sow"]
    plan["volumes"] = [round(early / 100) * 100, plan.get("volume") or round(late / 100) * 100]
