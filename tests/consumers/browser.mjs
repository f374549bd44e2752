import assert from 'node:assert/strict';

import { chromium } from 'playwright-core';

export const launch = () =>
  chromium.launch({
    executablePath: process.env.KRAITER_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });

/** Opens the page and returns the journey's result. Fails if the console has errors. */
export async function journeyIn(browser, url) {
  const page = await browser.newPage();
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(`${error}`));
  try {
    await page.goto(url);
    const result = page.getByText(/^\{.*\}$/);
    const text = await result.textContent({ timeout: 60_000 });
    // The browser logs the responses 404 and 503, which the journey expects.
    assert.deepEqual(
      errors.filter((text) => !/status of (404|503)/.test(text)),
      [],
    );
    return JSON.parse(text ?? '');
  } catch (error) {
    throw new Error(`${url} logged errors: ${errors.join('\n')}`, { cause: error });
  } finally {
    await page.close();
  }
}
