#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A brute-force evaluator, written straight from the concept format's text. It shares nothing with src/.

It is slow and plain on purpose: every metric of every customer is counted afresh from the documents. Numbers are exact
(int and fractions.Fraction); nothing is ever a float.

Input
  company   {"import_day": date, "customers": [...], "products": [...], "documents": [...], "potentials": [...],
             "values": [...], "certificates": [...], "activities": [...], "visits": [...]}
    customer   {"number": text, "name": text, "facts": [(name, text, valid_from or None), ...]}
               facts in the order they were imported; names: kind, since, joined, size_class, attribute:NAME. A date of
               None is the import day. A fact imported first is open at its start, whatever its date.
    product    {"article": text, "facts": [("product_group" or "cost", text, valid_from or None), ...]}
    document   {"customer": number, "number": text, "lines": [line, ...]}
    line       {"date": date, "article": text, "amount": text or None, "quantity": text or None,
                "unit_price": text or None, "cost": text or None, "group": text or None,
                "digital": "yes", "no" or None (may be left out)}
    potential  {"customer", "group": text or None (a total), "amount": text, "valid_from": date,
                "valid_to": date or None, "method": "measured" or "estimated"}
    value      {"customer", "name", "amount": text, "valid_from": date, "valid_to": date or None}
    certificate {"customer", "person": text, "qualification": text, "valid_from": date, "valid_to": date or None}
    activity   {"customer", "kind": text, "date": date, "status": "confirmed", "planned" or "cancelled"}
    visit      {"customer", "date": date}
  concept   the YAML document as a dict; numbers as int or decimal.Decimal, truth values as bool, texts as str
  history   the approved runs in the order of approval (each a result of evaluate)

Output of evaluate: a Result: `.json` is what `treue evaluate --format json` prints (generation None), `.details` maps a
customer's number to what explain-format.md describes, in plain Python values (see criterion_detail), `.grace` holds the
running graces.

Where the text leaves a question open, this is how it is read here:
  - positive document: total > 0; "first purchase" of tenure is the first positive document
  - since_joined without joined and since starts with the first document, without one on the day of recording; a joined
    date after the cut-off is invisible
  - an order (document with a positive total) is digital when one of its lines says so and carries a mark when one of its
    lines does; digital_share divides digital orders by all orders of the window
  - the previous window of `Nm` is N months counted back from the start, as if the day before the start were the cut-off
  - "customer since" of one who came in as a prospect is the date of his first positive document; a prospect has none
    yet, so no tenure
  - classify_after is asked of customers only; a converted prospect is without membership and asked as well
  - `before` of a converted prospect is his prospect segment
  - share of wallet is compared uncapped; with a potential of 0 it is unknown
  - text that is no number is not met (not unknown) against a number
  - months of a `year` window in pro_rata are the calendar months it touches
  - "never below the best segment he fulfils at keep thresholds" looks at the segments below the current one
  - a grace whose end has come but whose evaluation has neither `down` nor `grace` is still running

Flags (sorted alphabetically; criteria are those in the paths of segments of the customer's kind):
  at_risk        stay by rule 7
  capped         share_of_wallet is used and revenue of 12m is above the potential
  cost_missing   margin is used, known, and a line in its window has no cost (no cost at all makes it unknown)
  newcomer       he is a newcomer at the cut-off and a criterion is scaled by newcomer
  no_group       product_groups is used and a line in its window, amount not 0, is of an article without group
  no_size_class  a criterion is scaled by size and he has no size class the concept knows
  unknown        a criterion is unknown (also one that says `unknown: met`)
"""
import bisect
import calendar
import datetime
import decimal
import re
from fractions import Fraction

DAY = datetime.timedelta(days=1)
DECISIONS = ("new", "unclassified", "suspended", "override", "promote", "stay", "recovered", "kept", "grace", "demote")
COMPARATORS = ("at_least", "at_most", "more_than", "less_than", "equals", "in", "contains", "between")
MONEY = ("revenue", "margin", "potential", "open_potential")
RATIOS = ("revenue_growth", "share_of_wallet", "digital_share")
METRICS = MONEY + RATIOS + ("orders", "product_groups", "articles", "active_months", "recency", "tenure", "attribute",
                            "value", "certified_people", "activities", "visits")


# ---- calendar -------------------------------------------------------------------------------------------------------

def last_of_month(year, month):
    return calendar.monthrange(year, month)[1]


def is_month_end(day):
    return day.day == last_of_month(day.year, day.month)


def add_months(day, months, keep_end=True):
    """Keeps the day of the month, clamps to the month's end; with keep_end the last day of a month stays the last."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    last = last_of_month(year, month)
    if keep_end and is_month_end(day):
        return datetime.date(year, month, last)
    return datetime.date(year, month, min(day.day, last))


def full_months(start, end):
    """The largest m for which start plus m months is on or before end (negative when end lies before)."""
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    while add_months(start, months, keep_end=False) > end:
        months -= 1
    return months


def month_day(text):
    month, day = text.split("-")
    return int(month), int(day)


def on_month_day(year, text):
    month, day = month_day(text)
    return datetime.date(year, month, min(day, last_of_month(year, month)))


def next_month_day(text, after):
    """The first such day later than `after`."""
    day = on_month_day(after.year, text)
    return day if day > after else on_month_day(after.year + 1, text)


def year_start(concept, day):
    text = concept["program"].get("year_starts", "01-01")
    start = on_month_day(day.year, text)
    return start if start <= day else on_month_day(day.year - 1, text)


def year_before(concept, start):
    return year_start(concept, start - DAY)


def window_days(window, cutoff, concept, start_of_customer=None):
    """(first, last) day counted, inclusive; first is None when open."""
    kind = re.fullmatch(r"(\d+)([mdq])", window)
    if kind:
        count, unit = int(kind.group(1)), kind.group(2)
        if unit == "m":
            return add_months(cutoff, -count) + DAY, cutoff
        if unit == "d":
            return cutoff - count * DAY + DAY, cutoff
        first_of_quarter = datetime.date(cutoff.year, (cutoff.month - 1) // 3 * 3 + 1, 1)
        end = add_months(first_of_quarter, 3) - DAY
        if end > cutoff:
            end = first_of_quarter - DAY
        return add_months(end + DAY, -3 * count), end
    if window == "year":
        return year_start(concept, cutoff), cutoff
    if window == "last_year":
        start = year_start(concept, cutoff)
        return year_before(concept, start), start - DAY
    if window == "since_joined":
        return start_of_customer, cutoff
    assert window == "all", window
    return None, cutoff


def previous_days(window, cutoff, concept):
    first, last = window_days(window, cutoff, concept)
    kind = re.fullmatch(r"(\d+)([mdq])", window)
    if kind:
        count, unit = int(kind.group(1)), kind.group(2)
        end = first - DAY
        if unit == "m":
            return add_months(end, -count) + DAY, end
        if unit == "d":
            return end - count * DAY + DAY, end
        return add_months(first, -3 * count), end
    if window == "year":
        return year_before(concept, first), add_months(last, -12, keep_end=False)
    assert window == "last_year", window
    return year_before(concept, first), first - DAY


# ---- numbers --------------------------------------------------------------------------------------------------------

def number(value):
    return Fraction(value) if not isinstance(value, bool) else None


def round_half_away(value):
    """To an integer."""
    value = Fraction(value)
    whole = (abs(value.numerator) * 2 + value.denominator) // (value.denominator * 2)
    return whole if value >= 0 else -whole


def money_text(value, digits=2):
    """Exact decimal text of a value that has no more than `digits` decimals."""
    units = Fraction(value) * 10 ** digits
    assert units.denominator == 1, value
    sign, units = ("-" if units < 0 else ""), abs(units.numerator)
    return f"{sign}{units // 10 ** digits}.{units % 10 ** digits:0{digits}d}" if digits else f"{sign}{units}"


def plain_decimal(text):
    return Fraction(text) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) else None


TRUTH = {"true": True, "yes": True, "ja": True, "false": False, "no": False, "nein": False}


# ---- facts ----------------------------------------------------------------------------------------------------------

def fact_at(facts, name, day, import_day):
    """The first known value is open at its start, a later change holds from its date."""
    best = None
    first = True
    for fact, value, valid_from in facts:
        if fact != name or value in (None, ""):
            continue
        start = datetime.date.min if first else (valid_from or import_day)
        first = False
        if start <= day and (best is None or start >= best[0]):
            best = (start, value)
    return best[1] if best else None


def parse_day(text):
    return datetime.date.fromisoformat(text) if text else None


class Document:
    __slots__ = ("day", "number", "total", "lines", "marks")

    def __init__(self, day, number_, total, lines, marks):
        self.day, self.number, self.total, self.lines, self.marks = day, number_, total, lines, marks


class Company:
    """The facts, with amounts in minor units. A line is (article, amount, cost or None)."""

    def __init__(self, data):
        self.import_day = data["import_day"]
        self.customers = {c["number"]: c for c in data["customers"]}
        self.products = {p["article"]: p for p in data["products"]}
        self.documents = {n: [] for n in self.customers}
        self.potentials = {n: [] for n in self.customers}
        self.values = {n: [] for n in self.customers}
        self.named = {}
        for document in data["documents"]:
            self._add_document(document)
        for documents in self.documents.values():
            documents.sort(key=lambda d: (d.day, d.number.encode()))
        self.days = {n: [d.day for d in ds] for n, ds in self.documents.items()}
        # A row with the key of an earlier one changes it.
        for kind, store, key in (("potentials", self.potentials, "group"), ("values", self.values, "name")):
            rows = {(r["customer"], r[key], r["valid_from"]): r for r in data[kind]}
            for row in rows.values():
                store[row["customer"]].append(row)
        certificates = {(c["customer"], c["person"], c["qualification"], c["valid_from"]): c
                        for c in data.get("certificates", [])}
        self.certificates = {n: [] for n in self.customers}
        self.activities, self.visits = {n: [] for n in self.customers}, {n: [] for n in self.customers}
        for store, rows in ((self.certificates, certificates.values()), (self.activities, data.get("activities", [])),
                            (self.visits, data.get("visits", []))):
            for row in rows:
                store[row["customer"]].append(row)
        self.merges, self.overrides = data.get("merges", []), data.get("overrides", [])
        self.group_cache = {}

    def _add_document(self, document):
        day = min(line["date"] for line in document["lines"])
        lines = []
        for position, line in enumerate(document["lines"]):
            if line.get("amount") is not None:
                amount = Fraction(line["amount"]) * 100
                assert amount.denominator == 1
                amount = amount.numerator
            else:
                amount = round_half_away(Fraction(line["quantity"]) * Fraction(line["unit_price"]) * 100)
            lines.append((line["article"], amount, self._cost(line, day)))
            if line.get("group"):
                naming = (day, document["number"].encode(), position, line["group"])
                if line["article"] not in self.named or naming < self.named[line["article"]]:
                    self.named[line["article"]] = naming
        self.documents[document["customer"]].append(
            Document(day, document["number"], sum(line[1] for line in lines), lines,
                     {line.get("digital") for line in document["lines"]} - {None}))

    def _cost(self, line, day):
        if line.get("cost") is not None:
            return round_half_away(Fraction(line["cost"]) * 100)
        product = self.products.get(line["article"])
        cost = fact_at(product["facts"], "cost", day, self.import_day) if product else None
        if cost is None or line.get("quantity") is None:
            return None
        return round_half_away(Fraction(line["quantity"]) * Fraction(cost) * 100)

    def group_of(self, article, cutoff):
        """The products import decides; else the earliest document (date, number, line) that names one."""
        key = (article, cutoff)
        if key not in self.group_cache:
            product = self.products.get(article)
            group = fact_at(product["facts"], "product_group", cutoff, self.import_day) if product else None
            if group is None and article in self.named and self.named[article][0] <= cutoff:
                group = self.named[article][3]
            self.group_cache[key] = group
        return self.group_cache[key]


# ---- one customer at one cut-off ------------------------------------------------------------------------------------

class Value:
    """What a metric says: value is a Fraction, a text (attribute) or None (unknown)."""

    def __init__(self, value=None, numerator=None, denominator=None, estimated=False, first=None, last=None):
        self.value, self.numerator, self.denominator = value, numerator, denominator
        self.estimated, self.first, self.last = estimated, first, last


class Subject:
    def __init__(self, company, concept, cutoff, number_):
        self.company, self.concept, self.cutoff, self.number = company, concept, cutoff, number_
        self.facts = company.customers[number_]["facts"]
        documents = company.documents[number_]
        self.documents = documents[:bisect.bisect_right(company.days[number_], cutoff)]
        self.days = company.days[number_]
        positive = [d.day for d in self.documents if d.total > 0]
        self.first_positive = positive[0] if positive else None
        self.last_positive = positive[-1] if positive else None
        self.recorded = company.import_day
        self.kind = self.fact("kind") or "customer"
        since = parse_day(self.fact("since"))
        joined = parse_day(self.fact("joined"))
        self.joined = joined if joined and joined <= cutoff else None
        if self.kind == "prospect" and self.first_positive:
            self.kind, self.since = "customer", self.first_positive
            self.exists = True
        elif self.kind == "prospect":
            self.since = since
            self.exists = (since or self.recorded) <= cutoff
        else:
            self.since = since
            first = self.documents[0].day if self.documents else None
            self.exists = (since or first or self.recorded) <= cutoff
        self.cache = {}

    def fact(self, name):
        return fact_at(self.facts, name, self.cutoff, self.company.import_day)

    def in_window(self, first, last):
        if first is not None and first > last:
            return []
        low = 0 if first is None else bisect.bisect_left(self.days, first)
        high = bisect.bisect_right(self.days, min(last, self.cutoff))
        return self.company.documents[self.number][low:high]

    def window(self, window):
        first_document = self.documents[0].day if self.documents else None
        return window_days(window, self.cutoff, self.concept,
                           self.joined or self.since or first_document or self.recorded)

    def revenue(self, first, last, group=None):
        documents = self.in_window(first, last)
        if group is None:
            return Fraction(sum(d.total for d in documents), 100)
        return Fraction(sum(amount for d in documents for article, amount, _ in d.lines
                            if self.company.group_of(article, self.cutoff) == group), 100)

    def revenue_12m(self):
        return self.revenue(*self.window("12m"))

    def potential(self):
        """(amount or None, estimated)"""
        valid = [p for p in self.company.potentials[self.number]
                 if p["valid_from"] <= self.cutoff and (p["valid_to"] is None or self.cutoff <= p["valid_to"])]
        latest = {}
        for row in valid:
            if row["group"] not in latest or row["valid_from"] > latest[row["group"]]["valid_from"]:
                latest[row["group"]] = row
        if None in latest:
            latest = {None: latest[None]}
        if not latest:
            return None, False
        return (sum(Fraction(p["amount"]) for p in latest.values()),
                any(p["method"] == "estimated" for p in latest.values()))

    def metric(self, criterion):
        key = (criterion["metric"], criterion.get("of"), criterion.get("window"))
        if key not in self.cache:
            self.cache[key] = getattr(self, "metric_" + criterion["metric"])(criterion)
        return self.cache[key]

    def metric_revenue(self, c):
        first, last = self.window(c["window"])
        return Value(self.revenue(first, last, c.get("of")), first=first, last=last)

    def metric_margin(self, c):
        first, last = self.window(c["window"])
        lines = [line for d in self.in_window(first, last) for line in d.lines if line[2] is not None]
        value = Fraction(sum(amount - cost for _, amount, cost in lines), 100) if lines else None
        return Value(value, first=first, last=last)

    def metric_orders(self, c):
        first, last = self.window(c["window"])
        return Value(Fraction(sum(1 for d in self.in_window(first, last) if d.total > 0)), first=first, last=last)

    def positive_keys(self, first, last, key_of):
        sums = {}
        for document in self.in_window(first, last):
            for article, amount, _ in document.lines:
                key = key_of(article)
                if key is not None:
                    sums[key] = sums.get(key, 0) + amount
        return Fraction(sum(1 for amount in sums.values() if amount > 0))

    def metric_product_groups(self, c):
        first, last = self.window(c["window"])
        count = self.positive_keys(first, last, lambda article: self.company.group_of(article, self.cutoff))
        return Value(count, first=first, last=last)

    def metric_articles(self, c):
        first, last = self.window(c["window"])
        return Value(self.positive_keys(first, last, lambda article: article), first=first, last=last)

    def metric_active_months(self, c):
        first, last = self.window(c["window"])
        months = set()
        for document in self.in_window(first, last):
            if document.total > 0:
                back = 0
                while add_months(self.cutoff, -(back + 1)) >= document.day:
                    back += 1
                months.add(back)
        return Value(Fraction(len(months)), first=first, last=last)

    def metric_revenue_growth(self, c):
        first, last = self.window(c["window"])
        now = self.revenue(first, last, c.get("of"))
        before = self.revenue(*previous_days(c["window"], self.cutoff, self.concept), c.get("of"))
        if before <= 0:
            return Value(first=first, last=last)
        return Value(now / before - 1, now - before, before, first=first, last=last)

    def metric_recency(self, _):
        return Value(Fraction((self.cutoff - self.last_positive).days) if self.last_positive else None)

    def metric_tenure(self, _):
        start = None if self.kind == "prospect" else self.since or self.first_positive
        return Value(Fraction(full_months(start, self.cutoff)) if start else None)

    def metric_potential(self, _):
        amount, estimated = self.potential()
        return Value(amount, estimated=estimated)

    def metric_share_of_wallet(self, _):
        amount, estimated = self.potential()
        if not amount:
            return Value(estimated=estimated)
        revenue = self.revenue_12m()
        return Value(revenue / amount, revenue, amount, estimated=estimated)

    def metric_open_potential(self, _):
        amount, estimated = self.potential()
        if amount is None:
            return Value(estimated=estimated)
        return Value(max(Fraction(0), amount - self.revenue_12m()), estimated=estimated)

    def metric_attribute(self, c):
        return Value(self.fact("attribute:" + c["of"]))

    def metric_value(self, c):
        valid = [v for v in self.company.values[self.number] if v["name"] == c["of"]
                 and v["valid_from"] <= self.cutoff and (v["valid_to"] is None or self.cutoff <= v["valid_to"])]
        return Value(Fraction(max(valid, key=lambda v: v["valid_from"])["amount"]) if valid else None)

    def metric_certified_people(self, c):
        return Value(Fraction(len(certified(self.company.certificates[self.number], c, self.cutoff))))

    def rows_of(self, store):
        return store[self.number]

    def happened(self, rows, c):
        first, last = self.window(c["window"])
        count = sum(1 for one in rows if one["date"] <= min(last, self.cutoff) and (first is None or first <= one["date"]))
        return Value(Fraction(count), first=first, last=last)

    def metric_activities(self, c):
        return self.happened([one for one in self.rows_of(self.company.activities) if one["status"] == "confirmed"
                              and c.get("of") in (None, one["kind"])], c)

    def metric_visits(self, c):
        return self.happened(self.rows_of(self.company.visits), c)

    def metric_digital_share(self, c):
        first, last = self.window(c["window"])
        orders = [d for d in self.in_window(first, last) if d.total > 0]
        if not any(d.marks for d in orders):
            return Value(first=first, last=last)
        digital = sum(1 for d in orders if "yes" in d.marks)
        return Value(Fraction(digital, len(orders)), Fraction(digital), Fraction(len(orders)), first=first, last=last)

    # -- factors

    def size_factor(self):
        """(factor, class known)"""
        factors = self.concept["mechanics"].get("size_factors", {})
        size = self.fact("size_class")
        return (number(factors[size]), True) if size in factors else (Fraction(1), False)

    def newcomer_years(self):
        """Full years since joining of a newcomer, else None."""
        rule = self.concept["mechanics"].get("newcomer")
        if not rule or self.joined is None:
            return None
        months = full_months(self.joined, self.cutoff)
        return months // 12 if months < rule["months"] else None

    def factors(self, criterion):
        """[(kind, text, Fraction)] in the order they apply."""
        result = []
        scale = criterion.get("scale", [])
        if "size" in scale:
            factor = self.size_factor()[0]
            result.append(("size", factor, factor))
        years = self.newcomer_years()
        if "newcomer" in scale and years is not None:
            rule = self.concept["mechanics"]["newcomer"]
            factor = number(rule["factors"][min(years, len(rule["factors"]) - 1)])
            result.append(("newcomer", factor, factor))
            window = criterion.get("window", "")
            if rule.get("pro_rata") and (window == "year" or re.fullmatch(r"\d+m", window)):
                first, last = self.window(window)
                months = int(window[:-1]) if window != "year" else months_touched(first, last)
                touched = months_touched(max(first, self.joined), last)
                if touched < months:
                    result.append(("pro_rata", (touched, months), Fraction(touched, months)))
        return result


def certified(rows, criterion, cutoff):
    """People with a certificate valid at the cut-off."""
    return {one["person"] for one in rows
            if one["valid_from"] <= cutoff and (one["valid_to"] is None or cutoff <= one["valid_to"])
            and criterion.get("of") in (None, one["qualification"])}


def months_touched(first, last):
    return (last.year - first.year) * 12 + last.month - first.month + 1


# ---- criteria -------------------------------------------------------------------------------------------------------

def comparator_of(criterion):
    found = [name for name in COMPARATORS if name in criterion]
    assert len(found) == 1, criterion
    return found[0]


def resolve(concept, operand):
    """A parameter's name stands for its number."""
    if isinstance(operand, str) and operand in concept.get("parameters", {}):
        return concept["parameters"][operand]
    return operand


def equal(value, operand):
    if isinstance(operand, bool):
        return isinstance(value, str) and TRUTH.get(value) is operand
    if isinstance(operand, str):
        return value == operand
    value = plain_decimal(value) if isinstance(value, str) else value
    return value is not None and value == operand


def compare(comparator, value, operand):
    """value is known; operand as in the concept, numbers already scaled."""
    if comparator == "equals":
        return equal(value, operand)
    if comparator == "in":
        return any(equal(value, one) for one in operand)
    if comparator == "contains":
        return operand in value
    value = plain_decimal(value) if isinstance(value, str) else value
    if value is None:
        return False
    if comparator == "at_least":
        return value >= operand
    if comparator == "at_most":
        return value <= operand
    if comparator == "more_than":
        return value > operand
    if comparator == "less_than":
        return value < operand
    return operand[0] <= value <= operand[1]


def scaled(operand, factor):
    if isinstance(operand, list):
        return [scaled(one, factor) for one in operand]
    return operand if isinstance(operand, (str, bool)) else Fraction(operand) * factor


def missing_of(metric, comparator, value, operand):
    """The distance to the nearest value that would do: money goes in cents, counts, days and months in ones."""
    value = plain_decimal(value) if isinstance(value, str) else value
    if value is None or comparator in ("in", "contains") or isinstance(operand, (str, bool)):
        return None
    low, high = {"between": operand, "equals": (operand, operand), "at_least": (operand, None),
                 "more_than": (operand, None)}.get(comparator, (None, operand))
    if metric not in RATIOS + ("attribute",):
        step = Fraction(1, 100) if metric in MONEY else Fraction(1)
        if low is not None:
            low = -(-low // step) * step
            low += step if comparator == "more_than" and low == operand else 0
        if high is not None:
            high = high // step * step
            high -= step if comparator == "less_than" and high == operand else 0
        if None not in (low, high) and low > high:
            return None
    return low - value if low is not None and value < low else value - (low if high is None else high)


def criterion_detail(subject, criterion, group):
    """The judgement of one criterion: the keys of explain-format.md, numbers as Fraction, days as date."""
    concept = subject.concept
    metric = subject.metric(criterion)
    comparator = comparator_of(criterion)
    operand = criterion[comparator]
    base = [resolve(concept, one) for one in operand] if isinstance(operand, list) else resolve(concept, operand)
    keep = resolve(concept, criterion["keep"]) if "keep" in criterion else None
    factors = subject.factors(criterion)
    factor = Fraction(1)
    for _, _, one in factors:
        factor *= one
    effective = scaled(base, factor)
    effective_keep = scaled(keep, factor) if keep is not None else None
    value = None if criterion.get("measured") and metric.estimated else metric.value
    states = []
    for threshold in (effective, effective if keep is None else effective_keep):
        if value is None:
            states.append("unknown")
        else:
            states.append("met" if compare(comparator, value, threshold) else "not_met")
    lenient = criterion.get("unknown") == "met"
    return {
        "group": group, "metric": criterion["metric"], "of": criterion.get("of"), "window": criterion.get("window"),
        "from": metric.first, "to": metric.last, "value": value,
        "numerator": metric.numerator if value is not None else None,
        "denominator": metric.denominator if value is not None else None,
        "comparator": comparator, "threshold": base, "keep": keep,
        "factors": [(kind, text) for kind, text, _ in factors],
        "effective_threshold": effective, "effective_keep": effective_keep,
        "state": states[0], "keep_state": states[1],
        "missing": missing_of(criterion["metric"], comparator, value, effective) if states[0] == "not_met" else None,
        "counts": states[0] == "met" or (states[0] == "unknown" and lenient),
        "counts_keep": states[1] == "met" or (states[1] == "unknown" and lenient),
    }


def path_detail(subject, path):
    criteria = [criterion_detail(subject, c, "all") for c in path.get("all", [])]
    some = path.get("some", {"at_least": 0, "of": []})
    criteria += [criterion_detail(subject, c, "some") for c in some["of"]]

    def lacking(key):
        unmet = sum(1 for c in criteria if c["group"] == "all" and not c[key])
        return unmet + max(0, some["at_least"] - sum(1 for c in criteria if c["group"] == "some" and c[key]))

    short = some["at_least"] > sum(1 for c in criteria if c["group"] == "some" and c["counts"])
    return {"id": path["id"], "fulfilled": lacking("counts") == 0, "fulfilled_keep": lacking("counts_keep") == 0,
            "criteria": criteria, "missing_count": lacking("counts"),
            "missing": [i for i, c in enumerate(criteria)
                        if not c["counts"] and (c["group"] == "all" or short)]}


def segment_detail(subject, segment):
    paths = [path_detail(subject, path) for path in segment.get("paths", [])]
    rest = bool(segment.get("rest"))
    return {"id": segment["id"], "fulfilled": rest or any(p["fulfilled"] for p in paths),
            "fulfilled_keep": rest or any(p["fulfilled_keep"] for p in paths), "paths": paths}


def flags_of(subject, segments):
    """All but at_risk. `segments` are the concept's segments of the customer's kind."""
    flags = set()
    for segment in segments:
        for path in segment.get("paths", []):
            for criterion in path.get("all", []) + path.get("some", {"of": []})["of"]:
                detail = criterion_detail(subject, criterion, "all")
                if detail["state"] == "unknown":
                    flags.add("unknown")
                if "size" in criterion.get("scale", []) and not subject.size_factor()[1]:
                    flags.add("no_size_class")
                if "newcomer" in criterion.get("scale", []) and subject.newcomer_years() is not None:
                    flags.add("newcomer")
                metric = subject.metric(criterion)
                if criterion["metric"] == "share_of_wallet" and metric.value is not None and metric.value > 1:
                    flags.add("capped")
                if criterion["metric"] in ("margin", "product_groups"):
                    lines = [line for d in subject.in_window(metric.first, metric.last) for line in d.lines]
                    if criterion["metric"] == "margin" and len({line[2] is None for line in lines}) == 2:
                        flags.add("cost_missing")
                    if criterion["metric"] == "product_groups" and any(
                            amount and subject.company.group_of(article, subject.cutoff) is None
                            for article, amount, _ in lines):
                        flags.add("no_group")
    return flags


# ---- from criteria to a decision ------------------------------------------------------------------------------------

class Result:
    def __init__(self):
        self.json, self.details, self.grace, self.memberships, self.before = None, {}, {}, {}, {}
        self.cutoff = self.program = None


def classified(subject):
    rule = subject.concept["mechanics"].get("classify_after")
    if not rule or subject.kind != "customer":
        return True
    if "orders" in rule and sum(1 for d in subject.documents if d.total > 0) >= rule["orders"]:
        return True
    return "revenue" in rule and Fraction(sum(d.total for d in subject.documents), 100) >= number(rule["revenue"])


def decide(subject, segments, judged, before, grace, rule, guarded=False):
    """(segment after, decision, at_risk, grace after). grace: None, "next", or the day it ends. guarded: merged in this
    program year."""
    mechanics = subject.concept["mechanics"]
    ids = [segment["id"] for segment in segments]
    rest = next(i for i, segment in enumerate(segments) if segment.get("rest"))
    qualified = min([i for i, j in enumerate(judged) if j["fulfilled"]])
    moves = rule["moves"]
    if before not in ids:
        if classified(subject):
            return ids[qualified], "new", False, None
        return ids[rest], "unclassified", False, None
    current = ids.index(before)
    if qualified < current:
        if "up" not in moves:
            return before, "stay", False, None
        steps = mechanics.get("promotion", {}).get("max_steps", len(ids))
        return ids[max(qualified, current - steps)], "promote", False, None
    if qualified == current:
        return before, "recovered" if grace else "stay", False, None
    if judged[current]["fulfilled_keep"]:
        return before, "kept", False, None

    def demoted():
        if guarded:
            return before, "stay", True, grace
        steps = mechanics.get("demotion", {}).get("max_steps", 1)
        floor = min(i for i, j in enumerate(judged) if i > current and j["fulfilled_keep"])
        return ids[min(current + steps, floor)], "demote", False, None

    kind = mechanics.get("grace", {"ends": "next_evaluation"})
    if not grace:
        if "down" not in moves:
            return before, "stay", True, None
        if kind == "none":
            return demoted()
        if "months" in kind:
            return before, "grace", False, add_months(subject.cutoff, kind["months"])
        return before, "grace", False, "next"
    if ("down" in moves or "grace" in moves) and (grace == "next" or grace <= subject.cutoff):
        return demoted()
    return before, "stay", True, grace


def grace_until(subject, grace):
    """The day shown: of a grace till the next evaluation the scheduled cut-off of the next one that could end it."""
    if grace != "next":
        return grace
    days = [next_month_day(e["cutoff"], subject.cutoff) for e in subject.concept["mechanics"]["evaluations"]
            if "down" in e["moves"] or "grace" in e["moves"]]
    return min(days) if days else None


def next_step(segments, judged, segment_after):
    """The next better segment and, per path, how many criteria it misses and which (None on the top rung)."""
    ids = [segment["id"] for segment in segments]
    place = ids.index(segment_after)
    if place == 0:
        return None
    better = judged[place - 1]
    return {"segment": better["id"],
            "paths": {p["id"]: (p["missing_count"], p["missing"]) for p in better["paths"]}}


def evaluate(company, concept, cutoff, evaluation, history=(), label="", details=True):
    """One run. `company` is a Company; `history` the approved runs in the order of approval."""
    if isinstance(company, dict):
        company = Company(company)
    result = Result()
    result.cutoff, result.program = cutoff, concept["program"]["id"]
    rule = next(e for e in concept["mechanics"]["evaluations"] if e["id"] == evaluation)
    ids = [segment["id"] for segment in concept["segments"]]
    counts, qualified_counts = {i: 0 for i in ids}, {i: 0 for i in ids}
    revenue, decisions, rows = {i: Fraction(0) for i in ids}, {}, []
    import oracle_units  # it extends this module
    units = oracle_units.Units(company, concept, cutoff)
    for number_ in sorted(company.customers, key=str.encode):
        if not units.exists(number_):
            continue
        subject = units.subject(number_)
        segments = [s for s in concept["segments"] if s.get("for", "customers") == subject.kind + "s"]
        judged = [segment_detail(subject, segment) for segment in segments]
        before, grace = units.standing(history, number_)
        override = units.override(number_)
        if override not in [segment["id"] for segment in segments]:
            override = None  # a segment for customers means nothing to a prospect, nor the reverse
        rest = next(segment["id"] for segment in segments if segment.get("rest"))
        if units.suspended(number_):
            member = before in [segment["id"] for segment in segments]
            after, decision, at_risk, grace = before if member else rest, "suspended", False, None
        elif override:
            after, decision, at_risk, grace = override, "override", False, None
        else:
            after, decision, at_risk, grace = decide(subject, segments, judged, before, grace, rule,
                                                     units.guarded(number_))
        qualified = next(j["id"] for j in judged if j["fulfilled"])
        flags = flags_of(subject, segments) | ({"at_risk"} if at_risk else set())
        row = {"number": number_, "before": before, "qualified": qualified, "segment": after, "decision": decision,
               "flags": sorted(flags)}
        rows.append(row)
        counts[after] += 1
        qualified_counts[qualified] += 1
        decisions[decision] = decisions.get(decision, 0) + 1
        revenue[after] += units.own_revenue(number_)
        result.memberships[number_] = (after, decision)
        result.before[number_] = before
        if grace:
            result.grace[number_] = grace
        if details:
            result.details[number_] = dict(
                row, customer={"number": number_, "name": company.customers[number_]["name"]},
                segments=judged, next=next_step(segments, judged, after), grace_until=grace_until(subject, grace),
                effective=next_month_day(rule["effective"], cutoff))
    result.json = {
        "cutoff": cutoff.isoformat(), "evaluation": evaluation, "program": result.program, "concept": label,
        "generation": None, "customers_evaluated": len(rows), "qualified": qualified_counts, "counts": counts,
        "decisions": decisions, "revenue": {i: money_text(value) for i, value in revenue.items()}, "customers": rows}
    return result


# ---- comparison with what the program prints ------------------------------------------------------------------------

def differences(expected, printed):
    """Clear lines about the first few differences between two `evaluate` documents, generation aside."""
    lines = []
    if list(expected) != list(printed):
        lines.append(f"keys: expected {list(expected)}, printed {list(printed)}")
    for key in expected:
        if key in ("customers", "generation") or key not in printed:
            continue
        if expected[key] != printed[key]:
            lines.append(f"{key}: expected {expected[key]}, printed {printed[key]}")
    wanted = {c["number"]: c for c in expected["customers"]}
    got = {c["number"]: c for c in printed.get("customers", [])}
    if [c["number"] for c in printed.get("customers", [])] != list(wanted):
        lines.append(f"customers: missing {sorted(set(wanted) - set(got))[:5]}, too many "
                     f"{sorted(set(got) - set(wanted))[:5]}, or not ordered by number")
    for number_ in wanted:
        if number_ in got and wanted[number_] != got[number_]:
            lines.append(f"customer {number_}: expected {wanted[number_]}, printed {got[number_]}")
    return lines


def rational(text):
    if not isinstance(text, str):
        return None
    if re.fullmatch(r"-?[0-9]+/[0-9]+", text):
        return Fraction(text)
    return plain_decimal(text)


def same(expected, printed):
    """An expected Python value against printed text: numbers by value, all else as written."""
    if isinstance(expected, (list, tuple)):
        return isinstance(printed, list) and len(printed) == len(expected) and all(map(same, expected, printed))
    if expected is None:
        return printed is None
    if isinstance(expected, bool):
        return printed == ("true" if expected else "false")
    if isinstance(expected, (int, Fraction, decimal.Decimal)):
        return rational(printed) == Fraction(expected)
    if isinstance(expected, datetime.date):
        return printed == expected.isoformat()
    return printed == expected


def criterion_differences(where, expected, printed):
    lines = []
    for key in ("group", "metric", "of", "window", "from", "to", "numerator", "denominator", "comparator",
                "threshold", "keep", "effective_threshold", "effective_keep", "state", "keep_state", "missing"):
        if key == "missing" and expected["metric"] == "value":
            continue  # it depends on the decimals with which the company's figures came
        if key not in printed or not same(expected[key], printed[key]):
            lines.append(f"{where}.{key}: expected {expected[key]}, printed {printed.get(key, 'nothing')}")
    value = expected["value"]
    if value is not None and expected["metric"] in RATIOS:
        value = min(value, 1) if expected["metric"] == "share_of_wallet" else value
        value = money_text(Fraction(round_half_away(value * 10 ** 6), 10 ** 6), 6)
    elif value is not None and expected["metric"] in MONEY:
        value = money_text(value)
    if not (same(value, printed.get("value"))):
        lines.append(f"{where}.value: expected {value}, printed {printed.get('value')}")
    factors = printed.get("factors", [])
    if [f["kind"] for f in factors] != [kind for kind, _ in expected["factors"]]:
        lines.append(f"{where}.factors: expected {expected['factors']}, printed {factors}")
    else:
        for (kind, factor), one in zip(expected["factors"], factors):
            good = one["value"] == "%d/%d" % factor if kind == "pro_rata" else same(factor, one["value"])
            if not good:
                lines.append(f"{where}.factors.{kind}: expected {factor}, printed {one['value']}")
    return lines


def explain_differences(result, number_, printed, state="approved", approval_day=None):
    """Clear lines about the differences between a customer's details and the printed explanation."""
    expected = result.details[number_]
    lines = []
    head = dict({key: result.json[key] for key in ("cutoff", "evaluation", "program", "concept")}, state=state)
    for key in ("before", "qualified", "segment", "decision", "flags", "customer"):
        head[key] = expected[key]
    for key, value in head.items():
        if printed.get(key) != value:
            lines.append(f"{key}: expected {value}, printed {printed.get(key)}")
    effective = max(expected["effective"], approval_day) if approval_day else expected["effective"]
    if printed.get("effective") != effective.isoformat():
        lines.append(f"effective: expected {effective}, printed {printed.get('effective')}")
    until = expected["grace_until"]
    if printed.get("grace_until", 0) != (until.isoformat() if until else None):
        lines.append(f"grace_until: expected {until}, printed {printed.get('grace_until')}")
    if [s["id"] for s in printed.get("segments", [])] != [s["id"] for s in expected["segments"]]:
        return lines + [f"segments: expected {[s['id'] for s in expected['segments']]}"]
    for wanted, got in zip(expected["segments"], printed["segments"]):
        where = wanted["id"]
        for key in ("fulfilled", "fulfilled_keep"):
            if got.get(key) is not wanted[key]:
                lines.append(f"{where}.{key}: expected {wanted[key]}, printed {got.get(key)}")
        if [p["id"] for p in got.get("paths", [])] != [p["id"] for p in wanted["paths"]]:
            lines.append(f"{where}.paths: expected {[p['id'] for p in wanted['paths']]}")
            continue
        for path, printed_path in zip(wanted["paths"], got["paths"]):
            where = f"{wanted['id']}.{path['id']}"
            for key in ("fulfilled", "fulfilled_keep"):
                if printed_path.get(key) is not path[key]:
                    lines.append(f"{where}.{key}: expected {path[key]}, printed {printed_path.get(key)}")
            if len(printed_path["criteria"]) != len(path["criteria"]):
                lines.append(f"{where}.criteria: expected {len(path['criteria'])}")
                continue
            for i, (one, other) in enumerate(zip(path["criteria"], printed_path["criteria"])):
                lines += criterion_differences(f"{where}[{i}]", one, other)
    step, printed_step = expected["next"], printed.get("next")
    if (step is None) != (printed_step is None):
        lines.append(f"next: expected {step}, printed {printed_step}")
    elif step is not None:
        fewest = min(count for count, _ in step["paths"].values())
        count, missing = step["paths"].get(printed_step["path"], (None, None))
        if (printed_step["segment"] != step["segment"] or count != fewest
                or printed_step["missing_count"] != fewest or printed_step["missing"] != missing):
            lines.append(f"next: expected {step}, printed {printed_step}")
    return lines
