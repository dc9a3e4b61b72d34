# SPDX-License-Identifier: AGPL-3.0-or-later
"""The concept "wholesale" as the dict the oracle reads; wholesale.yaml is the same document, test_small.py compares."""


def criterion(metric, at_least, keep=None, window="12m"):
    result = {"metric": metric, "window": window, "at_least": at_least}
    if keep is not None:
        result["keep"] = keep
    return result


def wholesale(currency="GBP", unit=1):
    """`unit` divides the thresholds of the small company."""
    return {
        "format": 1,
        "program": {"id": "wholesale", "name": {"de": "Großhandel", "en": "Wholesale"}, "currency": currency},
        "segments": [
            {"id": "A", "name": {"de": "A-Kunden", "en": "A customers"}, "for": "customers", "paths": [
                {"id": "volume",
                 "all": [criterion("revenue", 10000 // unit, 9000 // unit),
                         criterion("product_groups", 15 if unit == 1 else 5)],
                 "some": {"at_least": 1, "of": [criterion("revenue_growth", 0),
                                                criterion("orders", 10 if unit == 1 else 5)]}}]},
            {"id": "B", "name": {"de": "B-Kunden", "en": "B customers"}, "for": "customers", "paths": [
                {"id": "volume",
                 "all": [criterion("revenue", 2500 // unit, 2250 // unit),
                         criterion("product_groups", 8 if unit == 1 else 3)]}]},
            {"id": "C", "name": {"de": "C-Kunden", "en": "C customers"}, "for": "customers", "rest": True},
            {"id": "P", "name": {"de": "Interessenten", "en": "Prospects"}, "for": "prospects", "rest": True},
        ],
        "mechanics": {
            "evaluations": [
                {"id": "year", "cutoff": "11-30", "effective": "02-01", "moves": ["up", "down"]},
                {"id": "half_year", "cutoff": "05-31", "effective": "08-01", "moves": ["up", "grace"]}],
            "grace": {"ends": "next_evaluation"},
            "demotion": {"max_steps": 1},
        },
    }


RUNS = (("2010-11-30", "year"), ("2011-05-31", "half_year"), ("2011-11-30", "year"), ("2011-12-09", "half_year"))
