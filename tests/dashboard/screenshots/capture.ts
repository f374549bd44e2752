/** Pictures of whole pages. */

import { fileURLToPath } from 'node:url';

import type { Page } from '@playwright/test';

import { type THEMES, test } from '../test.js';

export const DESK = { width: 1200, height: 860 };
export const PHONE = { width: 390, height: 860 };

type Theme = (typeof THEMES)[number];

/** Returns the path of a picture of the documentation. */
export const pathOf = (name: string, theme: Theme) =>
  fileURLToPath(new URL(`../../../docs/screenshots/${name}-${theme}.png`, import.meta.url));

/** Saves a picture of the page. */
export async function capture(page: Page, path: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path, animations: 'disabled', fullPage: true });
}

/** Saves a picture of the page for the documentation, and one on a phone in the test's results. */
export async function captureBoth(page: Page, name: string, theme: Theme): Promise<void> {
  await capture(page, pathOf(name, theme));
  await page.setViewportSize(PHONE);
  await capture(page, test.info().outputPath(`${name}-${theme}-narrow.png`));
  await page.setViewportSize(DESK);
}
