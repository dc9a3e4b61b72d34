#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""People read words, not codes: every page each role can reach by its links, in German and English, on the demo company
with an account of each role. What stands there as text is searched for codes: words joined by '_', amounts
with the letters of their currency, names the company's files use for sources, paths and evaluations.

  test_words.py TREUE_BINARY

Verifies X-05 in part (German and English are complete: no page falls back to what programs call things). Lists as CSV,
workbook and JSON keep codes, as programs read them.
"""
import collections
import html.parser
import json
import pathlib
import re
import shutil
import sys
import tempfile
import urllib.parse

import everybody
import harness

TODAY = "2026-02-10T09:00:00Z"  # the latest evaluation is in effect
ALIKE = 2          # so many links of one kind (that differ in numbers and values only) are followed
PAGES_MIN = 250    # pages looked at, over all roles and languages

UNDERSCORE = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")
CATALOGUE = json.loads((pathlib.Path(__file__).resolve().parents[2] / "ui" / "i18n" / "en.json").read_text("utf-8"))
AUDITED = {key.split(".")[1] for key in CATALOGUE if key.startswith("audit_kind.")}
DOTTED = re.compile(rf"\b(?:{'|'.join(sorted(AUDITED))})\.[a-z_]+\b")  # kinds of the audit log
AMOUNT = re.compile(r"\d EUR\b|\bEUR \d")
ALONE = {"sales", "erp", "year", "volume", "specialist", "planned", "confirmed", "cancelled", "jobs", "cli"}  # as a whole text
ALLOWED = {"main_contact": "a login and a name of this test", "sales_head": "a login of this test"}


class Page(html.parser.HTMLParser):
    """What of a page people read: texts, and attributes that are shown or read out. Not what stands in <code> and <pre>."""

    QUIET = {"script", "style", "code", "pre", "template"}
    SHOWN = {"title", "aria-label", "placeholder", "alt"}
    EMPTY = {"meta", "link", "input", "br", "hr", "img", "rect", "path", "circle", "line", "use"}

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.texts, self.links, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.texts += [attributes[name] for name in self.SHOWN if attributes.get(name)]
        if tag == "input" and attributes.get("type", "text") == "text" and attributes.get("value"):
            self.texts.append(attributes["value"])
        if tag == "a" and attributes.get("href", "").startswith("/") and "download" not in attributes:
            self.links.append(attributes["href"])
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if not self.QUIET & set(self.open) and data.strip():
            self.texts.append(" ".join(data.split()))


def codes_in(text):
    found = [match.group(0) for pattern in (UNDERSCORE, DOTTED, AMOUNT) for match in pattern.finditer(text)]
    return [code for code in found + [text] * (text in ALONE) if code not in ALLOWED]


def kind_of(path):
    """Links of one kind: numbers do not count, nor what a query asks for."""
    address = urllib.parse.urlsplit(path)
    names = sorted({name for name, _ in urllib.parse.parse_qsl(address.query)})
    return re.sub(r"\d+", "N", address.path) + "?" + "&".join(names)


def walk(browser):
    """(path, page) of all pages that links lead to."""
    waiting, seen, alike = collections.deque(["/", "/account"]), set(), collections.Counter()
    while waiting:
        path = waiting.popleft().split("#")[0]
        if path in seen or alike[kind_of(path)] >= ALIKE or path.startswith("/assets/"):
            continue
        seen.add(path)
        alike[kind_of(path)] += 1
        answer = browser.ask(path)
        if answer.status == 303:
            waiting.append(answer.header("Location"))
        if answer.status != 200 or not (answer.header("Content-Type") or "").startswith("text/html"):
            continue
        page = Page(answer.body.decode("utf-8"))
        waiting.extend(page.links)
        yield path, page


def pages_say_words(problems, demo):
    count = 0
    for role in everybody.ROLES:
        for language in ("de", "en"):
            browser = demo.browser(role)
            browser.ask("/account")
            browser.post("/account/language", {"language": language})
            for path, page in walk(browser):
                count += 1
                for text in page.texts:
                    problems.expect(not codes_in(text), f"{role}, {language}: {path}: {text!r}: {codes_in(text)}")
    problems.expect(count >= PAGES_MIN, f"only {count} pages")


def planted_codes_are_found(problems, _):
    page = Page("<p>noch 1 (joint_marketing)</p><td>erp</td><b title='5,00 EUR'>x</b><code>half_year</code><td>run.approved</td>")
    problems.same([code for text in page.texts for code in codes_in(text)], ["joint_marketing", "erp", "0 EUR", "run.approved"],
                  "planted")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    work = pathlib.Path(tempfile.mkdtemp(prefix="treue-words-"))
    try:
        company = everybody.Demo(sys.argv[1], work)
        company.house.clock = company.house.treue.clock = TODAY
        company.find_customers()
        company.sign_in_all()
        with company.house.serving():
            company.complete_all()
            status = harness.run([planted_codes_are_found, pages_say_words], company)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    sys.exit(status)
