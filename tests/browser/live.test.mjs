// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What pages do while somebody is on them, with the demo company: a session that ends while a form is written loses nothing
// of it (drafts.js) and leads back to the form's page, a job's part follows its stream and lets go of it while nobody looks
// (events.js), and every link that a role is shown leads somewhere.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { close, open, reader } from './browser.mjs';
import { STAFF, Treue } from './treue.mjs';

const CONTACT = 'karin@kunde.example';
const ALIKE = 2; // so many links of one kind (that differ in numbers and values only) are followed for each role
let treue;

before(async () => {
        await open();
        treue = await Treue.demo();
        for (const one of STAFF)
                await treue.user(...one);
        await treue.serve('--files-per-minute', '10000'); // every list is taken along, again and again
});
after(async () => {
        await close();
        await treue?.stop();
});

async function as(login, look) {
        const page = await reader(treue.base, look);
        await treue.enter(page, login);
        page.complaints.length = 0;
        return page;
}

async function customer(page, number) {
        await page.goto(`/customers?q=${number}`);
        return page.locator('tbody a[data-row]').first().evaluate((link) => link.pathname);
}

test('a session ends while a visit is written: after signing in everything typed is there, and goes once it is sent', async () => {
        const page = await as('owner', { width: 360 });
        const address = await customer(page, '10006');
        await page.goto(`${address}/visits/new`);
        await page.fill('#field-topics', 'Zwei Stunden über Pumpen');
        await page.fill('#field-next_step', 'Muster bringen');
        await page.context().clearCookies();
        await page.locator('main form[data-draft] button.btn-primary').click();
        await page.waitForURL('**/sign-in**');
        await page.fill('#login', 'owner');
        await page.fill('#password', treue.password('owner'));
        await page.locator('main form button.btn-primary').click();
        await page.waitForURL(`**${address}/visits/new`);
        assert.equal(await page.inputValue('#field-topics'), 'Zwei Stunden über Pumpen');
        assert.equal(await page.inputValue('#field-next_step'), 'Muster bringen');
        page.complaints.length = 0; // the browser may note the answer to whoever is nobody
        await page.locator('main form[data-draft] button.btn-primary').click();
        await page.waitForURL(`**${address}`);
        assert.match(await page.locator('.timeline-list').first().innerText(), /Zwei Stunden über Pumpen/);
        await page.goto(`${address}/visits/new`);
        assert.equal(await page.inputValue('#field-topics'), '', 'a visit that was reported is no draft any more');
        assert.deepEqual(page.complaints, []);
        await page.context().close();
});

test('a form whose address is no page: after signing in, and by a reload, its page is there again', async () => {
        const page = await as('owner', { width: 360 });
        await page.goto('/concepts');
        const address = await page.locator('main a[href^="/concepts/"]').first().evaluate((link) => link.pathname);
        await page.goto(address);
        const send = () => page.locator(`main form[action="${address}/simulate"] button`).first().click();
        await page.context().clearCookies();
        await send();
        await page.waitForURL('**/sign-in**');
        await page.fill('#login', 'owner');
        await page.fill('#password', treue.password('owner'));
        await page.locator('main form button.btn-primary').click();
        await page.waitForURL((url) => url.pathname === address);
        assert.equal(await page.locator(`main form[action="${address}/simulate"]`).count() > 0, true, 'the form is there');
        const answer = await page.goto(`${address}/simulate`);
        assert.deepEqual([answer.status(), new URL(page.url()).pathname], [200, address], 'typed, or from a bookmark');
        page.complaints.length = 0; // the browser may note the answer to whoever was nobody
        await send();
        await page.waitForURL('**/simulations/**');
        assert.deepEqual(page.complaints, []);
        await page.context().close();
});

// A stream whose events the test sends, as a real job is over before anybody could look.
function streams() {
        window.streams = [];
        window.EventSource = class extends EventTarget {
                constructor(address) {
                        super();
                        this.address = address;
                        this.isOpen = true;
                        window.streams.push(this);
                }

                close() {
                        this.isOpen = false;
                }
        };
        window.tell = (ended) => {
                for (const stream of window.streams.filter((one) => one.isOpen))
                        stream.dispatchEvent(new MessageEvent('job.77', { data: JSON.stringify({ ended }) }));
        };
        window.show = (shown) => {
                Object.defineProperty(document, 'hidden', { configurable: true, value: !shown });
                document.dispatchEvent(new Event('visibilitychange'));
        };
}

test('a job on a page follows its one stream, lets go of it while nobody looks, and the page comes again at the end', async () => {
        const page = await as('owner');
        await page.goto('/jobs');
        let asked = 0;
        const part = () => `<div class="job" id="job-77" data-follow="/jobs/77/events" data-part="/jobs/77" data-topic="job.77">`
                + `<b>${asked} %</b></div>`;
        await page.route('**/jobs/77', async (route) => {
                asked++;
                await route.fulfill({ contentType: 'text/html', body: `<html><body>${part()}</body></html>` });
        });
        let visits = 0;
        await page.route('**/jobs', async (route) => {
                const answer = await route.fetch();
                const body = (await answer.text()).replace('</main>', `${visits++ ? '<p id="again">x</p>' : part()}</main>`);
                await route.fulfill({ response: answer, body });
        });
        await page.addInitScript(streams);
        await page.goto('/jobs');
        const open = () => page.evaluate(() => window.streams.filter((one) => one.isOpen).length);
        assert.deepEqual(await page.evaluate(() => window.streams.map((one) => one.address)), ['/jobs/77/events']);
        for (const percent of [1, 2, 3]) {
                await page.evaluate(() => window.tell(false));
                await page.locator('#job-77 b', { hasText: `${percent} %` }).waitFor({ timeout: 5000 });
        }
        assert.equal(await page.evaluate(() => window.streams.length), 1, 'one stream however often the part came');
        await page.evaluate(() => window.show(false));
        assert.equal(await open(), 0, 'closed while nobody looks');
        await page.evaluate(() => window.show(true));
        assert.equal(await open(), 1);
        assert.equal(await page.evaluate(() => window.streams.length), 2);
        await page.evaluate(() => window.tell(true));
        await page.locator('#again').waitFor({ state: 'attached', timeout: 5000 });
        assert.deepEqual(page.complaints, []);
        await page.context().close();
});

test('a job that ended before its stream was open brings its page again, too', async () => {
        const page = await as('owner');
        const part = (follow) => `<div class="job" id="job-77" data-part="/jobs/77" data-topic="job.77"${follow}>x</div>`;
        await page.route('**/jobs/77', (route) => route.fulfill({ contentType: 'text/html',
                body: `<html><body>${part('')}</body></html>` }));
        let visits = 0;
        await page.route('**/jobs', async (route) => {
                const answer = await route.fetch();
                const more = visits++ ? '<p id="again">x</p>' : part(' data-follow="/jobs/77/events"');
                await route.fulfill({ response: answer, body: (await answer.text()).replace('</main>', `${more}</main>`) });
        });
        await page.addInitScript(streams);
        await page.goto('/jobs');
        await page.evaluate(() => window.streams[0].dispatchEvent(new Event('open')));
        await page.locator('#again').waitFor({ state: 'attached', timeout: 5000 });
        assert.deepEqual(page.complaints, []);
        await page.context().close();
});

// Links that lead to the same page with other numbers are of one kind.
function kindOf(link) {
        return `${link.pathname.replace(/\d+/g, '#')}?${[...link.searchParams.keys()].sort().join('&')}`;
}

async function follow(page, login) {
        const seen = new Set(), kinds = new Map(), broken = [];
        const waiting = [[new URL(page.url()).pathname, '']];
        while (waiting.length) {
                const [address, from] = waiting.shift();
                const answer = await page.request.get(address);
                const where = new URL(answer.url());
                if (answer.status() >= 400 || where.pathname === '/sign-in')
                        broken.push(`${login}: ${from} -> ${address}: ${answer.status()} ${where.pathname}`);
                if (!answer.headers()['content-type']?.startsWith('text/html'))
                        continue;
                for (const [, href] of (await answer.text()).matchAll(/<a\b[^>]*?\shref="([^"]*)"/g)) {
                        const link = new URL(href.replaceAll('&amp;', '&'), where);
                        const one = link.pathname + link.search;
                        if (link.origin !== where.origin || seen.has(one))
                                continue;
                        seen.add(one);
                        const kind = kindOf(link), count = kinds.get(kind) ?? 0;
                        kinds.set(kind, count + 1);
                        if (count < ALIKE)
                                waiting.push([one, address]);
                }
        }
        return { broken, kinds: kinds.size };
}

test('every kind of link that a role is shown leads somewhere', async (t) => {
        const rep = await as('rep');
        const address = await customer(rep, '');
        await rep.goto(`${address}/access`);
        await rep.fill('#name', 'Karin Kundin');
        await rep.fill('#email', CONTACT);
        await rep.selectOption('#role', 'main_contact');
        await rep.locator('main form button.btn-primary').click();
        treue.links.set(CONTACT, /\/link\/[A-Za-z0-9_-]{27}/.exec(await rep.locator('main code').textContent())[0]);
        await rep.context().close();
        const broken = [];
        for (const login of [...STAFF.map(([one]) => one), CONTACT]) {
                const page = await as(login);
                const found = await follow(page, login);
                t.diagnostic(`${login}: ${found.kinds} kinds of links`);
                assert.ok(found.kinds >= 3, `${login}: only ${found.kinds} kinds of links`);
                broken.push(...found.broken);
                await page.context().close();
        }
        assert.deepEqual(broken, []);
});
