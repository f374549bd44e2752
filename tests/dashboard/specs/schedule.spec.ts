import { expect, test } from '../test.js';

/** What a field for a time takes: the browser's own zone, to the minute. */
const local = (at: Date) => new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

test('an email for later is listed by itself, and can be cancelled', async ({ open, organisation }) => {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  const page = await open('/send');
  await page.getByLabel('To', { exact: true }).fill('success@simulator.amazonses.com');
  const time = page.getByLabel('Send at');
  await time.fill('2020-01-01T12:00');
  await page.getByRole('button', { name: 'Schedule' }).click();
  await expect(time).toHaveAccessibleDescription(/The time is over/);
  await expect(time).toBeFocused();
  await time.fill(local(new Date(Date.now() + 86_400_000)));
  await page.getByRole('button', { name: 'Schedule' }).click();

  const story = page.getByRole('region', { name: 'What happened' });
  await expect(story.getByText('To be sent')).toBeVisible();
  await expect(page.getByText('It is sent at its time.')).toBeVisible();
  await page.getByRole('link', { name: 'Activity' }).last().click();
  await page.getByRole('link', { name: 'Scheduled', exact: true }).click();
  const rows = page.getByRole('main').getByRole('listitem');
  await expect(rows).toHaveText([/Scheduled.*tomorrow|Scheduled.*in \d+ hours/]);
  await rows.getByRole('link').click();

  await page.getByRole('button', { name: 'Cancel this email' }).click();
  await page.getByRole('button', { name: 'Keep it' }).click();
  await expect(story.getByText('To be sent')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel this email' }).click();
  await page.getByRole('button', { name: 'Cancel the email' }).click();
  await expect(page.getByText('It was taken back before it was sent.')).toBeVisible();
  await expect(story.getByText('Cancelled')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Cancel this email' })).toBeHidden();
  expect((await organisation.kraiter.emails.list({ status: 'scheduled' })).data).toEqual([]);
});
