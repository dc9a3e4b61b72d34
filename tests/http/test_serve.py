#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`treue serve` as a whole: what it prints, what it holds, what goes beside it, its options, its end; and that the description
of the API and the running server agree for every row there is.

  test_serve.py TREUE_BINARY        (TREUE_TEST_DB=postgresql: the database lies on a server)

Verifies X-01 in part: without a session nothing but what is public is answered, in no form.
"""
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import harness

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "road"))
import road  # noqa: E402  (needs the path above)

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import proxy  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = None
# db/probe.h promises 3.5 seconds; the rest is a busy machine's.
NOTICED_SECONDS = 6


def serve(treue, *options, **more):
    environment = dict(treue.environment, **more)
    command = [treue.binary, "--data", str(treue.data), "serve", "--listen", "127.0.0.1:0", *options]
    return harness.Server(command, treue.folder, environment)


def with_company(case):
    def run(problems):
        with road.Folder("serve") as folder:
            case(problems, road.Treue(BINARY, folder))
    run.__name__ = case.__name__
    return run


@with_company
def the_server_and_commands_beside_it(problems, treue):
    spool = treue.data / "spool"
    spool.mkdir()
    (spool / "upload-left").write_text("of a server that was killed")
    with serve(treue) as server:
        problems.same(server.ask("/health").json(), {"status": "ok"}, "health")
        problems.same(list(spool.iterdir()), [], "uploads of nobody")
        problems.same(treue.call("import", "list")[0], 0, "a command that reads")
        code, _, error = treue.call("evaluate", "--cutoff", "2025-12-31")
        if not treue.on_server():
            (treue.folder / "c.csv").write_text("number,name\n1,A\n", encoding="utf-8")
            code, _, error = treue.call("import", "customers", "c.csv")
            problems.expect(code == 3 and "use" in error, "a command that writes", code, error)
        code, _, error = treue.call("serve", "--listen", f"127.0.0.1:{server.port}")
        problems.expect(code == 3, "a second server", code, error)
        page = server.ask("/nothing", headers={"Accept": "text/html", "Accept-Language": "de"})
        problems.expect(page.status == 404 and b'<html lang="de"' in page.body, "error page", page.line, page.body[:300])
        styles = re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.body.decode())
        problems.expect(len(styles) >= 3, "assets", styles)
        for path in styles:
            problems.same(server.ask(path).status, 200, path)
    problems.same(treue.call("import", "list")[0], 0, "afterwards")
    with serve(treue) as server:
        server.process.send_signal(signal.SIGINT)
        problems.same(server.process.wait(30), 0, "Ctrl-C")


@with_company
def every_row_is_described_and_closed(problems, treue):
    """Both ways: what is described is answered; without a session only what is public is, whatever the form."""
    with serve(treue) as server:
        description = server.ask("/api/v1/openapi.json").json()
        rows = [(path, method.upper(), row) for path, rows in description["paths"].items() for method, row in rows.items()]
        for path, method, row in rows:
            concrete = re.sub(r"\{[^}]*\}", "1", path)
            forms = ([""] if row["x-page"] else []) + (["/api/v1"] if row["x-api"] else [])
            addresses = [form + concrete for form in forms]
            addresses += [concrete + ending for ending in (".csv", ".xlsx") if row["x-list"] and row["x-page"]]
            for address in addresses:
                answer = server.ask(address, method, headers={"Accept": "text/html"})
                problems.expect(answer is not None and answer.status != 405, method, address, answer and answer.status)
                if answer is None:
                    continue
                if row["x-permission"] == "PUBLIC":
                    problems.expect(answer.status not in (401, 500), method, address, answer.status)
                else:
                    to = answer.header("Location") or ""
                    problems.expect(answer.status == 401 or (answer.status == 303 and to.startswith("/sign-in")),
                                    method, address, "is open", answer.status, to)
            missing = {"GET", "POST", "PUT", "PATCH", "DELETE"} - {m for p, m, _ in rows if p == path}
            for other in missing:
                answer = server.ask((forms[0] if forms else "") + concrete, other)
                problems.expect(answer.status in (404, 405), other, concrete, "is answered", answer.status)


@with_company
def options(problems, treue):
    for arguments, says in (
            (["--listen", "nonsense"], "nonsense"), (["--listen", "127.0.0.1:99999"], "99999"),
            (["--listen", "10.255.255.1:1"], "10.255.255.1"), (["--trusted-proxy", "10.0.0.0/33"], "10.0.0.0/33"),
            (["--public-url", "treue.example"], "treue.example"), (["--public-url", "https://a/b"], "https://a/b"),
            (["--tls-cert", "a"], "--tls-key"), (["--tls-cert", "a", "--tls-key", "b"], "a"),
            (["--connections-per-address", "0"], "0"), (["--files-per-minute", "x"], "--files-per-minute"), (["extra"], "extra"), (["--overlay", "nowhere"], "nowhere"),
            (["--nonsense"], "--nonsense")):
        done = subprocess.run([treue.binary, "--data", str(treue.data), "serve", *arguments], env=treue.surroundings(),
                              capture_output=True, text=True, cwd=treue.folder, timeout=60)
        code, out, error = done.returncode, done.stdout, done.stderr
        problems.expect(code in (2, 3) and says in error and not out, arguments, code, error)
    for language, word in (("de", "lauscht"), ("en", "listens")):
        process = subprocess.Popen([treue.binary, "--data", str(treue.data), "--lang", language, "serve", "--listen",
                                    "127.0.0.1:0", "--log", "log"], cwd=treue.folder, stdout=subprocess.PIPE, text=True,
                                   env=treue.surroundings())
        line = process.stdout.readline()
        problems.expect(word in line and "http://127.0.0.1:" in line, line)
        process.send_signal(signal.SIGTERM)
        problems.same(process.wait(30), 0, "end")
    with serve(treue, "--log", "log", "--public-url", "https://treue.example", "--trusted-proxy", "127.0.0.1") as server:
        answer = server.ask("/health")
        problems.expect((answer.header("Strict-Transport-Security") or "").startswith("max-age=63072000"), "HSTS")
        problems.same(server.errors(), "", "a log of its own")

        def logged():  # a request is noted when its answer has been sent
            lines = (treue.folder / "log").read_text(encoding="utf-8").splitlines()
            return any(json.loads(line).get("route") == "/health" for line in lines)

        problems.expect(harness.until(logged, 10), "the request does not stand in the log")


@with_company
def a_database_that_goes_away(problems, treue):
    """Check 63: no answer pretends that all is well."""
    if not treue.on_server():
        return
    with serve(treue, "--log", "log") as server:
        problems.same(server.ask("/health").status, 200, "before")
        name = treue.server_database()
        road.postgresql.the_server().psql(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false; '
                                          f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}';")
        problems.expect(harness.until(lambda: server.ask("/health").status == 503, NOTICED_SECONDS), "is not noticed")
        answer = server.ask("/health", headers={"Accept": "text/html", "Cookie": f"treue_session={'x' * 43}"})
        problems.expect(answer.status == 503 and name not in answer.body.decode(), "away", answer.line, answer.body)
        road.postgresql.the_server().psql(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true;')
        problems.expect(harness.until(lambda: server.ask("/health").status == 200, NOTICED_SECONDS), "does not come back")


def a_database_that_falls_silent(problems):
    """Check 63: nothing comes back from the database any more, and requests that wait for it hold all workers: whoever asks
    for health learns of it, at once each time, and what was open for asking is closed again."""
    if not road.postgresql.wanted():
        return
    port = road.postgresql.free_port()
    with road.Folder("silent") as folder, road.postgresql.Server(port=port) as database, \
            proxy.Proxy(("127.0.0.1", port)) as between:
        database.psql("CREATE DATABASE silent TEMPLATE template0 ENCODING 'UTF8'")
        treue = road.Treue(BINARY, folder, on_server=False, environment={"TREUE_DB": database.url("silent", between.port)})
        with serve(treue, "--log", "log") as server:
            files = pathlib.Path(f"/proc/{server.process.pid}/fd")
            problems.expect(harness.until(lambda: server.ask("/health").status == 200, NOTICED_SECONDS), "before")
            before = len(list(files.iterdir()))
            between.silent = True
            waiting = [threading.Thread(target=server.ask, args=("/account",), kwargs={
                "headers": {"Cookie": f"treue_session={'x' * 43}"}, "seconds": 120}) for _ in range(40)]
            for thread in waiting:
                thread.start()
            problems.expect(harness.until(lambda: server.ask("/health").status == 503, NOTICED_SECONDS), "is not noticed")
            for _ in range(20):
                begun = time.monotonic()
                problems.same(server.ask("/health").status, 503, "silent")
                problems.expect(time.monotonic() - begun < 1, "an answer took", time.monotonic() - begun)
                time.sleep(0.2)
            problems.expect(any(thread.is_alive() for thread in waiting), "nobody waited for the database")
            between.silent = False
            problems.expect(harness.until(lambda: server.ask("/health").status == 200, NOTICED_SECONDS), "does not come back")
            for thread in waiting:
                thread.join()
            # A reader is kept for the next request.
            problems.expect(harness.until(lambda: len(list(files.iterdir())) <= before + 1, 10), "left open:",
                            len(list(files.iterdir())) - before)


@with_company
def the_demo_is_served(problems, treue):
    """`./run demo` ends in demo/serve.sh: three links that open, and the server until it is told to stop."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = dict(treue.surroundings(), TREUE_LISTEN=f"127.0.0.1:{port}", LANG="de_DE.UTF-8", LC_ALL="")
    for wanted in (3, 0):  # once more: the accounts are there
        process = subprocess.Popen(["sh", str(ROOT / "demo" / "serve.sh"), treue.binary, str(treue.folder)], text=True,
                                   stdout=subprocess.PIPE, env=environment, encoding="utf-8")
        lines = []
        while not lines or "lauscht" not in lines[-1]:
            lines.append(process.stdout.readline())
            if not lines[-1]:
                break
        links = re.findall(r"http://127\.0\.0\.1:\d+(/link/\S+)", "".join(lines))
        problems.same(len(links), wanted, "links", "".join(lines))
        for link in links:
            with harness.Connection(port) as connection:
                connection.send(f"GET {link} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n".encode())
                problems.same(connection.answer().status, 200, link)
        process.send_signal(signal.SIGINT)
        problems.same(process.wait(30), 0, "end")
        process.stdout.close()


CASES = [the_demo_is_served, the_server_and_commands_beside_it, every_row_is_described_and_closed, options,
         a_database_that_goes_away, a_database_that_falls_silent]


def main(arguments):
    global BINARY
    if not arguments:
        sys.exit(__doc__)
    BINARY = road.absolute(arguments[0])
    wanted = arguments[1:]
    return harness.run([case for case in CASES if not wanted or case.__name__ in wanted])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
