# SPDX-License-Identifier: AGPL-3.0-or-later
"""A TCP proxy on the loopback address that loses connections on purpose: refuses, stalls, falls silent, cuts after a number of bytes,
or cuts just when a COMMIT is on its way: before the server gets it, or before its answer comes back."""
import contextlib
import select
import socket
import struct
import threading
import time

COMMIT = b"COMMIT"


class Proxy:
    """Forwards to `target` (host, port). `port` is where it listens. A fault is set with `plan` and happens once."""

    def __init__(self, target):
        self.target, self.lock, self.pairs, self.threads = target, threading.Lock(), [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.closing = False
        self.silent = False  # True: takes connections and hands nothing on, on none
        self.plan()
        self.acceptor = threading.Thread(target=self.accept, daemon=True)
        self.acceptor.start()

    def plan(self, fault=None, at=0, seconds=0.0):
        """fault: None; "cut" after `at` bytes from the client; "commit lost" or "answer lost" at the `at`-th COMMIT;
        "stall" for `seconds` after `at` bytes; after a cut new connections are refused for `seconds`."""
        with self.lock:
            self.fault, self.at, self.seconds = fault, at, seconds
            self.bytes = self.commits = 0
            self.refuse_until = 0.0
            self.happened = False

    def accept(self):
        while not self.closing:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if time.monotonic() < self.refuse_until:
                reset(client)
                continue
            try:
                server = socket.create_connection(self.target, timeout=5)
                server.settimeout(None)
            except OSError:
                reset(client)
                continue
            with self.lock:
                self.pairs.append((client, server))
            thread = threading.Thread(target=self.forward, args=(client, server), daemon=True)
            self.threads.append(thread)
            thread.start()

    def cut(self):
        """All connections at once."""
        with self.lock:
            pairs, self.pairs = self.pairs, []
            self.refuse_until = time.monotonic() + self.seconds
            self.happened = True
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def from_client(self, data, server):
        """What the client sent, with the fault that is planned for it. False: the connection is to end."""
        with self.lock:
            fault, seconds = (None, 0) if self.happened else (self.fault, self.seconds)
            self.bytes += len(data)
            self.commits += data.count(COMMIT)
            due = self.bytes >= self.at if fault in ("cut", "stall") else self.commits >= self.at and COMMIT in data
            if fault and due and fault == "stall":
                self.happened = True
        if not fault or not due:
            server.sendall(data)
            return True
        if fault == "stall":
            time.sleep(seconds)
            server.sendall(data)
            return True
        if fault == "answer lost":
            server.sendall(data)
            # The server carries it out; its answer is there to be read, and is not handed on.
            select.select([server], [], [], 10)
        self.cut()
        return False

    def forward(self, client, server):
        with contextlib.suppress(OSError):
            while True:
                while self.silent and not self.closing:
                    time.sleep(0.02)
                for ready in select.select([client, server], [], [], 0.1)[0]:
                    if self.silent:
                        break
                    data = ready.recv(65536)
                    if not data:
                        return self.close(client, server)
                    if ready is server:
                        client.sendall(data)
                    elif not self.from_client(data, server):
                        return self.close(client, server)
        return self.close(client, server)

    def close(self, client, server):
        with self.lock:
            self.pairs = [pair for pair in self.pairs if pair != (client, server)]
        reset(client)
        with contextlib.suppress(OSError):
            server.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closing = True
        self.listener.close()
        self.seconds = 0.0
        self.cut()


def reset(end):
    """Closes without a farewell."""
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with contextlib.suppress(OSError):
        end.close()
