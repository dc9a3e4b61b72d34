# SPDX-License-Identifier: AGPL-3.0-or-later
"""The second evaluator's rules for what stands beside one customer's own figures: customers evaluated as one, merges,
suspension, overrides, and where customers stand before an evaluation. From the text, like oracle.py.

Input beside oracle.py's: facts suspended_from, suspended_to, account_group, site_of; company["merges"]: {"customer",
"into", "from": date}; company["overrides"]: {"customer", "segment", "valid_from", "valid_to"} in the order of request,
all of them approved.

Where the text leaves a question open, this is how it is read here:
  - suspended_to is the last day; without it, or with one before suspended_from, the suspension is open
  - a suspended customer without membership is shown in the rest segment and is without membership next time
  - `evaluates: site`: sites that name the same customer (`site_of`), together with that customer. A merged customer
    goes where the one goes that he was merged into, whatever his own facts say
  - members are united when they exist at the cut-off; certified people count for all members. Nobody is a contact in
    these companies: then a name belongs to its customer, and the same name at another is somebody else
  - a unit is a customer when one member is; an attribute is known when the members who have it have the same
  - the size class: the head's (the one others were merged into or are sites of), else that of the largest member
  - an override of one member is the unit's; of several the latest requested. It rests while its segment is not for
    customers of their kind
  - a unit stands in the best segment of its members, with the longest grace; what a merged customer stood at counts
    until one he was merged into got a decision that knew of it
  - not lowered before the end of the program year: while the cut-off lies before the year's last day
  - after an override: the segment of the latest decision before it that was none, without grace; a suspension in between
    changes nothing
"""
import datetime
from fractions import Fraction

import oracle


def suspended(subject):
    first, last = oracle.parse_day(subject.fact("suspended_from")), oracle.parse_day(subject.fact("suspended_to"))
    if not first or first > subject.cutoff:
        return False
    return last is None or last < first or subject.cutoff <= last


class Unit(oracle.Subject):
    """Several customers as one: `members` are the subjects of those who exist, `everybody` the numbers of all."""

    def __init__(self, members, everybody, head):
        one = members[0]
        self.company, self.concept, self.cutoff, self.number = one.company, one.concept, one.cutoff, one.number
        self.members, self.everybody = members, everybody
        self.all_documents = sorted((d for m in members for d in self.company.documents[m.number]),
                                    key=lambda d: (d.day, d.number.encode()))
        self.days = [d.day for d in self.all_documents]
        self.documents = [d for d in self.all_documents if d.day <= self.cutoff]
        positive = [d.day for d in self.documents if d.total > 0]
        self.first_positive, self.last_positive = (positive[0], positive[-1]) if positive else (None, None)
        self.kind = "customer" if any(m.kind == "customer" for m in members) else "prospect"
        recorded = [m.since or m.recorded if (m.fact("kind") or "customer") == "prospect" and m.kind == "prospect"
                    else m.recorded for m in members]
        self.recorded = min(recorded)
        since = [m.since for m in members if m.since and m.kind == self.kind]
        self.since = min(since, default=None) if self.kind == "customer" else self.recorded
        joined = [m.joined for m in members if m.joined]
        self.joined = min(joined, default=None)
        factors = self.concept["mechanics"].get("size_factors", {})
        # Ids of customers of one file rise with their numbers.
        largest = min(members, key=lambda m: (-m.revenue_12m(), m.number.encode()))
        own = head and oracle.Subject(self.company, self.concept, self.cutoff, head).fact("size_class")
        self.size = own if own in factors else largest.fact("size_class")
        self.exists, self.cache = True, {}

    def fact(self, name):
        if name == "size_class":
            return self.size
        values = {m.fact(name) for m in self.members} - {None}
        return values.pop() if len(values) == 1 else None

    def in_window(self, first, last):
        return [d for d in self.all_documents
                if (first is None or first <= d.day) and d.day <= min(last, self.cutoff)]

    def potential(self):
        known = [p for p in (m.potential() for m in self.members) if p[0] is not None]
        return (sum(p[0] for p in known), any(p[1] for p in known)) if known else (None, False)

    def metric_value(self, c):
        values = {m.metric_value(c).value for m in self.members} - {None}
        return oracle.Value(values.pop() if len(values) == 1 else None)

    def metric_certified_people(self, c):
        found = sum(len(oracle.certified(self.company.certificates[n], c, self.cutoff)) for n in self.everybody)
        return oracle.Value(Fraction(found))

    def rows_of(self, store):
        return [one for m in self.members for one in store[m.number]]


class Units:
    """Who is evaluated with whom at a cut-off."""

    def __init__(self, company, concept, cutoff):
        self.company, self.concept, self.cutoff = company, concept, cutoff
        self.into = {m["customer"]: m for m in company.merges if m["from"] <= cutoff}
        self.subjects = {n: oracle.Subject(company, concept, cutoff, n) for n in company.customers}
        self.parent = {}
        self.sets = {n: n for n in company.customers}
        for merge in self.into.values():
            self._join(merge["customer"], merge["into"])
        evaluates = concept["program"].get("evaluates", "customer")
        if evaluates != "customer":
            self._join_codes("site_of" if evaluates == "site" else "account_group")
        self.members = {}
        for n in company.customers:
            self.members.setdefault(self._set(n), []).append(n)
        self.made = {}

    def _set(self, n):
        while self.sets[n] != n:
            n = self.sets[n]
        return n

    def _join(self, one, other):
        self.sets[self._set(one)] = self._set(other)

    def _join_codes(self, name):
        seen = {}
        for n, subject in self.subjects.items():
            code = subject.fact(name)
            if not code or n in self.into:
                continue
            if name == "site_of" and code in self.company.customers:
                if code != n:
                    self.parent[n] = code
                    self._join(n, code)
                continue
            self._join(n, seen.setdefault(code, n))

    def root(self, n):
        while n in self.into:
            n = self.into[n]["into"]
        return n

    def everybody(self, n):
        return self.members[self._set(n)]

    def existing(self, n):
        return [m for m in self.everybody(n) if self.subjects[m].exists]

    def exists(self, n):
        return n not in self.into and any(self.root(m) == n for m in self.existing(n))

    def subject(self, n):
        everybody = self.everybody(n)
        if len(everybody) == 1:
            return self.subjects[n]
        key = self._set(n)
        if key not in self.made:
            heads = {self.root(m) for m in everybody} - set(self.parent)
            self.made[key] = Unit([self.subjects[m] for m in self.existing(n)], everybody,
                                  heads.pop() if len(heads) == 1 else None)
        return self.made[key]

    def own_revenue(self, n):
        """Of a customer and those merged into him."""
        return sum(self.subjects[m].revenue_12m() for m in self.existing(n) if self.root(m) == n)

    def suspended(self, n):
        return all(suspended(self.subjects[m]) for m in self.existing(n))

    def guarded(self, n):
        for merge in self.into.values():
            if merge["customer"] in self.everybody(n):
                start = oracle.year_start(self.concept, merge["from"])
                end = oracle.next_month_day(self.concept["program"].get("year_starts", "01-01"), start) - oracle.DAY
                if self.cutoff < end:
                    return True
        return False

    def override(self, n):
        valid = [o["segment"] for o in self.company.overrides if o["customer"] in self.everybody(n)
                 and o["valid_from"] <= self.cutoff <= o["valid_to"]]
        return self._now(valid[-1]) if valid else None

    def _now(self, segment):
        return self.concept.get("replaces", {}).get(segment, segment)

    # -- where they stand

    def _earlier(self, history, n):
        """Approved decisions of earlier cut-offs, the latest first; of one cut-off the last approved."""
        found = {}
        for place, run in enumerate(history):
            if run.program == self.concept["program"]["id"] and run.cutoff < self.cutoff and n in run.memberships:
                found[run.cutoff] = (place, run)
        return [found[cutoff] for cutoff in sorted(found, reverse=True)]

    def _stands(self, history, n, granted):
        """(segment or None, grace, place of the run it comes from or None)"""
        lapsed, kept = False, None
        for place, run in self._earlier(history, n):
            segment, decision = run.memberships[n]
            without = decision == "unclassified" or (decision == "suspended" and run.before[n] != segment)
            found = (None if without else self._now(segment), None, place)
            if granted:
                grace = run.grace.get(n) if decision not in ("override", "suspended") else None
                return found[0], grace, place
            if decision == "override":
                lapsed, kept = True, None
            elif decision == "suspended":
                kept = kept or found
            elif kept:
                return kept
            else:
                return found[0], None if lapsed else run.grace.get(n), place
        return kept or (None, None, None)

    def _absorbed(self, history, n):
        own = self._stands(history, n, False)[2]
        at, since = n, datetime.date.min
        while at in self.into and own is not None:
            since, at = max(since, self.into[at]["from"]), self.into[at]["into"]
            into = self._stands(history, at, False)[2]
            if into is not None and into != own and history[into].cutoff >= since and (
                    (history[into].cutoff, into) > (history[own].cutoff, own)):
                return True
        return False

    def standing(self, history, n):
        """(segment or None, grace)"""
        granted = self.override(n) is not None
        order = [s["id"] for s in sorted(self.concept["segments"], key=lambda s: s.get("for") == "prospects")]
        segments, graces = [], []
        for m in self.everybody(n):
            if len(self.everybody(n)) > 1 and self._absorbed(history, m):
                continue
            segment, grace, _ = self._stands(history, m, granted)
            segments += [segment] if segment else []
            graces += [grace] if grace else []
        longest = max(graces, key=lambda grace: self.cutoff if grace == "next" else grace, default=None)
        return min(segments, key=order.index, default=None), longest
