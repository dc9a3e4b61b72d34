# SPDX-License-Identifier: AGPL-3.0-or-later
"""What tests of the server share: starting one, raw sockets, reading answers."""
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import time
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
WAIT_SECONDS = 60


class Answer:
    """One answer, read from a socket."""

    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.line = lines[0]
        parts = self.line.split(" ", 2)
        self.status = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0
        self.headers = [tuple(line.split(": ", 1)) for line in lines[1:] if ": " in line]

    def header(self, name):
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return found[0] if found else None

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def json(self):
        return json.loads(self.body)

    def error(self):
        return self.json()["error"]


class Connection:
    """A socket to the server; what is sent is what the test says, byte by byte."""

    def __init__(self, port, tls=None, source=None, seconds=WAIT_SECONDS):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=seconds,
                                               source_address=(source, 0) if source else None)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.held = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def _more(self):
        try:
            data = self.socket.recv(65536)
        except (ConnectionResetError, ssl.SSLError):
            data = b""
        self.held += data
        return bool(data)

    def answer(self, head_only=False):
        """The next answer; None when the connection ends before one came."""
        while b"\r\n\r\n" not in self.held:
            if not self._more():
                return None
        head, _, rest = self.held.partition(b"\r\n\r\n")
        found = re.search(rb"(?im)^content-length: (\d+)\r?$", head)
        length = int(found.group(1)) if found and not head_only else 0
        while len(rest) < length:
            if not self._more():
                break
            rest = self.held.partition(b"\r\n\r\n")[2]
        self.held = rest[length:]
        if head.startswith(b"HTTP/1.1 100 "):
            return self.answer(head_only)
        return Answer(head + b"\r\n\r\n" + rest[:length])

    def ends(self, seconds=WAIT_SECONDS):
        """Does the server close, sending nothing more, within so long?"""
        self.socket.settimeout(seconds)
        try:
            while self._more():
                pass
        except (socket.timeout, TimeoutError):
            return False
        finally:
            self.socket.settimeout(WAIT_SECONDS)
        return self.held == b""

    def rest(self, seconds):
        """All that comes until the server closes; None when it does not within so long."""
        self.socket.settimeout(seconds)
        try:
            while self._more():
                pass
        except (socket.timeout, TimeoutError):
            return None
        return self.held

    def line(self):
        while b"\n" not in self.held:
            if not self._more():
                return None
        line, _, self.held = self.held.partition(b"\n")
        return line.decode("utf-8")


class Server:
    """A running server: `command` prints a line with the port and serves until SIGTERM."""

    def __init__(self, command, folder, environment=None):
        self.folder = pathlib.Path(folder)
        self.log = self.folder / "errors"
        with open(self.log, "ab") as errors:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, cwd=folder,
                                            env=dict(os.environ, **(environment or {})))
        line = self.process.stdout.readline().decode()
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
        if not found:
            self.process.wait(WAIT_SECONDS)
            raise RuntimeError(f"{' '.join(map(str, command))}: {line}{self.errors()}")
        self.port = int(found.group(1))

    def errors(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            code = self.stop()
            if code != 0 and kind is None:
                raise RuntimeError(f"the server ended with {code}: {self.errors()[-4000:]}")
        elif self.process.returncode != 0 and kind is None:
            raise RuntimeError(f"the server died with {self.process.returncode}: {self.errors()[-4000:]}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(WAIT_SECONDS)

    def connect(self, **options):
        return Connection(self.port, **options)

    def raw(self, data, **options):
        """Sends bytes on a new connection: (first answer, does the server close after it?)"""
        with self.connect(**options) as connection:
            try:
                connection.send(data)
            except (BrokenPipeError, ConnectionResetError):
                pass
            answer = connection.answer()
            return answer, connection.ends(1.0)

    def ask(self, path, method="GET", headers=(), body=None, cookie=None, json_body=None, form=None, **options):
        """One request on a connection of its own."""
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
        lines += [f"{name}: {value}" for name, value in (headers.items() if isinstance(headers, dict) else headers)]
        if cookie:
            lines.append(f"Cookie: treue_session={cookie}")
        if json_body is not None:
            body = json.dumps(json_body).encode()
            lines.append("Content-Type: application/json")
        if form is not None:
            body = form.encode()
            lines.append("Content-Type: application/x-www-form-urlencoded")
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        with self.connect(**options) as connection:
            try:
                connection.send("\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b""))
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused before all of it was taken
            return connection.answer(head_only=method == "HEAD")

    def memory_kb(self, what="VmRSS"):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(rf"{what}:\s+(\d+)", status).group(1))


def until(condition, seconds=WAIT_SECONDS):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


class Problems(list):
    def expect(self, right, *words):
        if not right:
            self.append(" ".join(map(str, words)))

    def same(self, is_so, wanted, *words):
        self.expect(is_so == wanted, *words, f"expected {wanted!r}, is {is_so!r}")


def run(cases, *arguments):
    """Runs each; says what came of it and returns the exit status."""
    failed = 0
    for case in cases:
        problems = Problems()
        try:
            case(problems, *arguments)
        except Exception:  # a fault of the test belongs to its case, too
            problems.append(traceback.format_exc())
        failed += bool(problems)
        print(f"{'FAILED' if problems else 'ok'}: {case.__name__}", *problems[:10], sep="\n    ", flush=True)
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0
