import { expect, test } from '../test.js';

/** All of an element, whose edges may lie between two pixels. */
const ALL = { ratio: 0.99 };

test('on a phone, the navigation shows the current page', async ({ open }) => {
  const page = await open('/keys');
  const current = page.getByRole('navigation', { name: 'Main' }).locator('[aria-current]');
  await expect(current).toHaveAttribute('href', '/keys');
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(current).toBeInViewport(ALL);
  for (const path of ['/identities', '/keys', '/templates']) {
    await page.goto(path);
    await expect(current).toHaveAttribute('href', path);
    await expect(current).toBeInViewport(ALL);
  }
});

test('tabs stand next to each other', async ({ open }) => {
  const page = await open('/activity');
  const tabs = page.getByRole('navigation', { name: 'Filter emails' }).getByRole('link');
  const [all, scheduled] = await Promise.all([tabs.first().boundingBox(), tabs.last().boundingBox()]);
  if (!all || !scheduled) throw new Error('a tab is hidden');
  expect(scheduled.x - (all.x + all.width)).toBeLessThan(16);
});
