import type { ComponentChildren } from 'preact';
import { useLocation } from 'preact-iso';

import { summary } from './connection/summary';
import { useConnection } from './connection/use-connection';
import { Action } from './parts/action';
import { Logo } from './parts/icon';
import { OfflineBanner } from './parts/offline';
import { useSession } from './session';

const PAGES = [
  { href: '/identities', name: 'Identities' },
  { href: '/activity', name: 'Activity' },
  { href: '/sending', name: 'Sending' },
  { href: '/suppressions', name: 'Suppressed' },
  { href: '/templates', name: 'Templates' },
  { href: '/send', name: 'Send a test' },
  { href: '/keys', name: 'API keys' },
];

/** What stands around every page: the way to the others, the connection at a glance, the way out. */
export function Layout({ children }: { children: ComponentChildren }) {
  const { path } = useLocation();
  const session = useSession();
  const { state } = useConnection();
  const { tone, word } = summary(state);
  const current = path === '/' ? '/identities' : path;
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <div class="bar">
          <a class="brand" href="/identities">
            <Logo /> Kraiter
          </a>
          <nav aria-label="Pages">
            <ul>
              {PAGES.map(({ href, name }) => (
                <li key={href}>
                  <a
                    href={href}
                    aria-current={current === href ? 'page' : current.startsWith(`${href}/`) ? 'true' : undefined}
                  >
                    {name}
                    {href === '/identities' && (
                      <span class={`dot ${tone}`} title={`AWS connection: ${word}`} aria-hidden="true" />
                    )}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <div class="who">
            <span class="organisation" title={session.organisation?.id}>
              {session.organisation?.name}
            </span>
            <Action class="quiet small" run={session.signOut} busy="Signing out…">
              Sign out
            </Action>
          </div>
        </div>
      </header>
      <OfflineBanner />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
