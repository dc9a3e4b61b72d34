// SPDX-License-Identifier: AGPL-3.0-or-later
//
// From nothing to the ladder: an empty data directory, Online Retail's file, at most twelve interactions; and the pages
// of daily program work: imports with their mapping, evaluations, concepts, what-ifs, overrides, appeals, audit,
// settings, jobs, each by day and by night, on a phone and on a desk.
import assert from 'node:assert/strict';
import { createReadStream, existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { check, close, LOOKS, open, reader, speak } from './browser.mjs';
import { Treue } from './treue.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const RETAIL = path.join(process.env.TREUE_TEST_DATA ?? path.join(ROOT, '../shared'), 'data/online_retail.csv.gz');
const PASSWORD = 'eine lange Losung 7';
const PATIENCE = { timeout: 180000 };

before(open);
after(close);

// A new program without a company, and its owner's first link.
async function empty() {
        const treue = await Treue.empty();
        await treue.command('init');
        const said = await treue.command('user', 'add', 'olga', '--role', 'owner');
        await treue.serve();
        return { treue, link: /\/link\/[A-Za-z0-9_-]+/.exec(said)[0] };
}

// Counts what somebody does.
class Hand {
        constructor(page) {
                this.page = page;
                this.count = 0;
        }

        async go(address) {
                this.count++;
                await this.page.goto(address);
        }

        async type(name, text) {
                this.count++;
                await this.page.fill(`main [name="${name}"]`, text);
        }

        async press(what) {
                this.count++;
                await this.page.locator(what).first().click();
                await this.page.waitForLoadState('load');
        }

        async choose(name, file) {
                this.count++;
                await this.page.setInputFiles(`input[name="${name}"]`, file);
        }
}

async function toLadder(page, link, file, pictures) {
        const hand = new Hand(page);
        // The page as it is now, to the same person in every look.
        const look = async (name) => {
                for (const one of pictures ? LOOKS : []) {
                        const other = await reader(new URL(page.url()).origin, { ...one, cookies: await page.context().cookies() });
                        await other.goto(page.url());
                        await speak(other);
                        await check(other, name);
                        await other.context().close();
                }
        };
        await hand.go(link);
        await hand.type('password', PASSWORD);
        await hand.press('main button');
        await page.waitForURL('**/setup', PATIENCE);
        await look('setup-file');
        await hand.choose('file', file);
        await hand.press('main form[action="/imports"] button');
        await page.waitForURL('**/imports/uploads/*', PATIENCE);
        // Where the file is large, the page waits with its reader.
        await page.waitForSelector('form[action$="/run"], #upload-questions', PATIENCE);
        if (await page.locator('#upload-questions').count()) {
                await look('upload-questions');
                await hand.press('button[form="questions"]');
                await page.waitForSelector('form[action$="/run"]', PATIENCE);
        }
        await look('upload-ready');
        await hand.press('form[action$="/run"] button');
        await page.waitForURL('**/setup', PATIENCE);
        await look('setup-concept');
        await hand.press('form[action="/setup/propose"] button');
        await page.waitForSelector('form[action="/setup/begin"]', PATIENCE);
        await look('setup-proposal');
        await hand.press('form[action="/setup/begin"] button');
        await page.waitForURL('**/ladder', PATIENCE);
        return hand.count;
}

test('from an empty installation to the ladder with Online Retail, in at most twelve interactions', async (t) => {
        if (!existsSync(RETAIL))
                return t.skip(`${RETAIL} is not there (set TREUE_TEST_DATA)`);
        const { treue, link } = await empty();
        try {
                const file = path.join(process.env.TREUE_BROWSER_FOLDER, 'online_retail.csv');
                await pipeline(createReadStream(RETAIL), createGunzip(), createWriteStream(file));
                const page = await reader(treue.base, { language: 'en' });
                const count = await toLadder(page, link, file, true);
                assert.ok(count <= 12, `${count} interactions`);
                t.diagnostic(`${count} interactions`);
                const rungs = await page.locator('.rung').count();
                assert.ok(rungs >= 3, `${rungs} rungs`);
                assert.deepEqual(page.complaints, []);
        } finally {
                await treue.stop();
        }
});

function purchases() {
        const rows = ['Kundennr;Belegnr;Datum;Artikel;Betrag;Warengruppe'];
        const two = (number) => String(number).padStart(2, '0');
        for (let i = 0; i < 3000; i++)
                rows.push(`K${two(i % 60)};R${i};${two(1 + i % 28)}.${two(1 + Math.floor(i / 7) % 12)}.${2023 + i % 3};A${i % 17};`
                        + `${i % 500 === 7 ? 'x' : ''}${10 + i % 60 * 20},${two(i % 100)};G${i % 9}`);
        return rows.join('\n') + '\n';
}

test('pages of program work', async (t) => {
        const { treue, link } = await empty();
        try {
                const file = path.join(process.env.TREUE_BROWSER_FOLDER, 'umsaetze.csv');
                await writeFile(file, purchases());
                const first = await reader(treue.base, { language: 'de' });
                await toLadder(first, link, file, false);
                const cookies = await first.context().cookies();

                // Something to look at on every page.
                await first.goto('/imports');
                await first.setInputFiles('input[name="file"]', file);
                await first.locator('form[action="/imports"] button').click();
                await first.waitForSelector('form[action$="/run"]', PATIENCE);
                const upload = new URL(first.url()).pathname;
                // Days that may be months, and months that may be days.
                const unclear = path.join(process.env.TREUE_BROWSER_FOLDER, 'unklar.csv');
                await writeFile(unclear, 'Kundennr;Belegnr;Datum;Artikel;Betrag\n'
                        + Array.from({ length: 12 }, (_, i) => `K0${i % 6};U${i};0${1 + i % 9}/0${1 + i % 7}/2025;A1;1${i},00\n`)
                                .join(''));
                await first.goto('/imports');
                await first.setInputFiles('input[name="file"]', unclear);
                await first.locator('form[action="/imports"] button').click();
                await first.waitForSelector('#upload-questions', PATIENCE);
                const questions = new URL(first.url()).pathname;
                await first.goto('/evaluations');
                await first.locator('form[action="/evaluations"] button').click();
                await first.waitForURL('**/evaluations/*', PATIENCE);
                const run = new URL(first.url()).pathname;
                await first.goto('/concepts');
                await first.locator('table a').first().click();
                const concept = new URL(first.url()).pathname;
                await first.locator('form[action$="/simulate"] button').click();
                await first.waitForSelector('#simulation-matrix', PATIENCE);
                const simulation = new URL(first.url()).pathname;
                await first.goto('/overrides');
                await first.fill('[name="customer"]', 'K05');
                await first.fill('[name="valid_to"]', '2026-12-31');
                await first.fill('[name="reason"]', 'Neues Werk');
                await first.locator('form[action="/overrides"] button').click();
                await first.waitForSelector('form[action$="/decide"]', PATIENCE);
                const override = await first.locator('form[action$="/decide"]').first().getAttribute('action');
                await first.goto('/appeals');
                await first.fill('[name="customer"]', 'K06');
                await first.selectOption('[name="run"]', '1');
                await first.fill('[name="reason"]', 'Eine Rechnung fehlt');
                await first.fill('[name="filed_by"]', 'Frau Sommer');
                await first.locator('form[action="/appeals"] button').click();
                await first.waitForSelector('form[action$="/decide"]', PATIENCE);
                const appeal = await first.locator('form[action$="/decide"]').first().getAttribute('action');
                const job = simulation.replace('/simulations/', '/jobs/');

                const pages = { imports: '/imports', import: '/imports/1', upload, 'upload-questions': questions,
                        evaluations: '/evaluations', evaluation: run,
                        concepts: '/concepts', concept, simulation, overrides: '/overrides', override, appeals: '/appeals', audit: '/audit',
                        settings: '/settings', jobs: '/jobs', setup: '/setup', appeal, job };
                for (const look of LOOKS) {
                        const page = await reader(treue.base, { ...look, cookies });
                        await page.goto('/account');
                        await speak(page);
                        for (const [name, address] of Object.entries(pages)) {
                                const answer = await page.goto(address);
                                assert.equal(answer.status(), 200, address);
                                await check(page, name);
                        }
                        await page.goto('/concepts');
                        await page.setInputFiles('input[name="file"]',
                                { name: 'falsch.yaml', mimeType: 'text/yaml', buffer: Buffer.from('program:\n  id: falsch\n') });
                        await page.locator('form[enctype="multipart/form-data"] button').click();
                        await page.locator('#concept-problems').waitFor();
                        await check(page, 'concept-check');
                        await page.context().close();
                }
        } finally {
                await treue.stop();
        }
});

test('proposals are approved from the list, with a reason', async () => {
        const { treue, link } = await empty();
        try {
                const file = path.join(process.env.TREUE_BROWSER_FOLDER, 'zwei.csv');
                await writeFile(file, purchases());
                const page = await reader(treue.base, { language: 'de' });
                await toLadder(page, link, file, false);
                await page.goto('/evaluations');
                await page.locator('form[action="/evaluations"] button').click();
                await page.waitForURL('**/evaluations/*', PATIENCE);
                const open = await page.locator('input[name="customer"]').count();
                await page.locator('input[name="customer"]').first().check();
                await page.fill('[name="reason"]', 'geprüft');
                await page.locator('button[name="verdict"][value="approve"]').click();
                await page.waitForSelector('.notice-met', PATIENCE);
                assert.equal(await page.locator('input[name="customer"]').count(), open - 1);
                await page.locator('input[name="whole"]').check();
                await page.locator('button[name="verdict"][value="approve"]').click();
                await page.waitForSelector('.notice-met', PATIENCE);
                assert.equal(await page.locator('input[name="customer"]').count(), 0);
                assert.equal(await page.locator('#evaluation-decide').count(), 0, 'nothing is left to decide');
                assert.deepEqual(page.complaints, []);
        } finally {
                await treue.stop();
        }
});
