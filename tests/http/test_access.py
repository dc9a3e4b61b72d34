#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signing in, sessions, accounts and invitations over HTTP, on a running server.

  test_access.py TREUE_BINARY

Verifies X-01 in part (roles, the accounts behind them, contacts of the own company only) and X-04 in part (changes of
rights stand in the audit chain), X-02 in part (the language of the reader). Of the list of security checks in docs/internals/security.md: 14, 31 to 36, 38 to 42,
47 and 61, as far as they concern accounts.
"""
import datetime
import email
import email.policy
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import sys
import threading
import time

import harness
from house import OTHER, PASSWORD, Browser, run
from totp import code_of

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HOUR = 3600


# ---- the first account ----------------------------------------------------------------------------------------------

def first_account(problems, house):
    """There is no default account; the first one chooses its password by a link that is good once (checks 33, 35)."""
    problems.same(house.treue.json("user", "list"), [], "accounts of a new database")
    link = house.add("anna", "administrator", "Anna Berger")
    with house.serving():
        browser = Browser(house)
        page = browser.ask(f"/link/{link}")
        problems.same(page.status, 200, "the link's page")
        problems.expect(b"Anna Berger" in page.body, "the page says whose password it is")
        problems.same(Browser(house).ask(f"/link/{link}").status, 200, "showing the link does not use it up")
        for password, said in [("kurz", "mindestens 12"), ("passwort2026!", "geraten"), ("x" * 129, "höchstens 128"),
                               ("anna berger 1x", "Anna"), ("treue-treue-mit-mir", "treue")]:
            answer = browser.post(f"/link/{link}", {"password": password}, headers=[("Accept-Language", "de")])
            problems.same(answer.status, 422, password)
            problems.expect(said.lower() in answer.body.decode().lower(), password, "must say", said)
        answer = browser.post(f"/link/{link}", {"password": PASSWORD})
        problems.same(answer.status, 303, "choosing the password")
        problems.expect(browser.is_signed_in(), "who chose the password is signed in")
        again = Browser(house).post(f"/link/{link}", {"password": OTHER})
        problems.same(again.status, 404, "the link once more")
        problems.same(Browser(house).ask("/link/AAAAAAAAAAAAAAAAAAAAAAAAAAA").status, 404, "a made-up link")
        log = house.log.read_text(encoding="utf-8")
        problems.expect(link not in log and PASSWORD not in log, "neither link nor password stand in the log")
    problems.expect(link not in (house.treue.data / "treue.db").read_bytes().decode("latin-1")
                    if not house.treue.on_server() else True, "the link does not stand in the database")


def cookies(problems, house):
    """The session's cookie: HttpOnly, Lax, for the host alone; over TLS Secure and __Host- (check 42). A token the
    browser brought along is not taken over (check 38)."""
    house.add("anna", "owner")
    with house.serving():
        browser = Browser(house)
        browser.cookies["treue_session"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAA"
        answer = browser.post(f"/link/{house.links['anna']}", {"password": PASSWORD})
        line = [line for line in answer.all("Set-Cookie") if line.startswith("treue_session=")][0]
        problems.expect(re.fullmatch(r"treue_session=[A-Za-z0-9_-]{27}; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax",
                                     line), line)
        problems.expect(browser.session() != "AAAAAAAAAAAAAAAAAAAAAAAAAAA", "another token than the one brought along")
        first = browser.session()
        second = Browser(house)
        second.cookies["treue_session"] = first
        second.sign_in("anna")
        problems.expect(second.session() != first, "signing in gives a new token")
        problems.expect(not browser.is_signed_in(), "the session the browser had before has ended")
    certificate, key = make_certificate(house.folder)
    tls = ssl.create_default_context(cafile=str(certificate))
    with house.serving("--tls-cert", str(certificate), "--tls-key", str(key)) as server:
        answer = server.ask("/sign-in", method="POST", headers=[("Accept", "text/html"),
                                                                ("Origin", "https://localhost")],
                            form="login=anna&password=" + PASSWORD.replace(" ", "+").replace("ü", "%C3%BC"), tls=tls)
        line = ([line for line in answer.all("Set-Cookie") if "treue_session=" in line] or [f"{answer.line} {answer.body[-700:]}"])[0]
        problems.expect(line.startswith("__Host-treue_session=") and "; Secure" in line and "Domain" not in line, line)


def make_certificate(folder):
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    return certificate, key


# ---- guessing ----------------------------------------------------------------------------------------------------------

def same_answer(problems, house):
    """A name somebody has and one nobody has: the same bytes, about the same time (checks 35, 36)."""
    house.add("anna", "owner")
    with house.serving():
        house.complete("anna")
        answers, times = {}, {"anna": [], "nobody": []}
        for i in range(4):
            for login in ("anna", "nobody"):
                browser = Browser(house)
                begun = time.monotonic()
                answer = browser.post("/sign-in", {"login": login, "password": "wrong guess"},
                                      accept="application/json")
                times[login].append(time.monotonic() - begun)
                answers.setdefault(login, set()).add((answer.status, answer.body))
        problems.same(answers["anna"], answers["nobody"], "answers")
        # The fastest of each: hashing takes tens of milliseconds, not hashing takes none.
        problems.expect(min(times["nobody"]) > min(times["anna"]) / 3, "times", times)
        for login in ("anna", "nobody"):
            for i in range(3):
                answer = Browser(house).post("/sign-in", {"login": login, "password": "wrong guess"},
                                             accept="application/json")
            answers[login] = (answer.status, answer.json()["error"]["key"], answer.header("Retry-After") is not None)
        problems.same(answers["anna"], answers["nobody"], "answers when there were too many")
        problems.same(answers["anna"][0], 429, "too many")


def credential_stuffing(problems, house):
    """Thousands of wrong guesses from a thousand addresses are held back, and who is known comes in (check 36). Two
    thousand instead of ten thousand, to be done in time."""
    house.add("anna", "owner")
    house.add("bert", "rep")
    with house.serving("--trusted-proxy", "127.0.0.1/32", "--connections-per-address", "1000"):
        known = house.complete("anna")
        known.post("/sign-out")
        house.complete("bert")
        seen = {}

        def guess(part):
            for i in range(part, 2000, 4):
                login = "anna" if i % 2 else f"name{i % 50}"
                answer = Browser(house, address=f"10.0.{i % 1000 // 250}.{i % 250}").post(
                    "/sign-in", {"login": login, "password": f"guess number {i}"}, accept="application/json")
                seen[answer.status] = seen.get(answer.status, 0) + 1
        threads = [threading.Thread(target=guess, args=(part,)) for part in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        problems.same(set(seen), {422, 429}, "answers")
        # Five for each of 26 names, and the few that come when a wait is over.
        problems.expect(seen.get(422, 0) <= 26 * 7, "guesses that were looked at:", seen)
        stranger = Browser(house, address="198.51.100.1")
        problems.same(stranger.sign_in("anna").status, 429, "the right password from elsewhere has to wait")
        known.address = "198.51.100.2"
        problems.same(known.sign_in("anna").status, 303, "the browser that is known comes in")
        problems.same(Browser(house, address="198.51.100.3").sign_in("bert").status, 303, "others are not held back")


def second_factor(problems, house):
    """A secret for an app, codes good once, recovery codes; wrong codes are held back (checks 34, 41)."""
    house.add("anna", "owner")
    house.clock = "2026-03-02T09:00:00Z"
    house.add("berta", "owner")
    with house.serving():
        browser = house.complete("berta")
        page = browser.ask("/account/second-factor")
        problems.expect(b"begin" in page.body, page.line)
        problems.same(browser.post("/account/second-factor", {"action": "begin"}).status, 303, "begin")
        page = browser.ask("/account/second-factor").body.decode()
        secret = re.search(r"secret=([A-Z2-7]{32})", page).group(1)
        now = 1772442000
        problems.same(browser.post("/account/second-factor", {"action": "confirm", "code": "000000"}).status, 422,
                      "a wrong code")
        answer = browser.post("/account/second-factor", {"action": "confirm", "code": code_of(secret, now)})
        codes = re.findall(r"<code>([a-z2-9-]{19})</code>", answer.body.decode())
        problems.same((answer.status, len(codes)), (200, 10), "recovery codes")
        problems.expect(codes[0] not in browser.ask("/account/second-factor").body.decode(), "shown once")
        other = Browser(house)
        answer = other.post("/sign-in", {"login": "berta", "password": PASSWORD})
        problems.expect(answer.status == 303 and answer.header("Location").startswith("/sign-in/code"), answer.line)
        problems.expect(not other.is_signed_in(), "the password alone is not enough")
        half = other.session()
        problems.same(other.post("/sign-in/code", {"code": code_of(secret, now)}).status, 422, "the code was used")
        problems.same(other.post("/sign-in/code", {"code": code_of(secret, now + 30)}).status, 303, "the next one")
        problems.expect(other.session() != half and other.is_signed_in(), "another token, signed in")
        third = Browser(house)
        third.post("/sign-in", {"login": "berta", "password": PASSWORD})
        problems.same(third.post("/sign-in/code", {"code": codes[2].upper()}).status, 303, "a recovery code")
        fourth = Browser(house)
        fourth.post("/sign-in", {"login": "berta", "password": PASSWORD})
        problems.same(fourth.post("/sign-in/code", {"code": codes[2]}).status, 422, "the same recovery code")
        for i in range(4):
            fourth.post("/sign-in/code", {"code": f"{i:06}"})
        problems.same(fourth.post("/sign-in/code", {"code": codes[3]}).status, 429, "too many codes")


def demanded_factor(problems, house):
    """A role that demands a second factor: whoever has none sets one up before anything else, in open sessions too, and
    cannot take it away; other roles and programs with a key go on as before (check 34)."""
    house.clock = "2026-03-02T09:00:00Z"
    now, place = 1772442000, "/account/second-factor"
    for login, role in (("admin", "administrator"), ("anna", "owner"), ("rita", "rep")):
        house.add(login, role)
    for name, value in (("access.factor.nobody", "yes"), ("access.factor.boss", "yes"), ("access.factor.rep", "true")):
        problems.same(house.treue.call("setting", "set", name, value)[0], 2, f"{name} {value}")
    with house.serving():
        admin, anna, rita = house.complete("admin"), house.complete("anna"), house.complete("rita")
        admin.ask("/settings")
        problems.same(admin.post("/settings", {"factor": "nobody=yes"}).status, 422, "no such role")
        problems.same(admin.post("/settings", {"factor": "owner=perhaps"}).status, 422, "yes or no")
        sent = {"factor": ["administrator=no", "owner=no", "owner=yes", "rep=no"]}
        problems.same(admin.post("/settings", sent).status, 303, "as the form sends it")
        settings = {one["role"]: one["demanded"] for one in admin.json("/settings").json()["factors"]}
        problems.same([role for role, demanded in settings.items() if demanded], ["owner"], settings)
        problems.expect(set(settings) == {"owner", "marketing", "rep", "sales_head", "director", "administrator",
                                          "main_contact", "contact"}, settings)
        problems.expect(admin.is_signed_in() and rita.is_signed_in(), "other roles")
        page = admin.post("/keys", {"name": "ERP", "role": "marketing", "days": "30"}).body.decode()
        key = re.search(r"<code>([A-Za-z0-9_-]{27})</code>", page).group(1)
        admin.ask("/settings")
        problems.same(admin.post("/settings", {"factor": "marketing=yes"}).status, 303, "of programs' role, too")
        problems.same(Browser(house).json("/customers", key=key).status, 200, "a program with a key goes on")
        answer = admin.json("/audit")
        problems.expect(b"access.factor.owner" in answer.body, "the audit log has it", answer.line)
        refused = admin.post("/settings", {"brand_colour": "blue", "factor": ["owner=no", "rep=no", "rep=yes"]})
        page = refused.body.decode()
        problems.same((refused.status, 'value="owner=yes" checked' in page, 'value="rep=yes" checked' in page),
                      (422, False, True), "a form that comes again shows what was ticked")
        # The session that was open before, and a new one: one page, and nothing of the others.
        new = Browser(house)
        problems.same(new.sign_in("anna").header("Location"), "/", "signing in goes on")
        for browser in (anna, new):
            for path in ("/", "/account", "/customers", "/settings", "/users"):
                answer = browser.ask(path)
                on = place + ("?next=" + path.replace("/", "%2F") if path != "/" else "")
                problems.same((answer.status, answer.header("Location")), (303, on), path)
                answer = browser.json(path)
                problems.same((answer.status, b"factor_needed" in answer.body), (403, True), "JSON of " + path)
            page = browser.ask(place).body.decode()
            problems.expect('href="/customers"' not in page and 'href="/account"' not in page, "no way past it", page)
            answer = browser.ask("/customers", headers=[("HX-Request", "true")])
            problems.same((answer.status, answer.header("HX-Redirect")), (403, place), "a part of a page")
            answer = browser.post("/account/email", {"email": "other@example.com"})
            problems.same((answer.status, answer.header("Location")), (303, place), "changing something")
        problems.same(house.treue.query("SELECT email FROM account WHERE login = 'anna'")[0][0], "", "nothing was changed")
        problems.same(anna.post("/account/language", {"language": "en"}).status, 303, "the language may be chosen")
        wanted = anna.ask("/customers?filter=missing:..1").header("Location")
        problems.same(wanted, place + "?next=%2Fcustomers%3Ffilter%3Dmissing%3A..1", "the whole address is kept")
        problems.expect('name="next" value="/customers?filter=missing:..1"' in anna.ask(wanted).body.decode(), "in the form")
        begun = anna.post(place, {"action": "begin", "next": "/customers?filter=missing:..1"})
        problems.same((begun.status, begun.header("Location")), (303, wanted), "begin")
        secret = re.search(r"secret=([A-Z2-7]{32})", anna.ask(place).body.decode()).group(1)
        problems.same(anna.ask("/").header("Location"), place, "half of it is not enough")
        problems.expect('name="next" value="/"' in anna.ask(place + "?next=//evil.example/").body.decode(), "no other place")
        answer = anna.post(place, {"action": "confirm", "code": code_of(secret, now), "next": "/customers?filter=missing:..1"})
        problems.expect(answer.status == 200 and b'href="/customers?filter=missing:..1"' in answer.body, answer.line)
        anna.ask(place)
        problems.expect(anna.ask("/").header("Location") != place and anna.is_signed_in(), "and on it goes")
        page = anna.ask(place).body.decode()
        problems.expect('value="codes"' in page and 'value="remove"' not in page, "nothing to take it away with")
        answer = anna.post(place, {"action": "remove"})
        problems.same(answer.status, 422, "taking it away", answer.line)
        problems.expect(b"requires a second factor" in answer.body, "says why", answer.body[-400:])
        problems.same(len(house.treue.query("SELECT 1 FROM account WHERE login = 'anna' AND totp_secret IS NOT NULL")), 1,
                      "it is still there")
        problems.expect(not new.is_signed_in(), "the other session has ended")
        # No longer demanded: as before.
        admin.ask("/settings")
        problems.same(admin.post("/settings", {"factor": ["owner=no"]}).status, 303, "given up")
        problems.same(anna.post(place, {"action": "remove"}).status, 303, "now it can be taken away")
        problems.same(anna.is_signed_in(), True, "and nobody asks for one")


def logged(problems, house):
    """Signing in, a wrong password, being held back, a wrong code and what is not permitted stand in the log, with who it
    was once that is known, and never with what was typed (check 61)."""
    for login, role in (("anna", "owner"), ("admin", "administrator")):
        house.add(login, role)
    with house.serving():
        anna, admin = house.complete("anna"), house.complete("admin")
        problems.same(anna.ask("/users").status, 403, "not permitted")
        problems.same(admin.sign_in("admin").status, 303, "signing in")
        for _ in range(8):
            Browser(house).sign_in("anna", "wrong canary guess")
        admin.ask("/account/second-factor")
        admin.post("/account/second-factor", {"action": "begin"})
        secret = re.search(r"secret=([A-Z2-7]{32})", admin.ask("/account/second-factor").body.decode()).group(1)
        admin.post("/account/second-factor", {"action": "confirm", "code": code_of(secret, house_seconds(house))})
        half = Browser(house)
        half.sign_in("admin")
        problems.same(half.post("/sign-in/code", {"code": "000000"}).status, 422, "a wrong code")
        harness.until(lambda: "sign_in_wrong_code" in house.log.read_text(encoding="utf-8"), 10)
        ids = {login: str(house.account_id(login)) for login in ("anna", "admin")}
    text = house.log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    seen = {}
    for line in lines:
        seen.setdefault(line["event"], []).append(line)
    problems.same({line["account"] for line in seen.get("signed_in", [])}, set(ids.values()), "who signed in")
    problems.same(len(seen.get("signed_in", [])), 3, "twice by links and once by name; not with a password alone")
    problems.same(len(seen.get("sign_in_wrong", [])), 5, "wrong guesses looked at")
    problems.same(len(seen.get("sign_in_held_back", [])), 3, "and held back")
    problems.same(len(seen.get("sign_in_wrong_code", [])), 1, "a wrong code")
    problems.same([(line["route"], line["role"]) for line in seen.get("denied", [])], [("/users", "owner")], "not permitted")
    problems.expect("canary" not in text and PASSWORD not in text and secret not in text, "what was typed stands in the log")


def house_seconds(house):
    return int(datetime.datetime.fromisoformat(house.clock.replace("Z", "+00:00")).timestamp())


# ---- sessions ------------------------------------------------------------------------------------------------------------

def timeouts(problems, house):
    """Two hours without use, twelve in all: by the clock the server is started with (check 39)."""
    house.clock = "2026-03-02T08:00:00Z"
    house.add("anna", "owner")
    with house.serving():
        browser = house.complete("anna")
    for clock, stands in [("09:50", True), ("11:40", True), ("13:30", True), ("15:20", True), ("17:10", True),
                          ("19:00", True), ("20:30", False)]:
        house.clock = f"2026-03-02T{clock}:00Z"
        with house.serving():
            problems.same(browser.is_signed_in(), stands, f"at {clock}, used every two hours")
    house.clock = "2026-03-03T08:00:00Z"
    with house.serving():
        problems.same(browser.sign_in("anna").status, 303, "the next day")
    house.clock = "2026-03-03T10:00:01Z"
    with house.serving():
        problems.expect(not browser.is_signed_in(), "two hours without use")
        page = browser.ask("/account")
        problems.expect(page.status == 303 and page.header("Location") == "/sign-in?next=%2Faccount",
                        page.line, page.header("Location"))
        answer = browser.post("/sign-in", {"login": "anna", "password": PASSWORD, "next": "/account"})
        problems.same(answer.header("Location"), "/account", "back where it was")
        for path in ("//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/sign-in"):
            answer = Browser(house).post("/sign-in", {"login": "anna", "password": PASSWORD, "next": path})
            problems.same(answer.header("Location"), "/", f"never to {path}")


def everywhere_at_once(problems, house):
    """Sign out, password, role, disabling, resetting and the administrator's button end sessions at once (checks 40, 41,
    47)."""
    for login, role in (("admin", "administrator"), ("anna", "owner"), ("olga", "owner")):
        house.add(login, role)
    with house.serving():
        admin = house.complete("admin")
        house.complete("olga")
        house.complete("anna")
        user = house.account_id("anna")
        password = PASSWORD

        def two():
            browsers = [Browser(house), Browser(house)]
            for browser in browsers:
                problems.same(browser.sign_in("anna", password).status, 303, "sign in")
            return browsers

        one, other = two()
        problems.same(one.post("/sign-out").status, 303, "signing out")
        problems.same((one.is_signed_in(), other.is_signed_in()), (False, True), "only this session")
        one.sign_in("anna")
        listed = one.json("/account").json()["sessions"]
        problems.expect(len(listed) >= 2 and sum(row["current"] for row in listed) == 1, listed)
        foreign = admin.json("/account").json()["sessions"][0]["id"]
        problems.same(one.post(f"/account/sessions/{foreign}/end").status, 404, "somebody else's session")
        problems.same(one.post("/account/sessions/end-others").status, 303, "all others")
        problems.same((one.is_signed_in(), other.is_signed_in()), (True, False), "all but this one")
        one, other = two()
        answer = one.post("/account/password", {"current_password": password, "new_password": OTHER})
        problems.same(answer.status, 303, "changing the password", answer.body[-300:])
        problems.same((one.is_signed_in(), other.is_signed_in()), (True, False), "after a new password")
        password = OTHER
        one, other = two()
        for path, fields in ((f"/users/{user}/end-sessions", {}), (f"/users/{user}/role", {"role": "director"}),
                             (f"/users/{user}/disable", {})):
            one, other = two()
            problems.same(admin.post(path, fields).status, 303, path)
            problems.same((one.is_signed_in(), other.is_signed_in()), (False, False), path)
        problems.same(Browser(house).sign_in("anna", password).status, 422, "a disabled account")
        admin.post(f"/users/{user}/enable")
        one, other = two()
        page = admin.post(f"/users/{user}/reset")
        link = re.search(r"/link/([A-Za-z0-9_-]{27})", page.body.decode()).group(1)
        problems.same((one.is_signed_in(), Browser(house).sign_in("anna", password).status), (False, 422), "reset")
        house.complete("anna", link=link)
    kinds = {row[0] for row in house.treue.query("SELECT kind FROM audit_entry")}
    for kind in ("added", "password_changed", "sessions_ended", "role_changed", "disabled", "enabled", "reset"):
        problems.expect(f"account.{kind}" in kinds, "audit:", kind)
    problems.expect("whole" in house.treue.run("--lang", "en", "verify"), "the audit chain is whole")


class Stream:
    """An open stream of events, of a job that account asked for."""

    def __init__(self, house, browser, login, job):
        account = house.account_id(login)
        house.treue.change(
            "INSERT INTO job (id, kind, arguments, lock_name, home, state, priority, run_after_ms, tries, holder, "
            "holder_home, beat, cancelled_by, done, total, words, result, error_key, error_detail, account_id, actor, "
            f"language, created_ms) VALUES ({job}, 'import', '{{}}', '', 'elsewhere', 'waiting', 1, 0, 0, '', '', 0, '', 0, 0, "
            f"'', '', '', '', {account}, '{login}', 'de', 0)")
        self.connection = house.server.connect()
        self.connection.send((f"GET /jobs/{job}/events HTTP/1.1\r\nHost: localhost\r\nCookie: treue_session="
                              f"{browser.session()}\r\n\r\n").encode())
        self.status = self.connection.answer(head_only=True).status

    def ends(self, seconds=5):
        return self.connection.rest(seconds) is not None


def streams_end(problems, house):
    """Whatever ends a session ends its streams at once: signing out, another password, the list of sessions, an
    administrator's buttons, a second factor; the stream of who made the change by another browser goes on (checks 40, 41).
    """
    house.clock = "2026-03-02T09:00:00Z"
    for login, role in (("admin", "administrator"), ("admin2", "administrator"), ("anna", "owner"), ("olga", "owner")):
        house.add(login, role)
    with house.serving():
        admin, maker = house.complete("admin"), house.complete("anna")
        house.complete("olga")
        user, job = house.account_id("anna"), 7000
        password = PASSWORD

        def own_session():
            rows = [row for row in maker.json("/account").json()["sessions"] if not row["current"]]
            return maker.post(f"/account/sessions/{rows[0]['id']}/end")

        def new_password():
            nonlocal password
            before, password = password, OTHER if password == PASSWORD else PASSWORD
            return maker.post("/account/password", {"current_password": before, "new_password": password})

        def factor():
            maker.post("/account/second-factor", {"action": "begin"})
            secret = re.search(r"secret=([A-Z2-7]{32})", maker.ask("/account/second-factor").body.decode()).group(1)
            return maker.post("/account/second-factor", {"action": "confirm", "code": code_of(secret, 1772442000)})

        ways = [("one of the own sessions", own_session), ("all others", lambda: maker.post("/account/sessions/end-others")),
                ("another password", new_password),
                ("an administrator ends them", lambda: admin.post(f"/users/{user}/end-sessions")),
                ("another role", lambda: admin.post(f"/users/{user}/role", {"role": "marketing"})),
                ("it is disabled", lambda: admin.post(f"/users/{user}/disable")), ("a second factor", factor)]
        for what, act in ways:
            admin.post(f"/users/{user}/enable")
            listener = Browser(house)
            problems.same(listener.sign_in("anna", password).status, 303, what, "sign in")
            if not maker.is_signed_in():
                maker.sign_in("anna", password)
            maker.ask("/account")
            job += 1
            stream = Stream(house, listener, "anna", job)
            problems.same(stream.status, 200, what, "opened")
            answer = act()
            problems.expect(answer.status in (200, 303), what, answer.line, answer.body[-200:])
            problems.expect(stream.ends(), what, "the stream lives on")
            problems.expect(not listener.is_signed_in(), what, "the session lives on")
        # Signing out ends the own stream, and no other.
        other, browser = house.complete("admin2"), Browser(house)
        browser.sign_in("admin2")
        browser.ask("/account")
        stays, goes = Stream(house, other, "admin2", 8001), Stream(house, browser, "admin2", 8002)
        problems.same((stays.status, goes.status), (200, 200), "opened")
        browser.post("/sign-out")
        problems.expect(goes.ends(), "signing out: the stream lives on")
        problems.expect(not stays.ends(1), "the stream of another session has ended")


def proving_again(problems, house):
    """Ten minutes after the password was given, password, mail and second factor ask for it again (check 41)."""
    house.clock = "2026-03-02T08:00:00Z"
    house.add("anna", "owner")
    with house.serving():
        browser = house.complete("anna")
        problems.same(browser.post("/account/email", {"email": "anna@muster.example"}).status, 303, "given just now")
    house.clock = "2026-03-02T08:11:00Z"
    with house.serving():
        answer = browser.post("/account/email", {"email": "x@evil.example"})
        problems.same(answer.status, 422, "ten minutes later")
        problems.same(browser.post("/account/second-factor", {"action": "begin"}).status, 422, "second factor")
        problems.same(browser.post("/account/password", {"new_password": OTHER}).status, 422, "password")
        problems.same(browser.post("/account/email", {"email": "x@evil.example", "current_password": OTHER}).status,
                      422, "a wrong password")
        before = browser.session()
        problems.same(browser.post("/account/email", {"email": "anna@muster.example", "current_password": PASSWORD}
                                   ).status, 303, "with the password")
        problems.expect(browser.session() != before, "a new token after proving")
        old = Browser(house)
        old.cookies["treue_session"] = before
        problems.expect(not old.is_signed_in(), "the token before is dead")


# ---- accounts ------------------------------------------------------------------------------------------------------------

def selected_in(answer):
    """What the lists of a form stand on."""
    return re.findall(r'<option value="([^"]*)" selected>', answer.body.decode())


def administration(problems, house):
    """An administrator adds accounts and keys; nobody else does; the last one stays."""
    for login, role in (("admin", "administrator"), ("olga", "owner")):
        house.add(login, role)
    with house.serving():
        admin, owner = house.complete("admin"), house.complete("olga")
        for path in ("/users", "/users/new", "/keys", f"/users/{house.account_id('admin')}"):
            problems.same(owner.ask(path).status, 403, "an owner at", path)
            problems.same(admin.ask(path).status, 200, "an administrator at", path)
        answer = admin.post("/users/new", {"login": "Rita", "name": "Rita Reise", "role": "rep", "language": "de"})
        problems.same(answer.status, 200, "adding", answer.body[-300:])
        link = re.search(r"/link/([A-Za-z0-9_-]{27})", answer.body.decode()).group(1)
        house.complete("rita", link=link)
        answer = admin.post("/users/new", {"login": "rita", "name": "R", "role": "sales_head", "language": "en"})
        problems.same(answer.status, 422, "twice")
        problems.same(selected_in(answer), ["sales_head", "en"], "what was chosen stays")
        user = house.account_id("rita")
        admin.post(f"/users/{user}/scope", {"responsibles": "Rita Reise\r\nGebiet Nord\r\n"})
        shown = admin.json(f"/users/{user}").json()
        problems.same(shown["responsibles"], ["Gebiet Nord", "Rita Reise"], "responsibles")
        answer = admin.post(f"/users/{house.account_id('admin')}/disable", accept="application/json")
        problems.same((answer.status, answer.error()["key"]), (409, "access.last_administrator"), "the last one")
        problems.same(admin.post("/users/999/disable").status, 404, "nobody")
        answer = admin.post("/keys", {"name": "ERP", "role": "marketing", "days": "30"})
        key = re.search(r"<code>([A-Za-z0-9_-]{27})</code>", answer.body.decode()).group(1)
        answer = admin.post("/keys", {"name": "", "role": "director", "days": "30"})
        problems.same((answer.status, selected_in(answer)), (422, ["director"]), "what was chosen for a key stays")
        program = Browser(house)
        problems.same(program.json("/users", key=key).status, 403, "a key has its role's rights")
        problems.same(program.json("/account", key=key).status, 403, "a key has no account")
        problems.expect(program.json("/openapi.json", key="A" * 27).status in (200, 401), "a wrong key")
        listed = admin.json("/keys").json()["rows"]
        problems.same([row["name"] for row in listed], ["ERP"], "keys")
        problems.same(admin.post(f"/keys/{listed[0]['id']}/remove").status, 303, "taking it back")
        csv = admin.ask("/users.csv").body.decode("utf-8-sig")
        problems.expect("rita" in csv and "$argon2id" not in csv, csv)
        for row in admin.json("/users").json()["rows"]:
            problems.expect(not {"password", "totp_secret", "digest"} & set(row), row)


# ---- mail and contacts -----------------------------------------------------------------------------------------------------

class MailServer:
    """npm's smtp-server (mail_server.mjs) on a free port; what it took lies in a folder."""

    def __init__(self, folder, *options):
        self.folder = folder / "mails"
        self.folder.mkdir()
        self.process = subprocess.Popen(["node", str(ROOT / "tests" / "http" / "mail_server.mjs"), str(self.folder),
                                         *map(str, options)], stdout=subprocess.PIPE, cwd=ROOT)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def mails(self, count, seconds=20):
        harness.until(lambda: len(list(self.folder.glob("*.eml"))) >= count, seconds)
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                for path in sorted(self.folder.glob("*.eml"))]


def set_up_mail(house, mail, security="plain", **more):
    for name, value in {"mail_host": "127.0.0.1", "mail_port": mail.port, "mail_security": security,
                        "mail_from": "treue@muster.example", "mail_from_name": "PartnerKreis Süd", **more}.items():
        house.treue.run("setting", "set", name, value)


def company(house):
    """Two customers, who is responsible, and nobody with access yet."""
    house.treue.import_rows("customers", "customers", ["number", "name"],
                            [{"number": "K1", "name": "Müller GmbH"}, {"number": "K2", "name": "Schmidt KG"}])
    house.treue.import_rows("responsibilities", "responsibilities", ["customer", "responsible", "role", "valid_from"],
                            [{"customer": "K1", "responsible": "Rita Reise", "role": "rep",
                              "valid_from": "2025-01-01"}])
    return dict(house.treue.query("SELECT number, customer_id FROM customer_key"))


PROGRAM = """\
format: 1
program:
  id: kreis
  name: {de: PartnerKreis, en: PartnerCircle}
  claim: {de: Gemeinsam besser, en: Better together}
  currency: EUR
segments:
  - id: A
    name: {de: Gold}
    paths: [{id: revenue, all: [{metric: revenue, window: 12m, at_least: 1000}]}]
  - {id: C, name: {de: Standard}, rest: true}
  - {id: P, name: {de: Interessenten}, for: prospects, rest: true}
mechanics: {evaluations: [{id: year, cutoff: 12-31, effective: 02-01}]}
"""


def signature(mail):
    """What stands below the line that mail programs know as the start of one."""
    text = mail.get_content().replace("\r\n", "\n")
    return text.split("\n-- \n")[1:]


def mails(problems, house):
    """Links by mail: the answer tells nothing, the mail goes to the address recorded, once for each time, and staff come
    no further than their second factor (checks 14, 34, 35). Below stands whose mails they are: name and claim of the
    program, as soon as there is one (R-097)."""
    with MailServer(house.folder) as mail:
        set_up_mail(house, mail)
        house.add("anna", "owner")
        house.treue.change("UPDATE account SET email = 'anna@muster.example', name = 'Änna \"Q\" Berger'")
        house.treue.run("setting", "test-mail", "test@muster.example")
        with house.serving():
            house.complete("anna")
            answers = set()
            for login in ("anna", "nobody"):
                answer = Browser(house).post("/sign-in/mail", {"login": login})
                answers.add((answer.status, answer.header("Location"), answer.body))
            problems.same(len(answers), 1, "the same answer", answers)
            found = mail.mails(2)
            problems.same([str(one["To"]) for one in found],
                          ["test@muster.example", '"Änna \\"Q\\" Berger" <anna@muster.example>'], "recipients")
            text = found[-1].get_content()
            link = re.search(r"http://localhost/link/([A-Za-z0-9_-]{27})", text)
            problems.expect(link, text)
            problems.expect("ten minutes" in text and found[-1]["From"].startswith("PartnerKreis Süd"), text)
            problems.same([signature(one) for one in found], [[], []], "no program, no signature")
            browser = Browser(house)
            problems.same(browser.post(f"/link/{link.group(1)}", {"password": OTHER}).status, 303, "a new password")
            problems.expect(browser.is_signed_in(), "signed in")
            for _ in range(6):
                answer = Browser(house).post("/sign-in/mail", {"login": "anna"})
            problems.same(answer.status, 429, "too many mails")
        count = len(mail.mails(2))
        house.treue.run("concept", "load", "--release", house.treue.write("program.yaml", PROGRAM))
        house.treue.run("setting", "test-mail", "test@muster.example", "--lang", "de")
        house.treue.run("setting", "test-mail", "test@muster.example", "--lang", "en")
        problems.same([signature(one) for one in mail.mails(count + 2)[count:]],
                      [["PartnerKreis\nGemeinsam besser\n"], ["PartnerCircle\nBetter together\n"]], "signatures")
        raw = b"".join(path.read_bytes() for path in mail.folder.glob("*.eml"))
        bare = raw.replace(b"\r\n", b"")
        problems.expect(b"\n" not in bare and b"\r" not in bare and b"\0" not in raw and b"Bcc" not in raw, "bare line ends, headers")


def mail_over_tls(problems, house):
    """STARTTLS is insisted on, certificates are checked, the password comes from a file (check 5)."""
    certificate, key = make_certificate(house.folder)
    secret = house.treue.write("mail-password", "geheimnis für mails\n")
    with MailServer(house.folder, certificate, key) as mail:
        set_up_mail(house, mail, "starttls", mail_host="localhost", mail_user="treue", mail_password_file=secret)
        code, out, error = house.treue.call("setting", "test-mail", "a@muster.example")
        problems.expect(code == 3, "a certificate nobody signed", code, out, error)
        house.treue.run("setting", "set", "mail_authorities", certificate)
        house.treue.run("setting", "test-mail", "a@muster.example")
        login = (mail.folder / "login").read_text(encoding="utf-8")
        problems.same(login, "treue geheimnis für mails", "signing in at the mail server")
    shutil.rmtree(house.folder / "mails")
    with MailServer(house.folder) as plain:
        house.treue.run("setting", "set", "mail_port", plain.port)
        code, out, error = house.treue.call("setting", "test-mail", "a@muster.example")
        problems.expect(code == 3, "a server without STARTTLS", code, out, error)
        problems.same(plain.mails(1, 0.2), [], "nothing went out in the clear")


def contacts(problems, house):
    """Invited by the rep who looks after the customer, then by the main contact; several companies; taken away (checks
    34, 40, 47)."""
    customers = company(house)
    one, two = customers["K1"], customers["K2"]
    with MailServer(house.folder) as mail:
        set_up_mail(house, mail)
        for login, role in (("olga", "owner"), ("rita", "rep")):
            house.add(login, role)
        house.treue.run("user", "scope", "rita", "--responsible", "Rita Reise")
        with house.serving():
            owner, rep = house.complete("olga"), house.complete("rita")
            person = {"name": "Karin Kundin", "email": "Karin@kunde.example", "role": "main_contact", "language": "de"}
            problems.same(rep.ask(f"/customers/{two}/access").status, 404, "another rep's customer")
            problems.same(rep.post(f"/customers/{two}/access", person).status, 404, "inviting there")
            problems.same(rep.post("/customers/99/access", person).status, 404, "no customer at all")
            answer = rep.post(f"/customers/{one}/access", dict(person, email="nobody", language="en"))
            problems.same((answer.status, selected_in(answer)), (422, ["main_contact", "en"]), "what was chosen stays")
            answer = rep.post(f"/customers/{one}/access", person)
            problems.same(answer.status, 303, "inviting", answer.body[-400:])
            text = mail.mails(1)[-1].get_content()
            problems.expect("Müller GmbH" in text, text)
            link = re.search(r"/link/([A-Za-z0-9_-]{27})", text).group(1)
            karin = house.complete("karin", link=link)
            shown = karin.json("/account").json()
            problems.same((shown["login"], shown["role"]), ("karin@kunde.example", "main_contact"), "the contact")
            for path in ("/users", "/keys", f"/customers/{one}/access", f"/customers/{two}/access"):
                problems.expect(karin.ask(path).status in (403, 404), "a contact at", path)
            colleague = {"name": "Konrad Kunde", "email": "konrad@kunde.example", "role": "contact"}
            problems.same(karin.post("/portal/colleagues", colleague).status, 303, "a colleague")
            link = re.search(r"/link/([A-Za-z0-9_-]{27})", mail.mails(2)[-1].get_content()).group(1)
            konrad = Browser(house)
            problems.same(konrad.post(f"/link/{link}", {"without_password": "yes"}).status, 303, "without a password")
            problems.expect(konrad.is_signed_in(), "signed in by the link")
            problems.same(konrad.ask("/portal/colleagues").status, 404, "only the main contact")
            problems.same(konrad.sign_in("konrad@kunde.example", "").status, 422, "there is no empty password")
            Browser(house).post("/sign-in/mail", {"login": "konrad@kunde.example"})
            link = re.search(r"/link/([A-Za-z0-9_-]{27})", mail.mails(3)[-1].get_content()).group(1)
            again = Browser(house)
            problems.same(again.post(f"/link/{link}").status, 303, "signed in by mail")
            problems.same(Browser(house).post(f"/link/{link}").status, 404, "once")
            # Another company, then back.
            owner.post(f"/customers/{two}/access", dict(person, role="contact"))
            link = re.search(r"/link/([A-Za-z0-9_-]{27})", mail.mails(4)[-1].get_content()).group(1)
            problems.same(karin.post(f"/link/{link}").status, 303, "a second company")
            problems.same(karin.json("/account").json()["role"], "contact", "another role there")
            karin.ask("/account")
            before = karin.session()
            problems.same(karin.post("/account/company", {"customer": one}).status, 303, "switching")
            old = Browser(house)
            old.cookies["treue_session"] = before
            problems.expect(karin.session() != before and not old.is_signed_in(), "another token, the old one is dead")
            problems.same(karin.json("/account").json()["role"], "main_contact", "and back")
            karin.ask("/account")
            for number in ("99", "9223372036854775807", "9" * 19, "9" * 30, "-1", "x"):
                problems.same(karin.post("/account/company", {"customer": number}).status, 404, "no company of hers", number)
            people = {row["login"]: row["account"] for row in
                      rep.json(f"/customers/{one}/access").json()["people"]}
            last = karin.post(f"/portal/colleagues/{people['karin@kunde.example']}/remove", accept="application/json")
            problems.same((last.status, last.error()["key"]), (409, "access.last_main_contact"), "the last main contact")
            problems.same(karin.post(f"/portal/colleagues/{house.account_id('olga')}/remove").status, 404, "no colleague")
            problems.same(karin.post(f"/portal/colleagues/{people['konrad@kunde.example']}/remove").status, 303, "gone")
            problems.expect(not again.is_signed_in(), "his session ended at once")
            problems.same(owner.post(f"/customers/{one}/access/{people['karin@kunde.example']}/remove").status, 303,
                          "taken away by staff")
            problems.expect(not karin.is_signed_in(), "her session at this company ended")
            karin.sign_in("karin@kunde.example")
            problems.same(len(karin.json("/account").json()["companies"]), 1, "the other one is left")


def without_a_mail_server(problems, house):
    """Nothing pretends to send; whoever invites hands the link on."""
    customers = company(house)
    house.add("olga", "owner")
    with house.serving():
        owner = house.complete("olga")
        problems.expect(b"/sign-in/mail" not in Browser(house).ask("/sign-in").body, "no offer of mails")
        answer = owner.post(f"/customers/{customers['K1']}/access",
                            {"name": "Karin", "email": "karin@kunde.example", "role": "contact"})
        problems.expect(answer.status == 200 and b"/link/" in answer.body, answer.line)
        for email_address in ("karin", "a@b", "karin@kunde.example\r\nBcc: x@evil.example", "karin@kunde.example,x@y.de"):
            answer = owner.post(f"/customers/{customers['K1']}/access",
                                {"name": "Karin", "email": email_address, "role": "contact"})
            problems.same(answer.status, 422, email_address)


def languages(problems, house):
    """Until somebody has chosen a language, that of the browser counts, also in a mail; then the chosen one, in every
    browser (X-02 in part)."""
    german, english = [("Accept-Language", "de-DE,de;q=0.9,en;q=0.5")], [("Accept-Language", "en-GB,en;q=0.9")]

    def spoken(browser, headers, path="/account"):
        return re.search(rb'<html lang="(..)"', browser.ask(path, headers=headers).body).group(1).decode()

    with MailServer(house.folder) as mail:
        set_up_mail(house, mail)
        link = house.add("anna", "administrator")
        house.treue.change("UPDATE account SET email = 'anna@muster.example'")
        house.treue.run("user", "add", "otto", "--role", "owner", "--language", "de")
        problems.same([(one["login"], one["language"]) for one in house.treue.json("user", "list")],
                      [("anna", None), ("otto", "de")], "nobody chose for anna")
        with house.serving():
            for headers, language in ((german, "de"), (english, "en")):
                problems.same(spoken(Browser(house), headers, f"/link/{link}"), language, "before signing in")
            anna = house.complete("anna")
            for headers, language in ((german, "de"), (english, "en")):
                problems.same(spoken(anna, headers), language, "signed in, nothing chosen")
            for count, (headers, word) in enumerate(((german, "zehn Minuten"), (english, "ten minutes"))):
                Browser(house).post("/sign-in/mail", {"login": "anna"}, headers=headers)
                problems.expect(word in mail.mails(count + 1)[-1].get_content(), word)
            anna.post("/users/new", {"login": "rita", "name": "Rita", "role": "rep", "language": ""})
            anna.post("/users/new", {"login": "emil", "name": "Emil", "role": "rep", "language": "en"})
            problems.same({one["login"]: one["language"] for one in anna.json("/users").json()["rows"]},
                          {"anna": None, "emil": "en", "otto": "de", "rita": None}, "as the form says")
            problems.same(anna.post("/appearance", {"language": "de"}).status, 303, "chosen in the bar")
            again = Browser(house)
            again.sign_in("anna")
            for browser in (anna, again):
                problems.same(spoken(browser, english), "de", "the chosen one counts, in every browser")
            kept = {one["login"]: one["language"] for one in anna.json("/users").json()["rows"]}
            problems.same(kept["anna"], "de", "and is kept")


CASES = [first_account, languages, cookies, same_answer, credential_stuffing, second_factor, demanded_factor, logged, timeouts,
         everywhere_at_once, streams_end, proving_again, administration, mails, mail_over_tls, contacts, without_a_mail_server]

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    chosen = [case for case in CASES if len(sys.argv) == 2 or case.__name__ in sys.argv[2:]]
    sys.exit(run(chosen, sys.argv[1]))
