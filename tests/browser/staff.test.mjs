// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Pages of the staff with the demo company, each role with its own: they can be read by day and by night, on a phone and on
// a desk, in both languages, by keyboard alone; the ladder, lists and customers say what the command line says.
// R-001 (from every list to the customer), R-032 (marketing and sales see the same segment).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, close, EVERYTHING, LOOKS, nameOf, open, reader } from './browser.mjs';
import { STAFF, Treue } from './treue.mjs';

let treue;

before(async () => {
        await open();
        treue = await Treue.demo();
        for (const one of STAFF)
                await treue.user(...one);
        await treue.serve();
});
after(async () => {
        await close();
        await treue.stop();
});

async function as(login, look = {}) {
        const page = await reader(treue.base, look);
        await treue.enter(page, login, login === 'admin' ? '/account' : '/ladder');
        page.complaints = [];
        return page;
}

const seen = new Set(); // page and look

// Every page that the navigation of a role offers: in a look of its own always, in the others where no role before has seen
// the page so; where everything is asked for, always.
async function walk(login, look, isOwn) {
        const page = await as(login, look);
        const paths = await page.locator('.nav-main > a, .menu-list > a').evaluateAll((links) => links.map((link) => link.pathname));
        for (const path of new Set(paths)) {
                const one = `${path} ${nameOf(look)}`;
                if (!isOwn && !EVERYTHING && seen.has(one))
                        continue;
                seen.add(one);
                const answer = await page.goto(path);
                assert.equal(answer.status(), 200, `${login} ${path}`);
                await check(page, `${login}${path === '/' ? '-start' : path.replaceAll('/', '-')}`);
        }
        await page.context().close();
        return paths;
}

for (const [number, [login]] of STAFF.entries()) {
        test(`${login}: every page that is offered`, async () => {
                for (const [turn, look] of LOOKS.entries())
                        assert.ok((await walk(login, look, number % LOOKS.length === turn)).length > 0);
        });
}

test('signing in: wrong, then right, back where one wanted to go', async () => {
        await (await as('marketing')).context().close();
        for (const look of LOOKS) {
                const visitor = await reader(treue.base, look);
                await visitor.goto('/ladder');
                assert.equal(new URL(visitor.url()).pathname, '/sign-in');
                await check(visitor, 'sign-in');
                await visitor.context().close();
        }
        const page = await reader(treue.base, { width: 360 });
        await page.goto('/ladder');
        await page.fill('#login', 'marketing');
        await page.fill('#password', 'das ist es nicht');
        await page.locator('main button.btn-primary').click();
        assert.ok(await page.locator('[role="alert"]').isVisible());
        assert.equal(await page.inputValue('#login'), 'marketing', 'what was typed stays');
        page.complaints = page.complaints.filter((one) => !one.includes('422'));
        await check(page, 'sign-in-wrong');
        await page.fill('#password', 'Vier zufällige Wörter 9 Regenbogen');
        await page.locator('main button.btn-primary').click();
        await page.waitForURL('**/ladder');
        await page.context().close();
});

test('the ladder says how many stand where, and leads to them', async () => {
        const page = await as('owner');
        await page.goto('/ladder');
        const rungs = page.locator('.rung');
        assert.equal(await rungs.count(), 4);
        assert.match(await rungs.nth(0).innerText(), /\b42\b/);
        await rungs.nth(0).locator('a.segment').click();
        await page.waitForURL('**/customers?**');
        assert.match(await page.locator('.list-foot').innerText(), /42/);
        await page.context().close();
});

test('by keyboard: "/" searches, arrows go down, Enter opens the customer', async () => {
        const page = await as('owner');
        await page.goto('/ladder');
        await page.keyboard.press('/');
        await page.keyboard.type('10006');
        await page.locator('#search-found [data-row]').first().waitFor();
        await check(page, 'search');
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Enter');
        await page.waitForURL('**/customers/*');
        assert.ok(await page.locator('h1').innerText());
        await page.context().close();
});
test('a customer, in both languages', async () => {
        for (const look of LOOKS) {
                const page = await as('owner', look);
                await page.goto('/customers?q=10006');
                await page.locator('tbody td[data-column="name"] a').first().click();
                await page.waitForURL('**/customers/*');
                await check(page, 'customer');
                await page.context().close();
        }
});

test('where there is nothing yet, pages say what will stand there and how it gets there', async () => {
        const nothing = await Treue.empty();
        await nothing.command('init');
        await nothing.user('owner', 'owner', 'Olga Wagner');
        await nothing.serve();
        try {
                for (const look of LOOKS) {
                        const page = await reader(nothing.base, look);
                        await nothing.enter(page, 'owner');
                        page.complaints = [];
                        for (const path of ['/ladder', '/customers', '/prospects', '/analysis', '/products']) {
                                await page.goto(path);
                                assert.ok((await page.locator('main .nothing p').first().innerText()).length > 20, path);
                                await check(page, `empty${path.replace('/', '-')}`);
                        }
                        await page.context().close();
                }
        } finally {
                await nothing.stop();
        }
});

test('on paper: dark on white also for whoever reads in the dark, and nothing beyond the edge', async () => {
        const page = await as('owner', { theme: 'dark', width: 680 }); // A4 within its margins
        await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
        await page.goto('/customers?q=10006');
        const customer = await page.locator('td[data-column="name"] a').first().getAttribute('href');
        for (const path of ['/', '/ladder', '/customers', '/prospects', '/analysis', '/products', customer]) {
                await page.goto(path);
                const seen = await page.evaluate(() => {
                        const style = getComputedStyle(document.querySelector('main .card'));
                        const beyond = [...document.querySelectorAll('main *')].filter((one) => one.checkVisibility()
                                && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
                        return { ground: style.backgroundColor, ink: style.color, beyond: beyond.map((one) => one.outerHTML.slice(0, 120)) };
                });
                assert.deepEqual(seen, { ground: 'rgb(255, 255, 255)', ink: 'rgb(0, 0, 0)', beyond: [] }, path);
        }
        await page.context().close();
});

// What the network carried for a page, packed, in bytes.
async function weight(page, path) {
        const session = await page.context().newCDPSession(page);
        let bytes = 0;
        await session.send('Network.enable');
        session.on('Network.loadingFinished', (event) => {
                bytes += event.encodedDataLength;
        });
        await page.goto(path, { waitUntil: 'networkidle' });
        await session.detach();
        return bytes;
}

test('pages are light: 180 kB at first, 40 kB afterwards', async (t) => {
        const page = await as('owner');
        await page.context().newCDPSession(page).then((session) => session.send('Network.clearBrowserCache'));
        const first = await weight(page, '/customers');
        t.diagnostic(`first visit ${first} bytes`);
        assert.ok(first > 10000 && first <= 180000, `first visit: ${first} bytes`);
        await page.goto('/customers?q=10006');
        const customer = await page.locator('tbody a[data-row]').first().getAttribute('href');
        for (const path of ['/', '/ladder', '/customers', '/prospects', customer]) {
                const later = await weight(page, path);
                t.diagnostic(`${path} ${later} bytes`);
                assert.ok(later > 0 && later <= 40000, `${path}: ${later} bytes`);
        }
        await page.context().close();
});
