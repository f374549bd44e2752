import { PAGES } from '../pages';

/** Something that the palette opens or does. */
export interface Command {
  name: string;
  group: 'Pages' | 'Actions';
  /** Other words that people look for. */
  keywords: string;
  run: () => void;
}

/** What the palette needs from the page. */
export interface CommandTargets {
  open(href: string): void;
  setTheme(theme: 'system' | 'light' | 'dark'): void;
  copyOrganisationId(): void;
  signOut(): void;
}

/** Returns all commands. */
export function commands({ open, setTheme, copyOrganisationId, signOut }: CommandTargets): Command[] {
  const page = (name: string, href: string, keywords = ''): Command => ({
    name,
    group: 'Pages',
    keywords,
    run: () => open(href),
  });
  const action = (name: string, keywords: string, run: () => void): Command => ({
    name,
    group: 'Actions',
    keywords,
    run,
  });
  return [
    ...PAGES.map(({ name, href }) => page(name, href)),
    page('Scheduled emails', '/activity?status=scheduled', 'activity later'),
    page('Request log', '/logs/requests', 'api logs errors'),
    page('Production access', '/production-access', 'sandbox limits aws'),
    page('Settings', '/settings', 'organisation tracking retention theme'),
    action('Send a test email', 'write compose', () => open('/send')),
    action('New template', 'create', () => open('/templates/new')),
    action('Create an API key', 'token secret new', () => open('/keys')),
    action('Create a webhook endpoint', 'events new', () => open('/webhooks')),
    action('Suppress an address', 'block unsubscribe', () => open('/suppressions')),
    action('Read the documentation', 'help docs guide api reference', () =>
      window.open('/docs/', '_blank', 'noopener'),
    ),
    action('Copy organisation ID', 'clipboard', copyOrganisationId),
    action('Use the light theme', 'appearance colours', () => setTheme('light')),
    action('Use the dark theme', 'appearance colours night', () => setTheme('dark')),
    action('Use the system’s theme', 'appearance colours auto', () => setTheme('system')),
    action('Sign out', 'log out leave', signOut),
  ];
}

/** Returns the commands that contain every word of a query, those whose name starts with it first. */
export function matchingCommands(all: readonly Command[], query: string): Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = all.filter(({ name, keywords }) => {
    const text = `${name} ${keywords}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const startsWith = ({ name }: Command) => words[0] !== undefined && name.toLowerCase().startsWith(words[0]);
  return [...matching.filter(startsWith), ...matching.filter((command) => !startsWith(command))];
}
