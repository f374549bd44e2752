/** The page of an email: history, suppressed recipients, and what follows from a bounce. */

import type { Email, Suppression } from '@kraiter/sdk';
import { expect, expectAccessible, test } from '../test.js';

const draft = (to: string | string[]) => ({ from: 'a@example.com', to, subject: 'Hello', text: 'x' });

test('a bounce is explained in a sentence and links to the suppression it caused', async ({
  open,
  organisation,
  context,
}) => {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  const address = 'bounce@simulator.amazonses.com';
  const { id } = await organisation.kraiter.emails.send(draft(address));
  await expect.poll(async () => (await organisation.kraiter.emails.get(id)).status).toBe('bounced');
  // Kraiter doesn't suppress the addresses of the simulator.
  const suppression: Suppression = { address, reason: 'bounce', since: '2026-11-24T12:00:00Z', emailId: id };
  await context.route(`**/v1/suppressions/${encodeURIComponent(address)}`, (route) =>
    route.fulfill({ json: suppression }),
  );
  await context.route('**/v1/suppressions?*', (route) =>
    route.fulfill({ json: { data: [suppression], nextCursor: null } }),
  );
  const page = await open(`/activity/${id}`);
  const history = page.getByRole('region', { name: 'Delivery history' });
  await expect(history).toContainText('The recipient’s mail server refused the email for good.');
  await expect(history).toContainText(`Kraiter no longer sends to ${address}.`);
  await expectAccessible(page);
  await history.getByRole('link', { name: address }).click();
  await expect(page.getByLabel('Search')).toHaveValue(address);
  const rows = page.getByRole('list', { name: 'Suppressed addresses' }).getByRole('listitem');
  await expect(rows).toHaveText([/bounce@simulator\.amazonses\.com\s*Bounced/]);

  // A suppression that another email caused isn't attributed to this one.
  suppression.emailId = `${id}0`;
  const read = page.waitForResponse('**/v1/suppressions/*');
  await page.goto(`/activity/${id}`);
  await read;
  await expect(history).toContainText('The recipient’s mail server refused the email for good.');
  await expect(history).not.toContainText('Kraiter no longer sends');
});

test('recipients that were left out because they are suppressed are listed', async ({ open, organisation }) => {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  await organisation.kraiter.suppressions.create({ address: 'ada@example.org', reason: 'complaint' });
  const { id } = await organisation.kraiter.emails.send(
    draft(['success@simulator.amazonses.com', 'Ada <ada@example.org>']),
  );
  const page = await open(`/activity/${id}`);
  const details = page.getByRole('region', { name: 'Details' });
  await expect(details).toContainText(/Not sent to, because suppressed\s*ada@example\.org Marked as spam/);
  await details.getByRole('link', { name: 'ada@example.org' }).click();
  const rows = page.getByRole('list', { name: 'Suppressed addresses' }).getByRole('listitem');
  await expect(rows).toHaveText([/ada@example\.org/]);
});

test('every step of the history is shown in order, with its reason', async ({ open, organisation, context }) => {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  const { id } = await organisation.kraiter.emails.send(draft('success@simulator.amazonses.com'));
  await expect.poll(async () => (await organisation.kraiter.emails.get(id)).status).toBe('delivered');
  const at = (minute: number) => `2026-11-24T12:0${minute}:00Z`;
  const history: Email['history'] = [
    { at: at(1), step: 'queued', code: 'rate' },
    { at: at(2), step: 'queued', code: 'TooManyRequestsException' },
    { at: at(3), step: 'unconfirmed', code: 'aws_unreachable' },
    { at: at(5), step: 'retried' },
    { at: at(6), step: 'confirmed' },
    { at: at(7), step: 'gave_up' },
  ];
  const detail = { delayType: 'MailboxFull', expirationTime: at(9), delayedRecipients: [] };
  const events: Email['events'] = [{ at: at(4), type: 'deliveryDelay', recipients: [], detail }];
  await context.route(`**/v1/emails/${id}`, async (route) => {
    const response = await route.fetch();
    return route.fulfill({ response, json: { ...(await response.json()), createdAt: at(0), history, events } });
  });
  const page = await open(`/activity/${id}`);
  const timeline = page.getByRole('region', { name: 'Delivery history' });
  await expect(timeline.locator('.timeline .title')).toHaveText([
    'Accepted by Kraiter',
    'Queued',
    'Queued',
    'Unconfirmed',
    'Delivery delayed',
    'Sent again',
    'Confirmed',
    'Gave up',
  ]);
  await expect(timeline).toContainText('The account’s send rate is used up for the moment.');
  await expect(timeline).toContainText('TooManyRequestsException');
  await expectAccessible(page);
});
