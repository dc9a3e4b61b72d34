// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is written by hand about customers, with the demo company: a rep reports a visit on a phone in a few steps
// and takes it back; every form can be read by day and by night, on a phone and on a desk, in both languages.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, close, LOOKS, nameOf, open, reader } from './browser.mjs';
import { Treue } from './treue.mjs';

const FORMS = ['visits/new', 'visits/plan', 'contacts/new', 'potentials'];
let treue;

before(async () => {
        await open();
        treue = await Treue.demo();
        await treue.user('owner', 'owner', 'Olga Wagner');
        await treue.serve();
});
after(async () => {
        await close();
        await treue.stop();
});

// Somebody signed in, and the path of a customer.
async function at(look, query = '/customers?q=10006') {
        const page = await reader(treue.base, look);
        await treue.enter(page, 'owner', query);
        const path = new URL(await page.locator('tbody a[data-row]').first().evaluate((link) => link.href)).pathname;
        page.complaints = [];
        return [page, path];
}

test('a visit is reported on a phone, and taken back', async () => {
        const [page, path] = await at({ width: 360 });
        await page.goto(path);
        await page.locator(`a[href="${path}/visits/new"]`).first().click();
        await page.fill('#field-topics', 'Preise und Pumpen');
        await page.fill('#field-next_step', 'Angebot schicken');
        await page.locator('main form button.btn-primary').click();
        await page.waitForURL(`**${path}`);
        assert.match(await page.locator('.timeline-list').first().innerText(), /Preise und Pumpen/);
        await page.locator('.notices form button').click();
        await page.waitForURL(`**${path}`);
        assert.doesNotMatch(await page.locator('main').innerText(), /Preise und Pumpen/);
        assert.deepEqual(page.complaints, []);
        await page.context().close();
});

for (const look of LOOKS)
        test(`the forms, ${nameOf(look)}`, async () => {
                const [page, path] = await at(look);
                for (const form of FORMS) {
                        assert.equal((await page.goto(`${path}/${form}`)).status(), 200, form);
                        await check(page, `entry-${form.replace('/', '-')}`);
                }
                for (const other of ['/prospects/new', '/visits', '/products']) {
                        assert.equal((await page.goto(other)).status(), 200, other);
                        await check(page, `entry${other.replaceAll('/', '-')}`);
                }
                await page.goto('/prospects');
                const prospect = await page.locator('tbody a[data-row]').first().getAttribute('href');
                for (const form of ['stage', 'conversion']) {
                        assert.equal((await page.goto(`${prospect}/${form}`)).status(), 200, form);
                        await check(page, `entry-${form}`);
                }
                await page.context().close();
        });
