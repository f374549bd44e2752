import { defineConfig } from '@playwright/test';

import { setting } from './test-env.js';

/** Disables features of the system's browser that the tests don't need. */
const BROWSER_ARGUMENTS = [
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
  // Connecting takes a few seconds after the stack is created, and longer on a busy machine.
  expect: { timeout: 20_000 },
  use: {
    baseURL: setting('KRAITER_URL'),
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1280, height: 900 },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: setting('KRAITER_CHROMIUM'),
      args: [...BROWSER_ARGUMENTS, ...(isRoot ? ['--no-sandbox'] : [])],
    },
  },
  projects: [
    { name: 'tests', testDir: 'specs' },
    { name: 'screenshots', testDir: 'screenshots' },
  ],
});
