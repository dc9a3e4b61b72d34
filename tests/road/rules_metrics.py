# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hand-calculated scenarios: windows, metrics, comparators, factors, unknowns. See scenario.py for the words."""
from road import D
from scenario import Scenario, rest, segment

SCENARIOS = []


def scenario(name):
    made = Scenario(name)
    SCENARIOS.append(made)
    return made


def crit(metric, window=None, **more):
    result = {"metric": metric}
    if window:
        result["window"] = window
    if not any(key in more for key in ("at_least", "at_most", "more_than", "less_than", "equals", "in", "contains",
                                       "between")):
        more["at_least"] = 0
    result.update(more)
    return result


# ---- windows: amounts are powers of two, so that a sum tells which documents counted ---------------------------------

s = scenario("windows at a month's end (12m ending 2010-11-30 counts 2009-12-01 to 2010-11-30)")
s.customer("K", since="2000-01-01", joined="2010-01-01")
s.buys("K", {"2008-11-30": 64, "2008-12-01": 128, "2009-11-30": 1, "2009-12-01": 2, "2009-12-31": 256,
             "2010-01-01": 512, "2010-08-31": 4, "2010-09-01": 8, "2010-11-30": 16, "2010-12-01": 32})
C = "2010-11-30"
s.criterion("K", C, crit("revenue", "12m"), value="798", **{"from": "2009-12-01", "to": C})
s.criterion("K", C, crit("revenue", "3m"), value="24", **{"from": "2010-09-01", "to": C})
s.criterion("K", C, crit("revenue", "90d"), value="16", **{"from": "2010-09-02", "to": C})
s.criterion("K", C, crit("revenue", "91d"), value="24", **{"from": "2010-09-01", "to": C})
s.criterion("K", C, crit("revenue", "year"), value="540", **{"from": "2010-01-01", "to": C})
s.criterion("K", C, crit("revenue", "last_year"), value="259", **{"from": "2009-01-01", "to": "2009-12-31"})
s.criterion("K", C, crit("revenue", "4q"), value="783", **{"from": "2009-10-01", "to": "2010-09-30"})
s.criterion("K", C, crit("revenue", "1q"), value="12", **{"from": "2010-07-01", "to": "2010-09-30"})
s.criterion("K", C, crit("revenue", "since_joined"), value="540", **{"from": "2010-01-01", "to": C})
s.criterion("K", C, crit("revenue", "all"), value="991", **{"from": None, "to": C})
# The previous windows: 2008-12-01..2009-11-30 holds 128 + 1; 2009-01-01..2009-11-30 holds 1; 2008 holds 64 + 128;
# the 90 days before hold 2010-06-04..2010-09-01 (4 + 8); 2008-10-01..2009-09-30 holds 64 + 128.
s.criterion("K", C, crit("revenue_growth", "12m"), numerator="669", denominator="129", value="5.186047")
s.criterion("K", C, crit("revenue_growth", "year"), numerator="539", denominator="1", value="539.000000")
s.criterion("K", C, crit("revenue_growth", "last_year"), numerator="67", denominator="192", value="0.348958")
s.criterion("K", C, crit("revenue_growth", "90d"), numerator="4", denominator="12", value="0.333333")

s = scenario("windows at a month's end, previous quarters and months")
s.customer("K", since="2000-01-01")
s.buys("K", {"2008-11-30": 64, "2008-12-01": 128, "2009-12-01": 2, "2010-08-31": 4, "2010-09-01": 8, "2010-11-30": 16})
# 4q: 2009-10-01..2010-09-30 (14) against 2008-10-01..2009-09-30 (192); 3m: 24 against 2010-06-01..2010-08-31 (4).
s.criterion("K", C, crit("revenue_growth", "4q"), numerator="-178", denominator="192", value="-0.927083")
s.criterion("K", C, crit("revenue_growth", "3m"), numerator="20", denominator="4", value="5.000000")

s = scenario("3m ending 2011-02-28 counts 2010-12-01 to 2011-02-28")
s.customer("K", since="2000-01-01")
s.buys("K", {"2010-11-28": 1, "2010-11-29": 2, "2010-11-30": 4, "2010-12-01": 8, "2011-02-28": 16, "2011-03-01": 32})
C = "2011-02-28"
s.criterion("K", C, crit("revenue", "3m"), value="24", **{"from": "2010-12-01", "to": C})
s.criterion("K", C, crit("revenue", "1m"), value="16", **{"from": "2011-02-01", "to": C})
s.criterion("K", C, crit("revenue", "12m"), value="31", **{"from": "2010-03-01", "to": C})
s.criterion("K", C, crit("revenue_growth", "3m"), numerator="17", denominator="7", value="2.428571")

s = scenario("12m ending on a leap day starts behind the last of February; 'year' compares with the same days before")
s.customer("K", since="2000-01-01")
s.buys("K", {"2011-02-27": 8, "2011-02-28": 1, "2011-03-01": 2, "2012-02-29": 4})
C = "2012-02-29"
s.criterion("K", C, crit("revenue", "12m"), value="6", **{"from": "2011-03-01", "to": C})
s.criterion("K", C, crit("revenue_growth", "year"), numerator="-5", denominator="9", value="-0.555556")

s = scenario("month arithmetic keeps the day: 2012-02-28 is not the month's end")
s.customer("K", since="2000-01-01")
s.buys("K", {"2011-02-28": 1, "2011-03-01": 2, "2011-11-28": 4, "2011-11-29": 8, "2012-02-28": 16, "2012-02-29": 32})
C = "2012-02-28"
s.criterion("K", C, crit("revenue", "12m"), value="30", **{"from": "2011-03-01", "to": C})
s.criterion("K", C, crit("revenue", "3m"), value="24", **{"from": "2011-11-29", "to": C})

s = scenario("month arithmetic clamps to the month's end; the previous window is the month before the start")
s.customer("K", since="2000-01-01")
s.buys("K", {"2011-01-31": 1, "2011-02-01": 2, "2011-02-28": 4, "2011-03-01": 8, "2011-03-30": 16, "2011-03-31": 32})
C = "2011-03-30"
s.criterion("K", C, crit("revenue", "1m"), value="24", **{"from": "2011-03-01", "to": C})
s.criterion("K", C, crit("revenue_growth", "1m"), numerator="18", denominator="6", value="3.000000")

s = scenario("1m ending on the last of a long month starts behind the last of a short one")
s.customer("K", since="2000-01-01")
s.buys("K", {"2011-02-28": 1, "2011-03-01": 2, "2011-03-31": 4})
s.criterion("K", "2011-03-31", crit("revenue", "1m"), value="6", **{"from": "2011-03-01", "to": "2011-03-31"})

s = scenario("the program year starts where the program says")
s.program["year_starts"] = "04-01"
s.customer("K", since="2000-01-01")
s.buys("K", {"2009-03-31": 1, "2009-04-01": 2, "2010-03-31": 4, "2010-04-01": 8, "2011-03-31": 16, "2011-04-01": 32})
s.criterion("K", "2011-03-31", crit("revenue", "year"), value="24", **{"from": "2010-04-01", "to": "2011-03-31"})
s.criterion("K", "2011-03-31", crit("revenue", "last_year"), value="6", **{"from": "2009-04-01", "to": "2010-03-31"})
s.criterion("K", "2011-04-01", crit("revenue", "year", at_least=1), value="32",
            **{"from": "2011-04-01", "to": "2011-04-01"})
s.criterion("K", "2011-04-01", crit("revenue", "last_year", at_least=1), value="24",
            **{"from": "2010-04-01", "to": "2011-03-31"})

s = scenario("a quarter that ends on the cut-off is full, one day earlier it is not")
s.customer("K", since="2000-01-01")
s.buys("K", {"2009-09-30": 1, "2009-10-01": 2, "2009-12-31": 4, "2010-01-01": 8, "2010-09-30": 16, "2010-12-31": 32})
s.criterion("K", "2010-12-31", crit("orders", "4q"), value="3", **{"from": "2010-01-01", "to": "2010-12-31"})
s.criterion("K", "2010-12-30", crit("orders", "4q", at_least=1), value="4",
            **{"from": "2009-10-01", "to": "2010-09-30"})

s = scenario("since_joined counts from joined, else customer since, else the first document")
s.customer("J", since="2009-01-01", joined="2010-05-01").customer("S", since="2009-07-01").customer("N")
s.customer("F", since="2009-07-01", joined="2011-05-01")
for number in "JSNF":
    s.buys(number, {"2009-06-30": 1, "2009-07-01": 2, "2010-04-30": 4, "2010-05-01": 8})
C = "2010-12-31"
one = crit("revenue", "since_joined")
s.criterion("J", C, one, value="8", **{"from": "2010-05-01"})
s.criterion("S", C, dict(one, at_least=1), value="14", **{"from": "2009-07-01"})
s.criterion("N", C, dict(one, at_least=2), value="15", **{"from": "2009-06-30"})
# A joined date after the cut-off is invisible.
s.criterion("F", C, dict(one, at_least=3), value="14", **{"from": "2009-07-01"})

s = scenario("a document has one date, that of its earliest line, and falls into a window whole")
s.customer("K", since="2000-01-01")
s.buy("K", "2011-01-02", 5, document="X").buy("K", "2010-12-31", 7, document="X").buy("K", "2011-01-01", 100)
s.criterion("K", "2010-12-31", crit("revenue", "1m"), value="12", **{"from": "2010-12-01"})

# ---- metrics ---------------------------------------------------------------------------------------------------------

s = scenario("revenue is net, credit notes negative; of: limits to a product group")
s.customer("K", since="2000-01-01").product("H1", "HP").product("V1", "VENT").product("X1")
s.buy("K", "2010-03-01", "100.50", "H1", "a").buy("K", "2010-03-01", "20.25", "V1", "a")
s.buy("K", "2010-04-01", "-30.75", "H1").buy("K", "2010-05-01", "0.01", "X1")
C = "2010-12-31"
s.criterion("K", C, crit("revenue", "year"), value="90.01")
s.criterion("K", C, crit("revenue", "year", of="HP"), value="69.75")
s.criterion("K", C, crit("revenue", "year", of="VENT"), value="20.25")
s.criterion("K", C, crit("revenue", "year", of="NONE"), value="0.00")

s = scenario("revenue is never unknown; growth is when the previous revenue is not above 0")
s.customer("Z", since="2000-01-01").customer("N", since="2000-01-01")
s.buy("N", "2009-05-01", "-10").buy("N", "2010-05-01", "50")
s.criterion("Z", C, crit("revenue", "12m"), value="0.00", state="met")
s.criterion("Z", C, crit("orders", "12m", at_least=1), value="0", state="not_met", missing="1")
s.criterion("N", C, crit("revenue_growth", "12m"), value=None, numerator=None, denominator=None, state="unknown",
            flags=["unknown"])

s = scenario("margin counts lines that carry a cost: the line's, else quantity x the product's, else unknown")
s.customer("K", since="2000-01-01").customer("U", since="2000-01-01").customer("E", since="2000-01-01")
s.product("P1", "G", "2.50").product("P2", "G")
s.buy("K", "2010-03-01", "100", "P2", "a", cost="60")              # 40
s.buy("K", "2010-03-01", "50", "P1", "a", quantity="3")             # 50 - 7.50 = 42.50
s.buy("K", "2010-03-01", "80", "P1", "a")                           # no quantity: no cost
s.buy("K", "2010-03-01", "10", "P1", "a", quantity="0.333")         # 0.8325 -> 0.83: 9.17
s.buy("K", "2010-04-01", "-20", "P2", cost="-15")                   # -5
s.buy("U", "2010-03-01", "80", "P2", quantity="4")
s.buy("E", "2010-03-01", "80", "P2", cost="0")
s.criterion("K", C, crit("margin", "year"), value="86.67", flags=["cost_missing", "unknown"])
s.criterion("U", C, crit("margin", "year", at_least=1), value=None, state="unknown", flags=["unknown"])
s.criterion("E", C, crit("margin", "year", at_least=80), value="80", state="met", flags=["unknown"])
s.criterion("E", C, crit("margin", "1d"), value=None, state="unknown")

s = scenario("orders are documents with a positive total; recency and active months see positive documents only")
s.customer("K", since="2000-01-01")
s.buy("K", "2010-10-15", "10", document="a").buy("K", "2010-10-15", "-4", document="a")  # 6: positive
s.buy("K", "2010-10-16", "5", document="b")
s.buy("K", "2010-11-15", "5", document="c").buy("K", "2010-11-15", "5", document="c")
s.buy("K", "2010-09-01", "5", document="d").buy("K", "2010-09-01", "-5", document="d")   # 0
s.buy("K", "2010-11-20", "-7")
s.buy("K", "2010-11-21", "0")
C = "2010-11-25"
s.criterion("K", C, crit("orders", "3m"), value="3")
s.criterion("K", C, crit("recency", at_most=10), value="10", state="met")
s.criterion("K", C, crit("recency", at_most=9), value="10", state="not_met", missing="1")
# Months are counted back from the cut-off: 10-26..11-25 holds c, 09-26..10-25 holds a and b.
s.criterion("K", C, crit("active_months", "12m"), value="2")

s = scenario("active months are counted back from the cut-off and its month's end")
s.customer("K", since="2000-01-01").customer("L", since="2000-01-01")
s.buys("K", {"2011-02-28": 1, "2011-02-01": 1, "2011-01-31": 1, "2011-01-01": 1, "2010-12-31": 1, "2010-11-30": 1})
s.criterion("K", "2011-02-28", crit("active_months", "3m"), value="3")
s.criterion("K", "2011-02-28", crit("active_months", "all", at_least=1), value="4")
# Counted back from 2011-02-15: 01-16..02-15 holds 02-01 and 01-31; 12-16..01-15 holds 01-01 and 12-31; 11-16..12-15.
s.criterion("K", "2011-02-15", crit("active_months", "all", at_least=2), value="3")
# Of the last full quarter (2010-10-01..2010-12-31): 12-31 and 11-30 lie in two of these months.
s.criterion("K", "2011-02-15", crit("active_months", "1q"), value="2")
s.criterion("L", "2011-02-15", crit("active_months", "12m", at_least=3), value="0")

s = scenario("product groups and articles with net revenue above 0; articles without a group are flagged")
s.customer("K", since="2000-01-01").customer("Q", since="2000-01-01")
s.product("A1", "HP").product("A2", "HP").product("B1", "VENT").product("N1").product("N2")
s.buy("K", "2010-03-01", "10", "A1").buy("K", "2010-03-02", "-10", "A1").buy("K", "2010-03-03", "5", "A2")
s.buy("K", "2010-03-01", "10", "B1").buy("K", "2010-04-01", "-10", "B1")
s.buy("K", "2010-03-01", "7", "N1").buy("K", "2010-03-01", "7", "W1", group="WATER")
s.buy("Q", "2010-03-01", "0", "N1").buy("Q", "2010-03-01", "5", "A1")
C = "2010-12-31"
# HP: 10 - 10 + 5 = 5; VENT: 0; N1 has none; WATER: the document names it.
s.criterion("K", C, crit("product_groups", "year"), value="2", flags=["no_group"])
s.criterion("K", C, crit("articles", "year"), value="3")
s.criterion("Q", C, crit("product_groups", "year", at_least=1), value="1", flags=[])

s = scenario("the products import decides about the group, else the earliest document that names one")
s.customer("K", since="2000-01-01").product("A1", "HP").product("A2")
s.buy("K", "2010-03-01", "1", "A1", group="OTHER")
s.buy("K", "2010-03-05", "2", "A2", document="b", group="LATE").buy("K", "2010-03-04", "4", "A2", document="a")
s.buy("K", "2010-03-05", "8", "A2", document="a2", group="EARLY").buy("K", "2010-03-05", "16", "A2", document="a2",
                                                                       group="LINE2")
s.criterion("K", C, crit("revenue", "year", of="HP"), value="1")
s.criterion("K", C, crit("revenue", "year", of="EARLY"), value="30")
s.criterion("K", C, crit("revenue", "year", of="LATE"), value="0")

s = scenario("tenure: full months from customer since, else the first purchase")
s.customer("A", since="2010-01-31").customer("B", since="2009-12-01").customer("D").customer("P", kind="prospect",
                                                                                        since="2010-01-01")
s.buy("B", "2009-06-01", "5").buy("D", "2009-11-15", "-5").buy("D", "2009-12-28", "5")
C = "2010-02-28"
s.criterion("A", C, crit("tenure"), value="1")
s.criterion("B", C, crit("tenure", at_least=2), value="2", state="met")
s.criterion("D", C, crit("tenure", at_least=3), value="2", state="not_met", missing="1")

s = scenario("potential: per product group the estimate with the latest valid_from, summed; a valid total stands alone")
s.customer("G", since="2000-01-01").customer("T", since="2000-01-01").customer("N", since="2000-01-01")
s.potential("G", 100, "2010-01-01", "HP").potential("G", 150, "2010-06-01", "HP")
s.potential("G", 900, "2011-01-01", "HP")
s.potential("G", 30, "2009-01-01", "VENT", "2010-12-30").potential("G", 20, "2008-01-01", "VENT")
s.potential("T", 500, "2010-01-01", None, "2010-12-31").potential("T", 70, "2010-01-01", "HP")
s.potential("N", 10, "2011-01-01")
s.criterion("G", "2010-12-31", crit("potential"), value="170", state="met")          # 150 + 20: 30 ended the day before
s.criterion("G", "2010-12-30", crit("potential", at_least=1), value="180")           # 150 + 30
s.criterion("G", "2011-01-01", crit("potential", at_least=2), value="920")
s.criterion("T", "2010-12-31", crit("potential", at_least=3), value="500")
s.criterion("T", "2011-01-01", crit("potential", at_least=4), value="70")
s.criterion("N", "2010-12-31", crit("potential", at_least=5), value=None, state="unknown")

s = scenario("share of wallet: revenue of 12m / potential, compared exactly, shown capped at 1")
s.customer("E", since="2000-01-01").customer("T", since="2000-01-01").customer("O", since="2000-01-01")
s.customer("N", since="2000-01-01").customer("Z", since="2000-01-01")
s.potential("E", 100).potential("T", 300).potential("O", 80).potential("Z", 0)
for number, amount in (("E", 60), ("T", 100), ("O", 100), ("N", 100), ("Z", 100)):
    s.buy(number, "2010-06-01", amount).buy(number, "2009-12-31", 1000)
C = "2010-12-31"
sow = "share_of_wallet"
s.criterion("E", C, crit(sow, at_least=D("0.60")), value="0.600000", numerator="60", denominator="100", state="met",
            window=None, flags=[])
s.criterion("E", C, crit(sow, more_than=D("0.6")), state="not_met")
s.criterion("T", C, crit(sow, at_least=D("0.333333")), value="0.333333", state="met")
# 1/3 is less than 0.333334 by 1/1500000.
s.criterion("T", C, crit(sow, at_least=D("0.333334")), state="not_met", missing="1/1500000")
s.criterion("O", C, crit(sow, more_than=1), value="1.000000", numerator="100", denominator="80", state="met",
            flags=["capped"])
s.criterion("N", C, crit(sow, at_least=D("0.1")), value=None, state="unknown", flags=["unknown"])
s.criterion("Z", C, crit(sow, at_least=D("0.2")), value=None, state="unknown")
s.criterion("E", C, crit("open_potential", at_least=40), value="40", state="met")
s.criterion("O", C, crit("open_potential", at_least=1), value="0", state="not_met")
s.criterion("Z", C, crit("open_potential", at_most=0), value="0", state="met")
s.criterion("N", C, crit("open_potential", at_least=2), value=None, state="unknown")

s = scenario("measured: true treats estimates as unknown")
s.customer("E", since="2000-01-01").customer("M", since="2000-01-01").customer("B", since="2000-01-01")
s.potential("E", 100, method="estimated").potential("M", 100)
s.potential("B", 60, group="HP").potential("B", 40, group="VENT", method="estimated")
for number in "EMB":
    s.buy(number, "2010-06-01", 50)
for i, number in enumerate("EMB"):
    known = number == "M"
    s.criterion(number, C, crit("potential", at_least=10 + i, measured=True), value="100" if known else None,
                state="met" if known else "unknown")
    s.criterion(number, C, crit("potential", at_least=10 + i), value="100", state="met")
    s.criterion(number, C, crit(sow, at_least=D(f"0.{i + 1}"), measured=True), value="0.500000" if known else None)

s = scenario("R-003 (criterion): a free attribute 'Gewerk' in a criterion finds exactly the three who have it")
for i, trade in enumerate(("Dachdecker", "Maler", None, "Dachdecker", "dachdecker", "Dachdecker"), 1):
    s.customer(f"K{i}", since="2000-01-01", **({"Gewerk": trade} if trade else {}))
s.segments(segment("A", [crit("attribute", of="Gewerk", equals="Dachdecker")]), rest("C"), rest("P", "prospects"))
s.run("2010-12-31", "year", {"K1": "new A", "K2": "new C", "K3": "new C flags unknown", "K4": "new A", "K5": "new C",
                             "K6": "new A"}, counts={"counts": {"A": 3, "C": 3, "P": 0}})

s = scenario("attributes: equals, in, contains, and numbers")
s.customer("K", since="2000-01-01", trade="Holz und Stahl", staff="12", fit="12.50", shares="ja", odd="eins")
s.criterion("K", C, crit("attribute", of="trade", equals="Holz und Stahl"), value="Holz und Stahl", state="met")
s.criterion("K", C, crit("attribute", of="trade", equals="Holz"), state="not_met")
s.criterion("K", C, crit("attribute", of="trade", contains="und"), state="met")
s.criterion("K", C, crit("attribute", of="trade", contains="Und"), state="not_met")
s.criterion("K", C, crit("attribute", **{"of": "trade", "in": ["Maler", "Holz und Stahl"]}), state="met")
s.criterion("K", C, crit("attribute", **{"of": "trade", "in": ["Maler", "Holz"]}), state="not_met")
s.criterion("K", C, crit("attribute", of="staff", at_least=12), state="met", value="12")
s.criterion("K", C, crit("attribute", of="staff", more_than=12), state="not_met")
s.criterion("K", C, crit("attribute", of="fit", equals=D("12.5")), state="met")
s.criterion("K", C, crit("attribute", of="fit", between=[12, D("12.49")]), state="not_met", missing="0.01")
s.criterion("K", C, crit("attribute", of="shares", equals=True), state="met", threshold="true")
s.criterion("K", C, crit("attribute", of="shares", equals=False), state="not_met")
s.criterion("K", C, crit("attribute", of="none", equals=False), value=None, state="unknown")

s = scenario("an attribute that is set is never unknown: text that is no number does not meet a number")
s.customer("K", since="2000-01-01", odd="eins")
s.criterion("K", C, crit("attribute", of="odd", at_least=1), state="not_met", value="eins", missing=None, flags=[])
s.criterion("K", C, crit("attribute", of="odd", equals=True), state="not_met")

s = scenario("value: a dated imported figure valid at the cut-off")
s.customer("K", since="2000-01-01")
s.value("K", "score", "1.5", "2010-01-01").value("K", "score", "2.25", "2010-06-30", "2010-12-30")
s.value("K", "score", "9", "2011-01-01").value("K", "loyalty", "-3", "2010-12-31")
s.criterion("K", "2010-12-30", crit("value", of="score", at_least=2), value="2.25", state="met")
s.criterion("K", "2010-12-31", crit("value", of="score", at_least=1), value="1.5", state="met")
s.criterion("K", "2010-12-31", crit("value", of="loyalty", at_most=-3), value="-3", state="met")
s.criterion("K", "2010-12-31", crit("value", of="other", at_least=0), value=None, state="unknown")

# ---- comparators -----------------------------------------------------------------------------------------------------

s = scenario("comparators at and around equality: equality meets at_least")
s.customer("K", since="2000-01-01").buy("K", "2010-06-01", "100")
for comparator, operand, state, missing in (
        ("at_least", "100", "met", None), ("at_least", "100.01", "not_met", "0.01"),
        ("at_most", "100", "met", None), ("at_most", "99.99", "not_met", "0.01"),
        ("more_than", "99.99", "met", None), ("more_than", "100", "not_met", "0.01"),
        ("less_than", "100.01", "met", None), ("less_than", "100", "not_met", "0.01"),
        ("equals", "100", "met", None), ("equals", "100.01", "not_met", "0.01")):
    s.criterion("K", C, crit("revenue", "year", **{comparator: D(operand)}), state=state, missing=missing,
                comparator=comparator, effective_threshold=operand)
for low, high, state, missing in (("100", "200", "met", None), ("50", "100", "met", None),
                                  ("100.01", "200", "not_met", "0.01"), ("0", "99.98", "not_met", "0.02")):
    s.criterion("K", C, crit("revenue", "year", between=[D(low), D(high)]), state=state, missing=missing)
s.criterion("K", C, crit("revenue", "year", **{"in": [50, 100]}), state="met")
s.criterion("K", C, crit("revenue", "year", **{"in": [50, D("100.01")]}), state="not_met", missing=None)

s = scenario("a parameter's name stands for its number")
s.parameters["market_growth"] = D("0.03")
s.customer("K", since="2000-01-01").buy("K", "2009-06-01", "100").buy("K", "2010-06-01", "103")
s.criterion("K", C, crit("revenue_growth", "year", at_least="market_growth"), state="met", value="0.030000",
            threshold="0.03")

# ---- factors ---------------------------------------------------------------------------------------------------------

FACTORS = {"size_factors": {"S": D("0.6"), "M": D("1.0"), "L": D("1.5")},
           "newcomer": {"months": 24, "factors": [D("0.5"), D("0.75")], "pro_rata": True}}

s = scenario("size x newcomer x pro rata: joined 2010-09-15, 12m ending 2010-11-30: 3/12; keep is scaled too")
s.mechanic(**FACTORS)
for number, amount in (("E", "750"), ("U", "749.99"), ("Q", "675"), ("R", "674.99")):
    s.customer(number, since="2000-01-01", joined="2010-09-15", size_class="S").buy(number, "2010-10-01", amount)
C = "2010-11-30"
scaled = crit("revenue", "12m", at_least=10000, keep=9000, scale=["size", "newcomer"])
# 10000 x 0.6 x 0.5 x 3/12 = 750; 9000 x ... = 675.
for number, state, keep_state, missing in (("E", "met", "met", None), ("U", "not_met", "met", "0.01"),
                                           ("Q", "not_met", "met", "75"), ("R", "not_met", "not_met", "75.01")):
    s.criterion(number, C, scaled, factors=["0.6", "0.5", "3/12"], effective_threshold="750", effective_keep="675",
                threshold="10000", keep="9000", state=state, keep_state=keep_state, missing=missing, flags=["newcomer"])

s = scenario("newcomers: who counts, which year, which share of the window")
s.mechanic(**FACTORS)
one = crit("revenue", "12m", at_least=10000, scale=["newcomer"])
for number, joined, factors, effective in (
        ("A", "2008-11-30", [], "10000"),                       # 24 full months: no longer
        ("B", "2008-12-01", ["0.75"], "7500"),         # 23 full months
        ("D", "2009-11-30", ["0.75"], "7500"),         # exactly one year: the second
        ("E", "2009-12-01", ["0.5"], "5000"),
        ("F", "2009-12-31", ["0.5"], "5000"),          # touches all twelve months
        ("G", "2010-01-01", ["0.5", "11/12"], "13750/3"),       # 5000 x 11/12
        ("H", "2010-11-30", ["0.5", "1/12"], "1250/3"),
        ("I", None, [], "10000"), ("J", "2010-12-01", [], "10000")):
    s.customer(number, since="2000-01-01", **({"joined": joined} if joined else {}))
    s.criterion(number, C, one, factors=factors, effective_threshold=effective,
                flags=["newcomer"] if factors else [])

s = scenario("pro rata goes with Nm and year windows only; the last factor repeats")
s.mechanic(**FACTORS)
s.mechanics["newcomer"] = {"months": 48, "factors": [D("0.5"), D("0.75")], "pro_rata": True}
s.customer("K", since="2000-01-01", joined="2010-09-15").customer("T", since="2000-01-01", joined="2007-06-01")
for window, factors, effective in (("90d", ["0.5"], "500"), ("4q", ["0.5"], "500"), ("all", ["0.5"], "500"),
                                   ("last_year", ["0.5"], "500"), ("since_joined", ["0.5"], "500"),
                                   ("year", ["0.5", "3/11"], "1500/11"), ("3m", ["0.5"], "500"),
                                   ("1m", ["0.5"], "500")):
    s.criterion("K", C, crit("orders", window, at_least=1000, scale=["newcomer"]), factors=factors,
                effective_threshold=effective)
s.criterion("T", C, crit("revenue", "90d", at_least=1000, scale=["newcomer"]), factors=["0.75"],
            effective_threshold="750")
s.criterion("K", C, crit("tenure", at_least=12, scale=["newcomer"]), factors=["0.5"], effective_threshold="6")

s = scenario("without pro_rata only the newcomer factor counts")
s.mechanic(newcomer={"months": 24, "factors": [D("0.5"), D("0.75")]})
s.customer("K", since="2000-01-01", joined="2010-09-15")
s.criterion("K", C, crit("revenue", "12m", at_least=10000, scale=["newcomer"]), factors=["0.5"],
            effective_threshold="5000")

s = scenario("R-091: two size classes have different thresholds in one group; without a class the factor is 1, flagged")
s.mechanic(**FACTORS)
s.customer("S", since="2000-01-01", size_class="S").customer("L", since="2000-01-01", size_class="L")
s.customer("N", since="2000-01-01").customer("X", since="2000-01-01", size_class="XXL")
for number in "SLNX":
    s.buy(number, "2010-06-01", 1000)
one = crit("revenue", "12m", at_least=1000, scale=["size"])
for number, factor, effective, state, flags in (("S", "0.6", "600", "met", []), ("L", "1.5", "1500", "not_met", []),
                                                ("N", "1", "1000", "met", ["no_size_class"]),
                                                ("X", "1", "1000", "met", ["no_size_class"])):
    s.criterion(number, C, one, factors=[factor], effective_threshold=effective, state=state, flags=flags)

s = scenario("scale multiplies every kind of numeric threshold")
s.mechanic(**FACTORS)
s.customer("K", since="2000-01-01", size_class="S").buys("K", {"2010-06-01": 300, "2010-07-01": 300})
for comparator, operand, effective, state in (
        ("at_most", 1000, "600", "met"), ("less_than", 1000, "600", "not_met"), ("more_than", 999, "599.4", "met"),
        ("equals", 1000, "600", "met"), ("between", [1000, 2000], ["600", "1200"], "met"),
        ("between", [1001, 2000], ["600.6", "1200"], "not_met")):
    s.criterion("K", C, crit("revenue", "12m", scale=["size"], **{comparator: operand}), effective_threshold=effective,
                state=state)
# 4 orders x 0.6 = 2.4: two are not enough, a third is missing. 3 x 0.6 = 1.8: two are enough.
s.criterion("K", C, crit("orders", "12m", at_least=4, scale=["size"]), effective_threshold="2.4", state="not_met",
            missing="1")
s.criterion("K", C, crit("orders", "12m", at_least=3, scale=["size"]), effective_threshold="1.8", state="met")

# ---- unknown, n of m, paths ------------------------------------------------------------------------------------------

s = scenario("unknown counts as not met and is flagged, unless the criterion says unknown: met")
s.customer("K", since="2000-01-01")
s.segments(segment("A", [crit("value", of="score", at_least=1)]),
           segment("B", [crit("value", of="score", at_least=1, unknown="met")]), rest("C"), rest("P", "prospects"))
s.customer("L", since="2000-01-01").value("L", "score", 0)
s.run("2010-12-31", "year", {"K": "new B flags unknown", "L": "new C"})

s = scenario("unknown: met counts as met and is shown unknown")
s.customer("K", since="2000-01-01")
s.criterion("K", C, crit("value", of="score", at_least=1, unknown="met"), state="unknown", keep_state="unknown",
            met=True, flags=["unknown"], value=None, missing=None)

s = scenario("R-012: three mandatory and 2 of 4 optional criteria; unknown ones do not count")
s.segments(segment("A", {"all": [crit("revenue", "12m", at_least=100), crit("orders", "12m", at_least=2),
                                 crit("tenure", at_least=12)],
                         "some": {"at_least": 2, "of": [
                             crit("attribute", of="a", equals=True), crit("attribute", of="b", equals=True),
                             crit("value", of="v", at_least=5), crit("articles", "12m", at_least=2)]}}),
           rest("C"), rest("P", "prospects"))
for number, amounts, facts, value, articles in (
        ("A1", (50, 50), {"a": "ja", "b": "ja"}, None, 1),          # 100, 2 orders, a and b
        ("A2", (60, 60), {"a": "nein", "b": "ja"}, "5", 1),         # b and v
        ("A3", (60, 60), {"a": "ja"}, None, 2),                     # a and articles, b unknown
        ("C1", (50, "49.99"), {"a": "ja", "b": "ja"}, "9", 2),   # revenue 99.99
        ("C2", (500,), {"a": "ja", "b": "ja"}, "9", 2),             # one order
        ("C3", (60, 60), {"a": "ja", "b": "nein"}, "4", 1),         # one of four
        ("C4", (60, 60), {"a": "ja"}, None, 1)):                    # one of four, two unknown
    s.customer(number, since="2009-12-31", **facts)
    for i, amount in enumerate(amounts):
        s.buy(number, f"2010-0{i + 1}-15", amount, article=f"X{i % articles}")
    if value:
        s.value(number, "v", value)
s.customer("C5", since="2010-01-01", a="ja", b="ja").buys("C5", {"2010-01-01": 60, "2010-02-01": 60})
s.value("C5", "v", 5)
s.run("2010-12-31", "year", {"A1": "new A flags unknown", "A2": "new A", "A3": "new A flags unknown", "C1": "new C",
                             "C2": "new C", "C3": "new C", "C4": "new C flags unknown", "C5": "new C"})

s = scenario("one fulfilled path is enough")
points = lambda least: crit("value", of="points", at_least=least)
s.segments(segment("A", [points(100)], [points(50), crit("attribute", of="special", equals=True)]), rest("C"),
           rest("P", "prospects"))
for number, value, special in (("A", 100, "nein"), ("B", 50, "ja"), ("D", 99, "nein"), ("E", 49, "ja")):
    s.customer(number, since="2000-01-01", special=special).value(number, "points", value)
s.run("2010-12-31", "year", {"A": "new A", "B": "new A", "D": "new C", "E": "new C"})


# ---- people and events ----------------------------------------------------------------------------------------------

s = scenario("certified_people counts people with a certificate valid at the cut-off, each once; of: one qualification")
s.customer("K", since="2000-01-01").customer("L", since="2000-01-01")
s.certificate("K", "Ada", "Dach", "2024-01-01", "2025-12-31")      # its last day
s.certificate("K", "Ada", "Wand", "2024-01-01")                    # the same person
s.certificate("K", "Ben", "Dach", "2025-12-31")                    # its first day
s.certificate("K", "Cem", "Dach", "2024-01-01", "2025-12-30")      # the day before
s.certificate("K", "Dora", "Wand", "2026-01-01")                   # the day after
s.certificate("K", "Eva", "Dach", "2020-01-01", "2021-01-01")
s.certificate("K", "Eva", "Wand", "2022-01-01")
C = "2025-12-31"
s.criterion("K", C, crit("certified_people"), value="3", window=None)
s.criterion("K", C, crit("certified_people", of="Dach"), value="2", met=True)
s.criterion("K", C, crit("certified_people", of="Wand", at_least=3), value="2", met=False, missing="1")
s.criterion("K", C, crit("certified_people", of="Keller", at_least=1), value="0", state="not_met")
s.criterion("L", C, crit("certified_people", at_least=1), value="0", state="not_met")
s.criterion("K", "2026-01-01", crit("certified_people", at_most=99), value="4")  # Ada (Wand), Ben, Dora, Eva

s = scenario("a person works for two customers and counts at each that the certificate was named for")
s.customer("K", since="2000-01-01").customer("L", since="2000-01-01")
s.certificate("K", "P1", "Dach").certificate("L", "P1", "Dach").certificate("L", "P2", "Dach")
s.criterion("K", C, crit("certified_people"), value="1")
s.criterion("L", C, crit("certified_people", at_most=5), value="2")

s = scenario("activities: confirmed ones of a kind, by day; several of one day all count")
s.customer("K", since="2000-01-01", joined="2025-02-02").customer("N", since="2000-01-01")
s.activity("K", "2024-12-31").activity("K", "2025-01-01").activity("K", "2025-12-31").activity("K", "2025-12-31")
s.activity("K", "2026-01-01").activity("K", "2025-06-01", "joint_marketing")
s.activity("K", "2025-06-01", status="planned").activity("K", "2025-06-01", status="cancelled")
s.criterion("K", C, crit("activities", "12m"), value="4", **{"from": "2025-01-01", "to": C})
s.criterion("K", C, crit("activities", "12m", of="workshop", at_least=4), value="3", missing="1", state="not_met")
s.criterion("K", C, crit("activities", "12m", of="joint_marketing", at_least=1), value="1", met=True)
s.criterion("K", C, crit("activities", "last_year"), value="1")
s.criterion("K", C, crit("activities", "since_joined"), value="3", **{"from": "2025-02-02"})
s.criterion("K", C, crit("activities", "all"), value="5", **{"from": None, "to": C})
s.criterion("N", C, crit("activities", "all", at_least=1), value="0", state="not_met")

s = scenario("visits are counted in their window (a group A customer: twelve a year)")
s.customer("K", since="2000-01-01")
s.visits("K", "2024-12-31", "2025-01-01", "2025-01-01", *[f"2025-{month:02d}-15" for month in range(2, 12)], "2026-01-01")
s.criterion("K", C, crit("visits", "12m", at_least=12), value="12", met=True)
s.criterion("K", C, crit("visits", "35d"), value="0", **{"from": "2025-11-27"})
s.criterion("K", C, crit("visits", "4q", at_least=13), value="12", missing="1")

s = scenario("digital_share: digital orders by all orders of the window; unknown when no order carries a mark")
s.customer("K", since="2000-01-01").customer("N", since="2000-01-01").customer("O", since="2000-01-01")
s.buy("K", "2025-01-10", 10, digital="yes").buy("K", "2025-02-10", 10, digital="no").buy("K", "2025-03-10", 10)
s.buy("K", "2025-04-10", 10, document="X", digital="no").buy("K", "2025-04-10", 10, "A2", document="X", digital="yes")
s.buy("K", "2025-05-10", -10, digital="yes")                       # a credit note is no order
s.buy("K", "2024-12-31", 10, digital="yes").buy("K", "2026-01-01", 10, digital="yes")
s.buy("N", "2025-05-10", 10).buy("N", "2025-06-10", -10, digital="yes").buy("N", "2024-05-10", 10, digital="yes")
s.buy("O", "2025-05-10", 10, digital="no")
s.criterion("K", C, crit("digital_share", "12m", at_least=D("0.5")), numerator="2", denominator="4", value="0.500000",
            state="met")
s.criterion("K", C, crit("digital_share", "12m", more_than=D("0.5")), state="not_met")
s.criterion("K", C, crit("digital_share", "3m"), value=None, state="unknown")
s.criterion("N", C, crit("digital_share", "12m", at_least=D("0.1")), value=None, numerator=None, state="unknown",
            flags=["unknown"])
s.criterion("N", C, crit("digital_share", "all", at_least=D("0.4")), numerator="1", denominator="2", state="met")
s.criterion("O", C, crit("digital_share", "12m", at_least=D("0.000001")), numerator="0", denominator="1",
            value="0.000000", state="not_met")

s = scenario("digital_share is compared exactly: 1/3 is more than 0.333333")
s.customer("K", since="2000-01-01")
s.buy("K", "2025-01-10", 10, digital="yes").buy("K", "2025-02-10", 10, digital="no").buy("K", "2025-03-10", 10)
s.criterion("K", C, crit("digital_share", "12m", more_than=D("0.333333")), state="met")
s.criterion("K", C, crit("digital_share", "12m", at_least=D("0.333334")), state="not_met")
