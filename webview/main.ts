import * as z from 'zod';
import { setStrings } from './l10n.ts';
import { listen, post } from './messages.ts';
import { Page } from './page.ts';
import './style.css';
import { registerComponents } from './toolkit.ts';

// Compiled validators would need `unsafe-eval`, which the page's policy does not give.
z.config({ jitless: true });
registerComponents();
let page: Page | undefined;
listen(message => {
  if (message.type === 'strings') {
    setStrings(message.strings, message.locale);
    const root = document.getElementById('page');
    if (root !== null) page = new Page(root);
  } else page?.receive(message);
}, document.getElementById('first')?.textContent ?? '[]');
post({ type: 'ready' });
