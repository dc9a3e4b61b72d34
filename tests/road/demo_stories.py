# SPDX-License-Identifier: AGPL-3.0-or-later
"""The twelve customers of the demo company who show one rule each: number, cut-off date, what must be true of
`explain --format json`, and words of the explanation in both languages."""


def criterion(why, segment, path, metric, of=None):
    """One criterion; `path` None: of the segment's attention notes."""
    found = next(s for s in why["segments"] if s["id"] == segment)
    criteria = found["expects"] if path is None else next(p for p in found["paths"] if p["id"] == path)["criteria"]
    return next(c for c in criteria if c["metric"] == metric and c["of"] == of)


def wrong(*pairs):
    """The pairs that are not equal; amounts by value."""
    def plain(value):
        return value.rstrip("0").rstrip(".") if isinstance(value, str) and "." in value else value
    return [(got, wanted) for got, wanted in pairs if plain(got) != plain(wanted)]


def fulfilled(why, segment, path):
    return next(p for s in why["segments"] if s["id"] == segment for p in s["paths"] if p["id"] == path)["fulfilled"]


def stable(why):
    """A, stable: all criteria of the volume path are met."""
    volume = next(p for p in why["segments"][0]["paths"] if p["id"] == "volume")
    return wrong((why["decision"], "stay"), (why["segment"], "A"), (why["qualified"], "A"), (why["next"], None),
                 ({c["state"] for c in volume["criteria"]}, {"met"}), (len(volume["criteria"]), 7))


def kept(why):
    """A, revenue 110,000: below 120,000, but the keep threshold of 108,000 is met."""
    revenue = criterion(why, "A", "volume", "revenue")
    return wrong((why["decision"], "kept"), (why["segment"], "A"), (why["qualified"], "B"), (revenue["value"], "110000"),
                 (revenue["effective_threshold"], "120000"), (revenue["effective_keep"], "108000"),
                 (revenue["state"], "not_met"), (revenue["keep_state"], "met"))


def grace(why):
    """A, revenue 96,000: first miss, grace until the half-year evaluation."""
    revenue = criterion(why, "A", "volume", "revenue")
    return wrong((why["decision"], "grace"), (why["segment"], "A"), (why["qualified"], "B"), (revenue["value"], "96000"),
                 (revenue["keep_state"], "not_met"), (why["grace_until"], "2026-06-30"))


def specialist(why):
    """A by the specialist path: 84,000, share of wallet 82 percent, five certified people."""
    share = criterion(why, "A", "specialist", "share_of_wallet")
    return wrong((why["decision"], "stay"), (why["segment"], "A"), (why["qualified"], "A"),
                 (fulfilled(why, "A", "volume"), False), (fulfilled(why, "A", "specialist"), True),
                 (criterion(why, "A", "specialist", "revenue")["value"], "84000"), (share["numerator"], "84000"),
                 (share["denominator"], "102400"), (criterion(why, "A", "specialist", "certified_people")["value"], "5"))


def promoted(why):
    """B who meets all of A since June: promoted by the half-year evaluation, effective on 1 August."""
    return wrong((why["decision"], "promote"), (why["before"], "B"), (why["segment"], "A"), (why["evaluation"], "half_year"),
                 (why["effective"], "2025-08-01"))


def one_step(why):
    """B who misses one certified employee for A; 84,000 / 140,000 is exactly the 60 percent asked for."""
    share, people = (criterion(why, "A", "volume", metric) for metric in ("share_of_wallet", "certified_people"))
    return wrong((why["segment"], "B"), (why["next"]["segment"], "A"), (why["next"]["missing_count"], 1),
                 (why["next"]["path"], "volume"), (why["next"]["missing"], [2]), (people["value"], "2"),
                 (people["missing"], "1"), (share["numerator"], "84000"), (share["denominator"], "140000"),
                 (share["value"], "0.6"), (share["state"], "met"),
                 (criterion(why, "A", "volume", "revenue")["effective_threshold"], "72000"))


def wide(why):
    """B with a share of wallet of 18 percent of a large potential: the rest goes to competitors."""
    share = criterion(why, "B", "volume", "share_of_wallet")
    return wrong((why["segment"], "B"), (share["numerator"], "63000"), (share["denominator"], "350000"),
                 (share["value"], "0.18"), (share["state"], "not_met"))


def small(why):
    """C of size S: 25,000 is enough for B, since 0.6 of 40,000 is 24,000."""
    revenue = criterion(why, "B", "volume", "revenue")
    return wrong((why["decision"], "promote"), (why["before"], "C"), (why["segment"], "B"), (revenue["value"], "25000"),
                 (revenue["threshold"], "40000"), (revenue["factors"], [{"kind": "size", "value": "0.6"}]),
                 (revenue["effective_threshold"], "24000"), (revenue["state"], "met"))


def offline(why):
    """C who cannot be reached digitally: an attention note for the representative."""
    valid = criterion(why, "C", None, "attribute", "contact_data_valid")
    return wrong((why["segment"], "C"), (valid["group"], "expects"), (valid["value"], "nein"), (valid["state"], "not_met"))


def declining(why):
    """C in decline: an early warning."""
    growth = criterion(why, "C", None, "revenue_growth")
    return wrong((why["segment"], "C"), (growth["state"], "not_met"), (growth["threshold"], "-0.25"),
                 (growth["value"] is not None and growth["value"].startswith("-0.4"), True))


def converted(why):
    """A prospect who became a customer with the first order and keeps number and history."""
    return wrong((why["decision"], "new"), (why["before"], "P"), (why["segment"], "C"), (why["customer"]["number"], "10011"),
                 ([past["segment"] for past in why["history"]], ["C", "P", "P"]))


def override(why):
    """A reference customer, in A by an approved override for a year; earned would be B."""
    granted = why["override"] or {}
    return wrong((why["decision"], "override"), (why["segment"], "A"), (why["qualified"], "B"), (why["before"], "B"),
                 (granted.get("until"), "2026-11-30"), (granted.get("reason"), "Referenzkunde: Sporthalle, Fachpresse berichtet"),
                 (granted.get("requested_by"), "vl-bauer"), (granted.get("approved_by"), "geschaeftsfuehrung"))


YEAR = "2025-12-31"
STORIES = [
    (10001, YEAR, stable, {"de": ["Bleibt in A; erfüllt A.", "✓ qualifizierte Personen: 4"], "en": ["Stays in A; qualifies for A."]}),
    (10002, YEAR, kept, {"de": ["die Halteschwellen von A: bleibt", "110.000,00 EUR", "108.000,00 EUR"],
                         "en": ["meets the keep thresholds of A: stays", "EUR 110,000.00", "EUR 108,000.00"]}),
    (10003, YEAR, grace, {"de": ["Verfehlt A", "Bewährung bis 30.06.2026", "96.000,00 EUR"],
                          "en": ["Misses A", "grace until 30 Jun 2026", "EUR 96,000.00"]}),
    (10004, YEAR, specialist, {"de": ["✗ Weg volume", "✓ Weg specialist", "84.000,00 EUR", "82,0 %"],
                               "en": ["✗ path volume", "✓ path specialist", "EUR 84,000.00", "82.0%"]}),
    (10005, "2025-06-30", promoted, {"de": ["Von B aufgestiegen: erfüllt A.", "wirksam ab 01.08.2025"],
                                     "en": ["Promoted from B: qualifies for A.", "effective from 1 Aug 2025"]}),
    (10006, YEAR, one_step, {"de": ["Bis A fehlt ein Kriterium", "× 0,6 (Größenklasse) = 72.000,00 EUR", "60,0 %"],
                             "en": ["One criterion is missing for A", "× 0.6 (size class) = EUR 72,000.00", "60.0%"]}),
    (10007, YEAR, wide, {"de": ["Lieferanteil: 18,0 %"], "en": ["share of wallet: 18.0%"]}),
    (10008, YEAR, small, {"de": ["Von C aufgestiegen", "40.000,00 EUR × 0,6 (Größenklasse) = 24.000,00 EUR", "25.000,00 EUR"],
                          "en": ["Promoted from C", "EUR 40,000.00 × 0.6 (size class) = EUR 24,000.00"]}),
    (10009, YEAR, offline, {"de": ["! Bitte ansehen: contact_data_valid: nein (erwartet: gleich ja)"],
                            "en": ["! Needs attention: contact_data_valid: no (expected: equal to yes)"]}),
    (10010, YEAR, declining, {"de": ["! Bitte ansehen: Umsatzwachstum"], "en": ["! Needs attention: revenue growth"]}),
    (10011, YEAR, converted, {"de": ["Zum ersten Mal eingestuft", "31.12.2024  P"],
                              "en": ["Evaluated for the first time", "31 Dec 2024  P"]}),
    (10012, YEAR, override, {"de": ["durch eine Ausnahme festgelegt", "Bis 30.11.2026: Referenzkunde",
                                    "genehmigt von geschaeftsfuehrung"],
                             "en": ["fixed by an override", "Until 30 Nov 2026: Referenzkunde",
                                    "approved by geschaeftsfuehrung"]}),
]
