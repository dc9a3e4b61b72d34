// SPDX-License-Identifier: AGPL-3.0-or-later
// A mail server for tests: node mail_server.mjs FOLDER [CERTIFICATE KEY [tls|starttls [TLS_VERSION]]]. Prints its port;
// keeps each mail as FOLDER/N.eml and who signed in as FOLDER/login. With a certificate it asks for a sign-in and offers
// STARTTLS, or speaks TLS at once; with a version that one only.
import { createRequire } from "node:module";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(new URL("../../ui/package.json", import.meta.url));
const { SMTPServer } = require("smtp-server");
const [folder, certificate, key, security, version] = process.argv.slice(2);
let count = 0;

const server = new SMTPServer({
  secure: security === "tls",
  ...(version ? { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" } : {}),
  authOptional: !certificate,
  disabledCommands: certificate ? [] : ["STARTTLS", "AUTH"],
  cert: certificate && readFileSync(certificate),
  key: key && readFileSync(key),
  onAuth(auth, session, done) {
    writeFileSync(join(folder, "login"), `${auth.username} ${auth.password}`);
    done(null, { user: auth.username });
  },
  onData(stream, session, done) {
    const parts = [];
    stream.on("data", (part) => parts.push(part));
    stream.on("end", () => {
      const name = join(folder, String(++count).padStart(4, "0"));
      writeFileSync(`${name}.part`, Buffer.concat(parts));
      renameSync(`${name}.part`, `${name}.eml`);
      done();
    });
  },
});
server.on("error", () => {});
server.listen(0, "127.0.0.1", () => console.log(server.server.address().port));
