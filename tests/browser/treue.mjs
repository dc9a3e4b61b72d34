// SPDX-License-Identifier: AGPL-3.0-or-later
//
// treue.mjs: the program under test: a copy of the demo company in a folder of its own, accounts for all roles, a server on
// a free port, with a clock that stands still. run.py made the company once (TREUE_BROWSER_DEMO, TREUE_BROWSER_DATABASE).
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { speak } from './browser.mjs';

const run = promisify(execFile);
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const PROGRAM = process.env.TREUE_PROGRAM;
const CLOCK = '2026-02-10T09:00:00Z'; // the latest evaluation is in effect

// Where the tests' databases are on a server: a new one, empty or a copy of the demo company's.
async function database(copied) {
        const demo = process.env.TREUE_BROWSER_DATABASE;
        if (!demo)
                return {};
        const { stdout } = await run('python3', [path.join(ROOT, 'tests/support/postgresql.py'), ...copied ? ['--copy', demo]
                : ['--create']]);
        return { TREUE_DB: stdout.trim() };
}

// Somebody in each role of the staff, as Treue.user takes them.
export const STAFF = [
        ['owner', 'owner', 'Olga Wagner'], ['marketing', 'marketing', 'Mara Lang'],
        ['rep', 'rep', 'Rita Roth', '--responsible', 'ad-roth'],
        ['head', 'sales_head', 'Uwe Petersen', '--responsible', 'vl-petersen'],
        ['director', 'director', 'Karl Brandt'], ['admin', 'administrator', 'Tom Weiß'],
];

export class Treue {
        // A data directory with the demo company in it.
        static async demo() {
                const folder = mkdtempSync(path.join(process.env.TREUE_BROWSER_FOLDER, 'demo-'));
                cpSync(process.env.TREUE_BROWSER_DEMO, path.join(folder, 'data'), { recursive: true, preserveTimestamps: true });
                return new Treue(path.join(folder, 'data'), await database(true));
        }

        // An empty one.
        static async empty() {
                return new Treue(path.join(mkdtempSync(path.join(process.env.TREUE_BROWSER_FOLDER, 'empty-')), 'data'),
                        await database(false));
        }

        constructor(data, own) {
                this.data = data;
                this.own = own; // TREUE_DB, or nothing
                this.server = null;
                this.links = new Map();
                this.sessions = new Map(); // login: cookies
        }

        async command(...words) {
                const { stdout } = await run(PROGRAM, ['--data', this.data, ...words],
                        { env: { ...process.env, ...this.own, TREUE_CLOCK: CLOCK, LANG: 'de_DE.UTF-8' }, maxBuffer: 1 << 24 });
                return stdout;
        }

        // Somebody on the staff, who reads German or what `--language` in front of the options says; give it before the server
        // runs. The way in is a link that is good once.
        async user(login, role, name, ...options) {
                const language = options[0] === '--language' ? options.splice(0, 2)[1] : 'de';
                const said = await this.command('user', 'add', login, '--role', role, '--name', name, '--language', language);
                if (options.length)
                        await this.command('user', 'scope', login, ...options);
                this.links.set(login, /\/link\/[A-Za-z0-9_-]+/.exec(said)[0]);
        }

        password(login) {
                return `Vier zufällige Wörter ${login.length} Regenbogen`;
        }

        // Signs in on a page: the first time by the link, then by name and password; the account then reads the language of
        // the page's reader. One account may sign in many times.
        async signIn(page, login) {
                const link = this.links.get(login);
                this.links.delete(login);
                await page.goto(link ?? '/sign-in');
                if (!link)
                        await page.fill('#login', login);
                await page.fill('#password', this.password(login));
                await page.locator('main form button.btn-primary').click();
                await page.waitForURL((url) => !/^\/(link|sign-in)/.test(url.pathname));
                await speak(page);
                this.sessions.set(login, await page.context().cookies());
        }

        // The same without typing, where somebody has signed in before and the session goes on; the page stands on `address`.
        async enter(page, login, address = '/account') {
                const cookies = this.sessions.get(login);
                if (!cookies)
                        await this.signIn(page, login);
                else
                        await page.context().addCookies(cookies);
                await page.goto(address);
                await speak(page);
        }

        async serve(...options) {
                this.server = spawn(PROGRAM, ['--data', this.data, 'serve', '--listen', '127.0.0.1:0', '--log', `${this.data}.log`,
                        ...options],
                        { env: { ...process.env, ...this.own, TREUE_CLOCK: CLOCK }, stdio: ['ignore', 'pipe', 'inherit'] });
                this.base = await new Promise((resolve, reject) => {
                        let said = '';
                        this.server.stdout.on('data', (piece) => {
                                said += piece;
                                const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
                                if (found)
                                        resolve(found[0]);
                        });
                        this.server.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
                });
                return this;
        }

        async stop() {
                if (!this.server || this.server.exitCode !== null)
                        return;
                this.server.kill('SIGTERM');
                await once(this.server, 'exit');
        }
}
