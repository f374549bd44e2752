import './style/index.css';

import { render } from 'preact';

import { App } from './app';
import { applyTheme, storedTheme } from './theme';

applyTheme(storedTheme());

const NO_SUCH_PAGE = '/docs/404';

const root = document.getElementById('app');
const { pathname } = window.location;
// The dashboard is served in place of a page of the documentation that doesn't exist.
if (pathname.startsWith('/docs/') && pathname !== NO_SUCH_PAGE) window.location.replace(NO_SUCH_PAGE);
else if (root) render(<App />, root);
