/** The content of an email on its page, and sending it again. */

import { expect, expectAccessible, THEMES, test } from '../test.js';

const PIXEL = 'https://images.example.net/pixel.png';
const HTML = `
  <h1>Your order</h1>
  <img src="${PIXEL}" alt="Logo">
  <img src="data:," onerror="parent.broken = true">
  <script>parent.broken = true</script>`;

for (const colorScheme of THEMES)
  test(`the content is shown without scripts, and remote images only on request (${colorScheme})`, async ({
    open,
    organisation,
    context,
    pageErrors,
  }) => {
    const images: string[] = [];
    await context.route('https://images.example.net/**', (route) => {
      images.push(route.request().url());
      return route.fulfill({ contentType: 'image/png', body: Buffer.alloc(0) });
    });
    await organisation.connect();
    await organisation.verifiedIdentity('example.com');
    const { id } = await organisation.kraiter.emails.send({
      from: 'shop@example.com',
      to: 'success@simulator.amazonses.com',
      subject: 'Your order',
      html: HTML,
      scheduledAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
    const page = await open(`/activity/${id}`);
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 390, height: 900 });
    const content = page.getByRole('region', { name: 'Content' });
    const frame = content.frameLocator('iframe');
    await expect(frame.getByRole('heading', { name: 'Your order' })).toBeVisible();
    await expectAccessible(page);
    expect(images).toEqual([]);
    await content.getByRole('button', { name: 'Load remote images' }).click();
    await expect.poll(() => images).toEqual([PIXEL]);
    expect(await page.evaluate(() => 'broken' in window)).toBe(false);
    // The browser logs each blocked action.
    expect(pageErrors.filter((text) => !/sandbox|Content Security Policy/i.test(text))).toEqual([]);
    pageErrors.length = 0;
  });

test('an email is sent again with its content as long as that is stored', async ({ open, organisation }) => {
  await organisation.connect();
  await organisation.verifiedIdentity('example.com');
  const { id } = await organisation.kraiter.emails.send({
    from: 'shop@example.com',
    to: 'success@simulator.amazonses.com',
    subject: 'Your order',
    text: 'It is on its way.',
    scheduledAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  const page = await open(`/activity/${id}`);
  await page.getByRole('link', { name: 'Resend as new…' }).click();
  await expect(page.getByLabel('To', { exact: true })).toHaveValue('success@simulator.amazonses.com');
  await expect(page.getByLabel('Subject')).toHaveValue('Your order');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page).toHaveURL(/\/activity\/(?!new)/);
  await expect.poll(async () => (await organisation.kraiter.emails.list()).data.length).toBe(2);
  const [copy] = (await organisation.kraiter.emails.list()).data;
  expect(copy).toMatchObject({ subject: 'Your order', from: 'shop@example.com' });
  expect(copy?.id).not.toBe(id);

  // The copy has been sent, so its content is deleted.
  await expect.poll(async () => (await organisation.kraiter.emails.get(copy?.id ?? '')).status).toBe('delivered');
  await page.goto(`/activity/${copy?.id}`);
  await expect(page.getByRole('region', { name: 'Content' })).toContainText('Kraiter deletes the content');
});
