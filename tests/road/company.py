# SPDX-License-Identifier: AGPL-3.0-or-later
"""Random small companies, concepts and chains of evaluations, the same for the same seed.

Boundaries are made frequent on purpose: documents fall on the first and last days of windows, thresholds are actual
metric values (divided by a customer's factors where that is exact), joined dates lie on anniversaries of cut-offs,
graces end on cut-offs.

Case(seed) has: data (what oracle.Company takes), concepts, chain (Step), and write(treue) to import it all.
"""
import datetime
import random
from fractions import Fraction

import oracle
import road
from road import D

WINDOWS = ("12m", "12m", "1m", "3m", "6m", "13m", "24m", "90d", "90d", "30d", "1d", "365d", "year", "year", "last_year",
           "last_year", "4q", "4q", "1q", "2q", "8q", "since_joined", "since_joined", "all", "all")
PREVIOUS_WINDOWS = tuple(w for w in WINDOWS if w not in ("since_joined", "all"))
COUNTED = ("revenue",) * 5 + ("margin", "orders", "product_groups", "articles", "active_months",
           "revenue_growth", "activities", "visits", "digital_share")
OTHER = ("certified_people", "recency", "tenure", "potential", "share_of_wallet", "open_potential", "attribute",
         "attribute", "value")
GROUPS = ("HP", "20", "21", "Lüftung", "x")
TRADES = ("Dachdecker", "Elektro", "Holz und Stahl", "Maler", "Elektro und Holz")
QUALIFICATIONS = ("Dach", "Lüftung 2", "x")
ACTIVITIES = ("joint_marketing", "Workshop", "Referenz")
WORDS = ("ja", "nein", "true", "false", "yes", "no", "vielleicht")
MONEY = oracle.MONEY
ONE_DAY = datetime.timedelta(days=1)


class Step:
    def __init__(self, cutoff, evaluation, concept, mode):
        self.cutoff, self.evaluation, self.concept, self.mode = cutoff, evaluation, concept, mode


def cents(amount):
    """Text of an amount in minor units."""
    return oracle.money_text(Fraction(amount, 100))


class Case:
    def __init__(self, seed, together=False):
        """together: also suspensions, units of several customers, merges, overrides and renamed segments."""
        self.seed = seed
        self.chance = random.Random(f"company {seed}")
        self.together = random.Random(f"together {seed}")
        self.with_units = together
        self.evaluates = self.together.choice(("customer", "customer", "customer", "account_group", "site"))
        self.evaluates = self.evaluates if together else "customer"
        self.year_starts = self.chance.choice(("01-01", "01-01", "01-01", "04-01", "07-15", "11-30"))
        self.cutoffs = self._cutoffs()
        self.with_price = self.chance.random() < 0.3
        self.data = road.empty_company()
        self.changes = {"customers": [], "products": []}
        self.created = set()
        self._products()
        self._customers()
        for customer in list(self.data["customers"]):
            self._documents(customer)
        self._drop_unheard()
        self._merges()
        self._potentials()
        self._values()
        self._marks()
        self._people()
        self._events()
        self.company = oracle.Company(self.data)
        mechanics = self._mechanics()
        self.segment_ids = self._segment_ids()
        self.concepts = [self._concept(mechanics)]
        if self.chance.random() < 0.3:
            self.concepts.append(self._concept(mechanics))
        self.chain = self._chain(mechanics)
        self.overrides = self._overrides() if together else []
        if together and len(self.concepts) > 1 and self.together.random() < 0.4:
            self._rename(self.concepts[1])

    @staticmethod
    def _rename(concept):
        """The second version calls the best segment differently."""
        old = concept["segments"][0]["id"]
        concept["segments"][0]["id"] = old + "1"
        concept["replaces"] = {old: old + "1"}

    def often(self, share):
        return self.chance.random() < share

    # -- dates

    def _cutoffs(self):
        chance = self.chance
        day = datetime.date(2023, chance.randint(1, 12), 1)
        days = []
        for _ in range(chance.randint(4, 6)):
            style = chance.random()
            last = oracle.last_of_month(day.year, day.month)
            number = last if style < 0.6 else min(last, chance.choice((15, 28, 29, 30, chance.randint(1, 31))))
            days.append(day.replace(day=number))
            day = oracle.add_months(day, chance.choice((1, 2, 3, 3, 5, 6, 6, 6)), keep_end=False)
        return days

    def boundaries(self):
        """Days on which some window of some cut-off begins or ends, and their neighbours."""
        cutoff = self.chance.choice(self.cutoffs)
        frame = {"program": {"year_starts": self.year_starts}}
        window = self.chance.choice(PREVIOUS_WINDOWS)
        first, last = oracle.window_days(window, cutoff, frame)
        if self.often(0.3):
            first, last = oracle.previous_days(window, cutoff, frame)
        slices = oracle.add_months(cutoff, -self.chance.randint(1, 12))
        return (first, first - ONE_DAY, last, last + ONE_DAY, slices, slices + ONE_DAY)

    def some_day(self, first=datetime.date(2021, 6, 1), last=datetime.date(2025, 12, 31)):
        if self.often(0.3):
            day = self.chance.choice(self.boundaries())
            if first <= day <= last:
                return day
        return first + ONE_DAY * self.chance.randrange((last - first).days + 1)

    # -- facts

    def _products(self):
        for i in range(self.chance.randint(8, 22)):
            facts = []
            listed = self.often(0.7)
            if listed and self.often(0.75):
                facts.append(("product_group", self.chance.choice(GROUPS), None))
            if listed and self.often(0.5):
                facts.append(("cost", cents(self.chance.randint(1, 90) * 25), None))
            article = {"article": f"A{i:02d}", "facts": facts, "listed": listed,
                       "named": None if self.often(0.4) else self.chance.choice(GROUPS)}
            if listed and facts and self.often(0.15):
                change = ("product_group", self.chance.choice(GROUPS), self.some_day())
                facts.append(change)
                self.changes["products"].append((article["article"], change))
            self.data["products"].append(article)

    def _customers(self):
        chance = self.chance
        for i in range(chance.randint(25, 60)):
            number = chance.choice(("K{:03d}", "K{}", "{:05d}", "k{}", "Ä{}")).format(i * 7)
            kind = "prospect" if self.often(0.25) else "customer"
            facts = [("kind", kind, None)] if kind == "prospect" or self.often(0.5) else []
            since = None
            if self.often(0.6):
                since = self.some_day(datetime.date(2018, 1, 1) if self.often(0.5) else datetime.date(2022, 6, 1))
                facts.append(("since", since.isoformat(), None))
            if self.often(0.5):
                facts.append(("joined", self._joined().isoformat(), None))
            if self.often(0.8):
                facts.append(("size_class", chance.choice(("S", "M", "M", "L", "XXL")), None))
            facts += self._attributes(0.75, None) + self._together()
            customer = {"number": number, "name": f"Firma {i} \"{number}\", Köln", "facts": facts}
            self.data["customers"].append(customer)
            if self.often(0.1) and not facts[1:]:
                facts.clear()
            if self.often(0.08):
                facts.clear()
                customer["name"] = number
                self.created.add(number)
            elif self.often(0.25):
                self._change(customer, kind)

    def _together(self):
        """Suspensions, account groups and sites; for these a random stream of their own."""
        chance = self.together
        facts = []
        if not self.with_units:
            return facts
        if chance.random() < 0.15:
            day = chance.choice(self.cutoffs) + ONE_DAY * chance.choice((-200, -30, -1, 0, 0, 1))
            facts.append(("suspended_from", day.isoformat(), None))
            if chance.random() < 0.6:
                last = chance.choice(self.cutoffs) + ONE_DAY * chance.choice((-1, 0, 0, 1, 100))
                facts.append(("suspended_to", last.isoformat(), None))
        if chance.random() < 0.3:
            facts.append(("account_group", f"G{chance.randint(1, 5)}", None))
        listed = [c["number"] for c in self.data["customers"] if c["number"] not in self.created]
        if listed and chance.random() < 0.3:
            other = chance.choice(listed)
            facts.append(("site_of", other if chance.random() < 0.8 else "nobody", None))
        return facts

    def _merges(self):
        """Some customers of the file become one; chains occur, circles do not."""
        chance = self.together
        known = [c["number"] for c in self.data["customers"] if c["number"] not in self.created]
        chance.shuffle(known)
        merges = []
        for i in range(chance.choice((0, 0, 1, 3, 5)) if len(known) > 12 and self.with_units else 0):
            into = chance.choice(known[i + 1:i + 4])
            day = chance.choice(self.cutoffs) - ONE_DAY * chance.choice((-1, 0, 20, 100))
            merges.append({"customer": known[i], "into": into, "from": day})
        self.data["merges"] = merges

    def _overrides(self):
        """(step, override): asked for and approved before the step; of one customer never two at a time."""
        chance, result, ends = self.together, [], {}
        segments = [s["id"] for s in self.concepts[0]["segments"] if s["for"] == "customers"]
        for step in range(1, len(self.chain)):
            for customer in chance.sample(self.data["customers"], 2):
                first = self.chain[step].cutoff - ONE_DAY * chance.choice((0, 0, 1, 10))
                if ("kind", "prospect", None) in customer["facts"] or ends.get(customer["number"], first) > first:
                    continue
                last = chance.choice(self.cutoffs[1:])
                last = max(last, first) + ONE_DAY * chance.choice((0, 0, 1, 5))
                ends[customer["number"]] = last + ONE_DAY
                result.append((step, {"customer": customer["number"], "segment": chance.choice(segments),
                                      "valid_from": first, "valid_to": last}))
        return result

    def _joined(self):
        cutoff = self.chance.choice(self.cutoffs)
        if self.often(0.5):
            day = oracle.add_months(cutoff, -self.chance.choice((0, 1, 2, 3, 12, 24, 36)))
            return day + ONE_DAY * self.chance.choice((-1, 0, 0, 1)) if self.often(0.5) else day
        return self.some_day(datetime.date(2021, 1, 1), self.cutoffs[-1])

    def _attributes(self, share, valid_from):
        chance = self.chance
        wanted = (("trade", chance.choice(TRADES)), ("staff", str(chance.randint(1, 12))),
                  ("fit", chance.choice(("0.5", "12.50", "-3", "7", "eins", "0.75"))), ("shares", chance.choice(WORDS)))
        return [("attribute:" + name, value, valid_from) for name, value in wanted if self.often(share)]

    def _change(self, customer, kind):
        """One later file with its own valid_from."""
        day = self.some_day(datetime.date(2022, 6, 1))
        facts = self._attributes(0.4, day)
        if self.often(0.5):
            facts.append(("size_class", self.chance.choice("SML"), day))
        if kind == "prospect" and self.often(0.3):
            facts.append(("kind", "customer", day))
        if facts:
            customer["facts"] += facts
            self.changes["customers"].append((customer, day, facts))

    def _documents(self, customer):
        chance = self.chance
        appetite = chance.choice((0, 1, 3, 8, 15, 15, 30, 45))
        if ("kind", "prospect", None) in customer["facts"] and self.often(0.6):
            appetite = chance.choice((0, 0, 1, 2))
        first = self.some_day(last=datetime.date(2025, 1, 1))
        # Some buy in every second stretch of so many months only: they come and go.
        rhythm = chance.choice((None, 3, 5, 6, 6, 12))
        for i in range(appetite):
            day = self.some_day(first)
            if rhythm and (day.year * 12 + day.month) // rhythm % 2 and self.often(0.9):
                day += ONE_DAY * 30 * rhythm
            credit = self.often(0.1)
            document = {"customer": customer["number"], "number": f"{customer['number']}-{i}", "lines": []}
            for _ in range(chance.choice((1, 1, 2, 3, 6))):
                line = self._line(day, credit)
                # Which of two lines of one document stands first is nobody's business: they name the same group.
                for other in document["lines"]:
                    if other["article"] == line["article"]:
                        line["group"] = other["group"]
                document["lines"].append(line)
            self.data["documents"].append(document)

    def _line(self, day, credit):
        chance = self.chance
        product = chance.choice(self.data["products"])
        line = {"date": day + ONE_DAY * chance.randint(1, 40) if self.often(0.02) else day,
                "article": product["article"], "amount": None, "quantity": None, "unit_price": None, "cost": None,
                "group": None}
        sign = -1 if credit else 1
        if self.with_price:
            thousandths = sign * chance.choice((1000, 2000, 500, 1125, 10000))
            line["quantity"] = oracle.money_text(Fraction(thousandths, 1000), 3)
            line["unit_price"] = oracle.money_text(
                Fraction(chance.choice((0, 20000, 12500, 50000, 333, 1005, 99999)), 1000), 3)
        else:
            if self.often(0.6):
                line["quantity"] = str(sign * chance.randint(1, 10))
            amount = chance.choice((0, 2500, 5000, 5000, 10000, 10000, 20000, 50000, chance.randint(1, 30000)))
            line["amount"] = cents(sign * amount)
        if self.often(0.4):
            line["cost"] = cents(sign * chance.randint(0, 120) * 100)
        if product["named"] and self.often(0.7):
            line["group"] = product["named"] if self.often(0.95) else chance.choice(GROUPS)
        return line

    def _drop_unheard(self):
        """One the customers file does not name exists only through his documents."""
        heard = {d["customer"] for d in self.data["documents"]}
        self.data["customers"] = [c for c in self.data["customers"]
                                  if c["number"] not in self.created or c["number"] in heard]

    def _validity(self):
        first = self.some_day()
        return first, (first + ONE_DAY * self.chance.randint(0, 500) if self.often(0.3) else None)

    def _potentials(self):
        plain = oracle.Company(self.data)
        for customer in self.data["customers"]:
            keys = set()
            for _ in range(self.chance.choice((0, 0, 1, 1, 2, 4))):
                valid_from, valid_to = self._validity()
                group = None if self.often(0.3) else self.chance.choice(GROUPS)
                if (group, valid_from) in keys:
                    continue
                keys.add((group, valid_from))
                cutoff = self.chance.choice(self.cutoffs)
                first = oracle.add_months(cutoff, -12) + ONE_DAY
                bought = sum(d.total for d in plain.documents[customer["number"]] if first <= d.day <= cutoff)
                amount = self.chance.choice((bought, bought, bought * 2, self.chance.randint(0, 300000)))
                self.data["potentials"].append(
                    {"customer": customer["number"], "group": group, "amount": cents(max(0, amount)),
                     "valid_from": valid_from, "valid_to": valid_to,
                     "method": self.chance.choice(("measured", "estimated"))})

    def _values(self):
        for customer in self.data["customers"]:
            keys = set()
            for _ in range(self.chance.choice((0, 1, 1, 2, 3))):
                valid_from, valid_to = self._validity()
                name = self.chance.choice(("customer_value", "score"))
                if (name, valid_from) in keys:
                    continue
                keys.add((name, valid_from))
                self.data["values"].append(
                    {"customer": customer["number"], "name": name, "valid_from": valid_from, "valid_to": valid_to,
                     "amount": self.chance.choice(("1", "2.5", "-1", "0.125", "10", "10.5", "70"))})

    def _marks(self):
        """Digital marks: in some companies none, in others on some documents, sometimes on one of their lines only."""
        chance = random.Random(f"marks {self.seed}")
        if chance.random() < 0.15:
            return
        for document in self.data["documents"]:
            mark = chance.choice((None, "yes", "yes", "no"))
            for line in document["lines"]:
                line["digital"] = mark if chance.random() < 0.8 else chance.choice((None, mark, "no"))

    def _certificate(self, chance, customer, person):
        valid_from = chance.choice(self.cutoffs) + ONE_DAY * chance.choice((-800, -365, -30, -1, 0, 0, 1))
        cutoff = chance.choice(self.cutoffs)
        valid_to = chance.choice((None, None, cutoff - ONE_DAY, cutoff, cutoff + ONE_DAY))
        return {"customer": customer["number"], "person": person, "qualification": chance.choice(QUALIFICATIONS),
                "valid_from": valid_from, "valid_to": valid_to if valid_to and valid_to >= valid_from else None}

    def _people(self):
        """Some names are found at two customers; some certificates come again with another end."""
        chance = random.Random(f"people {self.seed}")
        rows = {}
        for i, customer in enumerate(self.data["customers"]):
            for k in range(chance.choice((0, 0, 1, 2, 4))):
                person = f"P{chance.choice((i, i, i, i + 1))}-{k}"
                for _ in range(chance.choice((1, 1, 2, 3))):
                    row = self._certificate(chance, customer, person)
                    rows[row["customer"], row["person"], row["qualification"], row["valid_from"]] = row
        again = [dict(row, valid_to=row["valid_from"] + ONE_DAY * chance.randint(0, 900)) for row in rows.values()
                 if chance.random() < 0.1]
        self.data["certificates"] = list(rows.values()) + again
        self.certificates_again = again

    def _events(self):
        chance = random.Random(f"events {self.seed}")
        for customer in self.data["customers"]:
            for _ in range(chance.choice((0, 1, 2, 4, 8))):
                self.data["activities"].append(
                    {"customer": customer["number"], "kind": chance.choice(ACTIVITIES), "date": self._event_day(chance),
                     "status": chance.choice(("confirmed", "confirmed", "confirmed", "planned", "cancelled")),
                     "status_before": chance.choice(("confirmed", "planned", None))})
            for _ in range(chance.choice((0, 1, 3, 8))):
                self.data["visits"].append({"customer": customer["number"], "date": self._event_day(chance)})

    def _event_day(self, chance):
        cutoff = chance.choice(self.cutoffs)
        if chance.random() < 0.5:
            return cutoff - ONE_DAY * chance.randint(-100, 800)
        first, last = oracle.window_days(chance.choice(PREVIOUS_WINDOWS), cutoff,
                                         {"program": {"year_starts": self.year_starts}})
        return chance.choice((first - ONE_DAY, first, last, last + ONE_DAY))

    # -- the concept

    def _mechanics(self):
        chance = self.chance
        apart = [(b.year - a.year) * 12 + b.month - a.month for a in self.cutoffs for b in self.cutoffs if a < b] or [3]
        grace = chance.choice(({"ends": "next_evaluation"}, {"ends": "next_evaluation"}, {"ends": "next_evaluation"},
                               {"months": chance.choice(apart + [1, 4])}, {"months": chance.choice(apart)}, "none"))
        mechanics = {
            "evaluations": [
                {"id": "year", "cutoff": "12-31", "effective": "02-01", "moves": ["up", "down"]},
                {"id": "half_year", "cutoff": "06-30", "effective": "08-01", "moves": ["up", "grace"]},
                {"id": "spring", "cutoff": "03-31", "effective": "03-31",
                 "moves": chance.choice((["up"], ["grace"], ["down"], ["up", "down", "grace"]))}],
            "grace": grace,
            "override": {"max_months": 36, "max_share": 1},
            "size_factors": {"S": D("0.6"), "M": D("1.0"), "L": chance.choice((D("1.5"), D("2")))},
        }
        if self.often(0.7):
            mechanics["demotion"] = {"max_steps": chance.randint(1, 3)}
        if self.often(0.6):
            mechanics["promotion"] = {"max_steps": chance.randint(1, 3)}
        if self.often(0.8):
            mechanics["newcomer"] = {"months": chance.choice((12, 24, 24, 36, 7)),
                                     "factors": chance.choice(([D("0.5"), D("0.75")], [D("0.5")],
                                                               [D("0.25"), D("0.5"), D("0.8")])),
                                     "pro_rata": self.often(0.7)}
        if self.often(0.4):
            mechanics["classify_after"] = {}
            if self.often(0.8):
                mechanics["classify_after"]["orders"] = chance.randint(1, 3)
            if self.often(0.6) or not mechanics["classify_after"]:
                mechanics["classify_after"]["revenue"] = chance.choice((100, 500, D("250.50")))
        return mechanics

    def _segment_ids(self):
        return list("ABCD")[:self.chance.choice((1, 2, 2, 3, 3))], list("PQ")[:self.chance.choice((0, 1))]

    def _concept(self, mechanics):
        self.parameters = {"market": D("0.25"), "hurdle": 300}
        concept = {
            "format": 1,
            "program": {"id": "circle", "name": {"de": "Kreis"}, "currency": "EUR",
                        "year_starts": self.year_starts, "evaluates": self.evaluates},
            "parameters": self.parameters,
            "segments": [],
            "mechanics": mechanics,
        }
        better, fits = self.segment_ids
        place = {"program": concept["program"], "mechanics": mechanics, "parameters": self.parameters}
        for i, name in enumerate(better):
            concept["segments"].append(self._segment(place, name, "customers", 0.75 - 0.45 * i / len(better)))
        concept["segments"].append({"id": "Z", "name": {"de": "Alle"}, "for": "customers", "rest": True})
        for name in fits:
            concept["segments"].append(self._segment(place, name, "prospects", 0.5))
        concept["segments"].append({"id": "R", "name": {"de": "Start"}, "for": "prospects", "rest": True})
        return concept

    def _segment(self, place, name, kind, level):
        """A criterion in three of the customers' first paths is an easy one on revenue, so that people move."""
        paths = []
        for i in range(self.chance.choice((1, 1, 2))):
            path = {"id": f"path{i}"}
            some = self.often(0.4)
            if not some or self.often(0.7):
                path["all"] = [self._criterion(place, kind, level) for _ in range(self.chance.choice((1, 1, 2)))]
            if some:
                of = [self._criterion(place, kind, level) for _ in range(self.chance.choice((2, 3, 4)))]
                path["some"] = {"at_least": self.chance.randint(1, max(1, len(of) - 1)), "of": of}
            paths.append(path)
        return {"id": name, "name": {"de": f"Gruppe {name}"}, "for": kind, "paths": paths}

    def _population(self, place, kind, criterion):
        """Known values with the factors that apply, of those evaluated at one cut-off, smallest first."""
        cutoff = self.chance.choice(self.cutoffs)
        found = []
        for customer in self.data["customers"]:
            subject = oracle.Subject(self.company, place, cutoff, customer["number"])
            if not subject.exists or subject.kind + "s" != kind:
                continue
            value = subject.metric(criterion).value
            if isinstance(value, str):
                value = oracle.plain_decimal(value)
            if value is not None:
                factor = Fraction(1)
                for _, _, one in subject.factors(criterion):
                    factor *= one
                found.append((value, factor))
        return sorted(found)

    def _criterion(self, place, kind, level):
        chance = self.chance
        prospects = kind == "prospects"
        metric = chance.choice(COUNTED if self.often(0.65 - 0.45 * prospects) else OTHER)
        criterion = {"metric": metric}
        if metric == "revenue" and self.often(0.25):
            criterion["of"] = chance.choice(GROUPS)
        if metric == "attribute":
            criterion["of"] = chance.choice(("trade", "trade", "staff", "fit", "shares"))
            if criterion["of"] in ("trade", "shares"):
                return self._extras(self._text_criterion(criterion), False)
        if metric == "value":
            criterion["of"] = chance.choice(("customer_value", "score"))
        if metric == "certified_people" and self.often(0.5):
            criterion["of"] = chance.choice(QUALIFICATIONS)
        if metric == "activities" and self.often(0.6):
            criterion["of"] = chance.choice(ACTIVITIES)
        if metric in COUNTED:
            criterion["window"] = chance.choice(PREVIOUS_WINDOWS if metric == "revenue_growth" else WINDOWS)
        comparator = chance.choice(("at_least",) * 6 + ("at_most", "more_than", "more_than", "less_than", "equals",
                                                        "in", "between", "between"))
        if metric in ("recency", "open_potential") and comparator == "at_least":
            comparator = "at_most"
        if metric not in oracle.RATIOS + ("attribute", "value") and comparator != "in":
            scale = [s for s, share in (("size", 0.45), ("newcomer", 0.45)) if self.often(share)]
            if "newcomer" not in place["mechanics"]:
                scale = [s for s in scale if s != "newcomer"]
            if scale:
                criterion["scale"] = scale
        self._threshold(place, kind, criterion, comparator, level)
        return self._extras(criterion, metric in ("potential", "share_of_wallet", "open_potential"))

    def _extras(self, criterion, estimates):
        if self.often(0.15):
            criterion["unknown"] = "met"
        if estimates and self.often(0.4):
            criterion["measured"] = True
        return criterion

    def _text_criterion(self, criterion):
        chance = self.chance
        if criterion["of"] == "shares":
            criterion["equals"] = chance.choice((True, True, False, "vielleicht"))
            return criterion
        comparator = chance.choice(("equals", "in", "contains", "contains"))
        criterion[comparator] = {"equals": chance.choice(TRADES), "in": chance.sample(TRADES, 2),
                                 "contains": chance.choice(("Holz", "tr", "und", "Elektro", "x"))}[comparator]
        return criterion

    def _as_operand(self, metric, value, factor=Fraction(1)):
        """The threshold that, scaled, is exactly the value where that has few enough digits; else near it."""
        digits = 3 if metric in ("value", "attribute") else 0
        digits = 2 if metric in MONEY else 6 if metric in oracle.RATIOS else digits
        exact = value / factor
        if (exact * 10 ** digits).denominator != 1:
            exact = Fraction(oracle.round_half_away(exact * 10 ** digits), 10 ** digits)
        return D(oracle.money_text(exact, digits))

    def _threshold(self, place, kind, criterion, comparator, level):
        chance, metric = self.chance, criterion["metric"]
        found = self._population(place, kind, criterion) or [(Fraction(chance.randint(0, 3)), Fraction(1))]
        level = min(max(level + chance.uniform(-0.2, 0.2), 0), 0.99)
        if comparator in ("at_most", "less_than"):
            level = 1 - level

        def pick(place_, down=0):
            value, factor = found[max(0, min(len(found) - 1, int(place_ * len(found)) - down))]
            return self._as_operand(metric, value, factor)

        operand = pick(level)
        if self.often(0.15):
            step = D("0.01") if metric in MONEY else D("0.000001") if metric in oracle.RATIOS else 1
            operand += chance.choice((-1, 1)) * step
        if comparator in ("equals", "in"):
            operand = chance.choice(found)[0]
            factor = chance.choice(found)[1] if "scale" in criterion else Fraction(1)
            operand = self._as_operand(metric, operand, factor)
        if comparator == "in":
            more = [self._as_operand(metric, chance.choice(found)[0]) for _ in range(chance.randint(1, 6))]
            criterion["in"] = list(dict.fromkeys([operand] + more + [operand + 1]))
            return
        if comparator == "between":
            criterion["between"] = sorted((operand, pick(min(0.99, level + 0.3))))
            return
        if metric == "revenue_growth" and comparator == "at_least" and self.often(0.2):
            operand = "market"
        if metric == "revenue" and comparator == "at_least" and self.often(0.05):
            operand = "hurdle"
        criterion[comparator] = operand
        number = self.parameters.get(operand, operand) if isinstance(operand, str) else operand
        if comparator in ("at_least", "more_than") and self.often(0.5):
            criterion["keep"] = min(D(number), pick(level, chance.randint(0, 6)))
        if comparator in ("at_most", "less_than") and self.often(0.5):
            criterion["keep"] = max(D(number), pick(level, -chance.randint(0, 6)))

    def _chain(self, mechanics):
        chain = []
        for i, cutoff in enumerate(self.cutoffs):
            concept = len(self.concepts) - 1 if i >= len(self.cutoffs) // 2 else 0
            evaluation = self.chance.choice(("year", "year", "year", "half_year", "half_year", "spring"))
            if self.often(0.15):
                mode = self.chance.choice(("proposal", "dry_run"))
                chain.append(Step(cutoff, self.chance.choice(("year", "half_year", "spring")), concept, mode))
            chain.append(Step(cutoff, evaluation, concept, "approve"))
            if self.often(0.1):
                chain.append(Step(cutoff, self.chance.choice(("year", "half_year", "spring")), concept, "approve"))
        return chain

    # -- files

    def write(self, treue):
        """Imports everything; a fifth of the companies hear of the purchases first."""
        jobs = [self._write_customers, self._write_products, self._write_purchases]
        together = self.evaluates != "customer" or self.data["merges"]
        # Of members of equal revenue the smallest id counts: then the file of customers has to come first.
        if random.Random(self.seed).random() < 0.2 and not together:
            jobs.insert(0, jobs.pop())
        for job in jobs + [self._write_others]:
            job(treue)
        for merge in self.data["merges"]:
            treue.run("customer", "merge", merge["customer"], merge["into"], "--from", merge["from"])

    def _write_customers(self, treue):
        columns = ["number", "name", "kind", "since", "joined", "size_class", "account_group", "site_of",
                   "suspended_from", "suspended_to"]
        attributes = ["attribute:" + name for name in ("trade", "staff", "fit", "shares")]
        rows = []
        changed = {id(fact) for _, _, facts in self.changes["customers"] for fact in facts}
        for customer in self.data["customers"]:
            if customer["number"] not in self.created:
                base = {name: value for name, value, _ in
                        (fact for fact in customer["facts"] if id(fact) not in changed)}
                rows.append(dict(base, number=customer["number"], name=customer["name"]))
        treue.import_rows("customers", "customers", columns + attributes, rows)
        # One file for all: what does not change with somebody is told again.
        alone = self._alone()
        all_names = dict.fromkeys(name for _, _, facts in self.changes["customers"] for name, _, _ in facts)
        changes = []
        for customer, day, facts in self.changes["customers"]:
            new = {name: value for name, value, _ in facts}
            same = {} if alone or customer["number"] in self.created else {
                name: value for name, value, _ in customer["facts"] if name in all_names}
            changes.append((list(new if alone else all_names), day,
                            dict(same, **new, number=customer["number"], name=customer["name"])))
        self._write_changes(treue, "customers", ["number", "name"], changes)

    def _alone(self):
        """In a fifth of the companies every change has a file of its own, whose profile tells the day. So in all whose
        facts are corrected later (test_repeat.py): what is told again would stand beside a correction."""
        return self.seed % 5 == 0 or not self.with_units

    def _write_changes(self, treue, kind, columns, changes):
        """(names of facts, day, row), nobody twice: a file each, or one for all with the day as a column."""
        if self._alone():
            for i, (names, day, row) in enumerate(changes):
                treue.import_rows(kind, f"{kind}{i}", columns + names, [row], valid_from=day)
        elif changes:
            treue.import_rows(kind, f"{kind}0", columns + changes[0][0] + ["valid_from"],
                              [dict(row, valid_from=day) for _, day, row in changes])

    def _write_products(self, treue):
        rows = []
        changed = {id(change) for _, change in self.changes["products"]}
        for product in self.data["products"]:
            if product["listed"]:
                base = {name: value for name, value, _ in
                        (fact for fact in product["facts"] if id(fact) not in changed)}
                rows.append(dict(base, article=product["article"], name=f"Artikel {product['article']}"))
        columns = ["article", "name", "product_group"]
        treue.import_rows("products", "products", columns + ["cost"], rows)
        changes = [(["product_group"], day, {"article": article, "name": f"Artikel {article}", "product_group": group})
                   for article, (_, group, day) in self.changes["products"]]
        self._write_changes(treue, "products", ["article", "name"], changes)

    def _write_purchases(self, treue):
        """Lines anywhere in the file, those of one document in their order; sometimes two files."""
        amounts = ["quantity", "unit_price"] if self.with_price else ["amount", "quantity"]
        columns = ["customer", "document", "date", "article"] + amounts + ["cost", "product_group", "digital"]
        chance = random.Random(f"purchases {self.seed}")
        documents = [d for d in self.data["documents"]]
        chance.shuffle(documents)
        cut = chance.choice((0, 0, len(documents) // 2))
        for i, part in enumerate((documents[:cut], documents[cut:])):
            queues = [list(d["lines"]) for d in part]
            order = [k for k, d in enumerate(part) for _ in d["lines"]]
            chance.shuffle(order)
            rows = []
            for k in order:
                line = queues[k].pop(0)
                rows.append(dict(line, customer=part[k]["customer"], document=part[k]["number"],
                                 product_group=line["group"]))
            if part:
                treue.import_rows("purchases", f"purchases{i}", columns, rows, create=("customers", "products"),
                                  status=(0, 1))

    def _write_others(self, treue):
        treue.import_rows("potentials", "potentials",
                          ["customer", "amount", "valid_from", "valid_to", "product_group", "method"],
                          [dict(row, product_group=row["group"]) for row in self.data["potentials"]])
        treue.import_rows("values", "values", ["customer", "name", "amount", "valid_from", "valid_to"],
                          self.data["values"])
        columns = ["customer", "person", "qualification", "valid_from", "valid_to"]
        first = [row for row in self.data["certificates"] if not any(row is one for one in self.certificates_again)]
        for i, rows in enumerate((first, self.certificates_again)):
            if rows:
                treue.import_rows("certificates", f"certificates{i}", columns, rows)
        columns = ["customer", "kind", "date", "status"]
        # The whole file comes again with what became of the plans.
        for i, key in enumerate(("status_before", "status")):
            treue.import_rows("activities", f"activities{i}", columns,
                              [dict(row, status=row[key]) for row in self.data["activities"]])
        treue.import_rows("visits", "visits", ["customer", "date"], self.data["visits"])
