import { expect, test } from '../test.js';
import { setting } from '../test-env.js';

test('the page shows the queue, bounces and complaints, and permissions', async ({ open, organisation }) => {
  await organisation.connect(setting('KRAITER_SANDBOX_ACCOUNT'));
  await organisation.verifiedIdentity('example.com');
  await organisation.kraiter.emails.send({
    from: 'a@example.com',
    to: 'success@simulator.amazonses.com',
    subject: 'Hello',
    text: 'x',
  });
  const page = await open('/sending');
  const queue = page.getByRole('region', { name: 'Queue' });
  await expect(queue.getByRole('region', { name: 'eu-west-1' })).toContainText('Recipients in the last 24 hours');
  await expect(queue).toContainText('Queued');
  await expect(page.getByRole('region', { name: 'Bounces and complaints' })).toContainText(
    'Emails to the SES mailbox simulator aren’t counted',
  );

  const role = page.getByRole('region', { name: 'Role permissions' });
  await role.getByRole('button', { name: 'Check permissions' }).click();
  await expect(role.getByRole('listitem')).toHaveCount(12);
  await expect(role.getByRole('listitem').filter({ hasText: 'ses:SendEmail' })).toContainText('Allowed');
  await expect(role.getByText('Missing')).toBeHidden();
  await expect(role.getByRole('button', { name: 'Check again' })).toBeFocused();
});

test('a high bounce rate is described in words and not only by colour', async ({ page, open, organisation }) => {
  await organisation.connect();
  await page.route('**/v1/reputation', (route) =>
    route.fulfill({
      json: {
        days: 7,
        regions: [
          {
            region: 'eu-west-1',
            sent: 12_345,
            bounces: { count: 700, rate: 0.0567, level: 'review', reviewAt: 0.05, pauseAt: 0.1 },
            complaints: { count: 2, rate: 0.00016, level: 'too_few', reviewAt: 0.001, pauseAt: 0.005 },
          },
        ],
      },
    }),
  );
  await open('/sending');
  const rates = page.getByRole('region', { name: 'Bounces and complaints' });
  await expect(rates).toContainText(/Bounces\s*AWS may review your account/);
  await expect(rates).toContainText('5.7%');
  await expect(rates).toContainText(/Complaints\s*Not enough data/);
});
