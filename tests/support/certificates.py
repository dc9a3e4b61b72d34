# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates for servers of tests, made by the program openssl: good ones, and each kind of wrong one."""
import subprocess


def openssl(*words, **more):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, **more)


class Authority:
    """Signs certificates for a name and a time; `begin` and `end` as YYMMDDHHMMSSZ."""

    def __init__(self, folder, name):
        self.folder = folder / name
        (self.folder / "new").mkdir(parents=True)
        (self.folder / "index").write_text("", encoding="ascii")
        (self.folder / "serial").write_text("01\n", encoding="ascii")
        self.certificate, self.key = self.folder / "authority.pem", self.folder / "authority.key"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 3650, "-subj", f"/CN={name}", "-keyout",
                self.key, "-out", self.certificate)

    def sign(self, name, alternatives, begin="200101000000Z", end="491231000000Z"):
        key, asked, signed = (self.folder / f"{name}.{kind}" for kind in ("key", "csr", "pem"))
        settings = self.folder / f"{name}.conf"
        settings.write_text(f"[ca]\ndefault_ca=one\n[one]\ndatabase={self.folder}/index\nserial={self.folder}/serial\n"
                            f"new_certs_dir={self.folder}/new\ndefault_md=sha256\npolicy=any\nunique_subject=no\n"
                            f"x509_extensions=more\n[any]\ncommonName=supplied\n[more]\nsubjectAltName={alternatives}\n",
                            encoding="ascii")
        openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", key, "-out", asked)
        openssl("ca", "-batch", "-notext", "-config", settings, "-cert", self.certificate, "-keyfile", self.key, "-in", asked,
                "-out", signed, "-startdate", begin, "-enddate", end)
        return signed, key
