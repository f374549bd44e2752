import { expect, test } from '../test.js';

/** Formats a time for a datetime field: in the browser's time zone, to the minute. */
const local = (at: Date) => new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

test('a scheduled email is listed, and can be moved and cancelled', async ({ open, organisation }) => {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  const page = await open('/send');
  await page.getByLabel('To', { exact: true }).fill('success@simulator.amazonses.com');
  const time = page.getByLabel('Send at');
  await time.fill('2020-01-01T12:00');
  await page.getByRole('button', { name: 'Schedule' }).click();
  await expect(time).toHaveAccessibleDescription(/The scheduled time is in the past/);
  await expect(time).toBeFocused();
  await time.fill(local(new Date(Date.now() + 86_400_000)));
  await page.getByRole('button', { name: 'Schedule' }).click();

  const history = page.getByRole('region', { name: 'Delivery history' });
  await expect(history.getByText('Scheduled to be sent')).toBeVisible();
  await expect(page.getByText('Will be sent at the scheduled time.')).toBeVisible();
  await page.getByRole('link', { name: 'Activity' }).last().click();
  await page.getByRole('link', { name: 'Scheduled', exact: true }).click();
  const rows = page.getByRole('main').getByRole('listitem');
  await expect(rows).toHaveText([/Scheduled.*tomorrow|Scheduled.*in \d+ hours/]);
  await rows.getByRole('link').click();

  const otherTime = page.getByLabel('Send at another time');
  await otherTime.fill('2020-01-01T12:00');
  await page.getByRole('button', { name: 'Move email' }).click();
  await expect(otherTime).toHaveAccessibleDescription(/The scheduled time is in the past/);
  const later = local(new Date(Date.now() + 3 * 86_400_000));
  await otherTime.fill(later);
  await page.getByRole('button', { name: 'Move email' }).click();
  await expect(history.getByText('Moved to another time')).toBeVisible();
  const [moved] = (await organisation.kraiter.emails.list({ status: 'scheduled' })).data;
  const expected = await page.evaluate((text) => new Date(text).getTime(), later);
  expect(moved?.scheduledAt && Date.parse(moved.scheduledAt)).toBe(expected);

  await page.getByRole('button', { name: 'Cancel email…' }).click();
  await page.getByRole('button', { name: 'Keep email' }).click();
  await expect(history.getByText('Scheduled to be sent')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel email…' }).click();
  await page.getByRole('button', { name: 'Cancel email', exact: true }).click();
  await expect(page.getByText('Cancelled before it was sent.')).toBeVisible();
  await expect(history.getByText('Cancelled')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Cancel email…' })).toBeHidden();
  expect((await organisation.kraiter.emails.list({ status: 'scheduled' })).data).toEqual([]);
});
