// SPDX-License-Identifier: AGPL-3.0-or-later
//
// dialogs.js: search and help open over the page where the browser can, and are pages of their own where it cannot:
// <a href="/search" data-dialog="search">. Menus (<details>) close when somebody looks elsewhere.
function open(name) {
        const dialog = document.getElementById(name);
        if (!dialog || !dialog.showModal)
                return false;
        if (!dialog.open)
                dialog.showModal();
        dialog.querySelector('input[type="search"]')?.select();
        return true;
}

export function openSearch() {
        return open('search');
}

export function dialogs() {
        document.addEventListener('click', (event) => {
                const opener = event.target.closest('[data-dialog]');
                if (opener && !event.ctrlKey && !event.metaKey && open(opener.dataset.dialog))
                        event.preventDefault();
                if (event.target.closest('[data-close]') || event.target.nodeName === 'DIALOG')
                        event.target.closest('dialog')?.close();
                for (const menu of document.querySelectorAll('details.menu[open]'))
                        if (!menu.contains(event.target))
                                menu.open = false;
        });
        document.addEventListener('keydown', (event) => {
                if (event.key !== 'Escape')
                        return;
                for (const menu of document.querySelectorAll('details.menu[open]')) {
                        menu.open = false;
                        menu.querySelector('summary').focus();
                }
        });
        // A filter takes effect when it is chosen; without a script there is a button.
        document.addEventListener('change', (event) => {
                if (event.target.matches('[data-submit]'))
                        event.target.form.requestSubmit();
        });
        for (const button of document.querySelectorAll('[data-print]')) {
                button.hidden = false;
                button.addEventListener('click', () => window.print());
        }
}
