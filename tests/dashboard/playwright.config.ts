import { defineConfig } from '@playwright/test';

import { setting } from './lab.js';

/** The browser is the system's own; these keep it from looking for what isn't there. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const isRoot = process.getuid?.() === 0;

export default defineConfig({
  outputDir: setting('KRAITER_TEST_RESULTS'),
  reporter: 'list',
  forbidOnly: true,
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  // A connection takes a few seconds from the stack's end on; two cores may be busy with something else.
  expect: { timeout: 20_000 },
  use: {
    baseURL: setting('KRAITER_URL'),
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1280, height: 900 },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: setting('KRAITER_CHROMIUM'),
      args: [...QUIET, ...(isRoot ? ['--no-sandbox'] : [])],
    },
  },
  projects: [
    { name: 'tests', testDir: 'specs' },
    { name: 'screenshots', testDir: 'screenshots' },
  ],
});
