// SPDX-License-Identifier: AGPL-3.0-or-later
//
// keyboard.js: "/" searches; in lists the arrows go from row to row, Home and End to the first and last.
import { openSearch } from './dialogs.js';

function writing(target) {
        return target.isContentEditable || target.matches('input:not([type="checkbox"], [type="radio"]), textarea, select');
}

// Rows with a link of their own, in the list the focus is in; from the search field down into what was found.
function links(target) {
        const list = target.closest('[data-list]');
        return list ? [...list.querySelectorAll('[data-row]')].filter((link) => link.getClientRects().length) : [];
}

function next(rows, target, key) {
        const here = rows.indexOf(target.closest('[data-row]'));
        if (key === 'Home' && here >= 0)
                return rows[0];
        if (key === 'End' && here >= 0)
                return rows[rows.length - 1];
        if (key === 'ArrowDown')
                return rows[Math.min(here + 1, rows.length - 1)];
        if (key === 'ArrowUp' && here >= 0)
                return here > 0 ? rows[here - 1] : target.closest('[data-list]').querySelector('input[type="search"]');
        return null;
}

export function keyboard() {
        document.addEventListener('keydown', (event) => {
                if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented)
                        return;
                if (event.key === '/' && !writing(event.target)) {
                        if (openSearch())
                                event.preventDefault();
                        return;
                }
                if (writing(event.target) && !event.target.matches('input[type="search"]'))
                        return;
                const to = next(links(event.target), event.target, event.key);
                if (to) {
                        to.focus();
                        event.preventDefault();
                }
        });
}
