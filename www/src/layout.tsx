import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { ActionButton } from './components/action-button';
import { Logo } from './components/icon';
import { NewTab } from './components/new-tab';
import { OfflineBanner } from './components/offline-banner';
import { connectionStatus } from './connection/connection-status';
import { useConnection } from './connection/use-connection';
import { PAGES } from './pages';
import { Palette } from './palette/palette';
import { useSession } from './session';
import { useUnsavedChanges } from './unsaved-changes';

/** The frame of every page: navigation, connection status and sign-out. */
export function Layout({ children }: { children: ComponentChildren }) {
  const { path } = useLocation();
  const session = useSession();
  const { confirmLeave } = useUnsavedChanges();
  const { state } = useConnection();
  const signOut = async () => {
    if (await confirmLeave()) await session.signOut();
  };
  const { tone, label } = connectionStatus(state);
  const current = path === '/' ? '/identities' : path;
  const nav = useRef<HTMLElement>(null);
  // On a narrow screen, the navigation scrolls sideways.
  useLayoutEffect(() => {
    const showCurrent = () =>
      nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
    showCurrent();
    window.addEventListener('resize', showCurrent);
    return () => window.removeEventListener('resize', showCurrent);
  }, [current]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="top">
        <div class="bar">
          <a class="brand" href="/identities">
            <Logo /> Kraiter
          </a>
          <nav aria-label="Main" ref={nav}>
            <ul>
              {PAGES.map(({ href, name }) => (
                <li key={href}>
                  <a
                    href={href}
                    aria-current={current === href ? 'page' : current.startsWith(`${href}/`) ? 'true' : undefined}
                  >
                    {name}
                    {href === '/identities' && (
                      <span class={`dot ${tone}`} title={`AWS connection: ${label}`} aria-hidden="true" />
                    )}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <div class="account">
            <Palette />
            <a
              class="organisation"
              href="/settings"
              title="Settings"
              aria-current={current === '/settings' ? 'page' : undefined}
            >
              {session.organisation?.name}
              <span class="visually-hidden"> (settings)</span>
            </a>
            <a href="/docs/" target="_blank" rel="noreferrer">
              Docs
              <NewTab />
            </a>
            <ActionButton class="quiet small" run={signOut} busy="Signing out…">
              Sign out
            </ActionButton>
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
