import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyWebhook } from '@kraiter/sdk';
import type { Page } from '@playwright/test';
import { test as base, expect, expectAccessible, expectNoSidewaysScroll, THEMES } from '../test.js';

/** A server of the customer's. */
interface Receiver {
  url: string;
  /** The status that it responds with. */
  status: number;
  requests: { headers: Headers; body: string }[];
}

const test = base.extend<{ receiver: Receiver }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from this pattern.
  receiver: async ({}, use) => {
    const receiver: Receiver = { url: '', status: 200, requests: [] };
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
        receiver.requests.push({ headers, body });
        response.writeHead(receiver.status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    await use(receiver);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  },
});

/** Creates an endpoint in the browser and returns its secret. */
async function createEndpoint(page: Page, url: string): Promise<string> {
  await page.getByLabel('Endpoint URL').fill(url);
  await page.getByRole('button', { name: 'Create endpoint' }).click();
  await expect(page.getByText('Copy the signing secret now.')).toBeVisible();
  return (await page.getByText(/^whsec_/).textContent()) ?? '';
}

test('an endpoint is created, tested, disabled, enabled and deleted', async ({ open, organisation, receiver }) => {
  const page = await open('/webhooks');
  const url = page.getByLabel('Endpoint URL');
  await url.fill('https://10.0.0.1/');
  await page.getByRole('button', { name: 'Create endpoint' }).click();
  await expect(url).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByText(/its host must be public/)).toBeVisible();
  await page.getByRole('checkbox', { name: 'email.opened' }).uncheck();
  const secret = await createEndpoint(page, receiver.url);
  const endpoint = page.getByRole('region', { name: receiver.url });
  await expect(endpoint).toContainText('Enabled');
  expect((await organisation.kraiter.webhooks.list()).data[0]?.events).not.toContain('email.opened');

  await endpoint.getByRole('button', { name: 'Send test event' }).click();
  await expect(endpoint.getByText('Test event accepted')).toBeVisible();
  const [request] = receiver.requests;
  const event = await verifyWebhook(request?.body ?? '', request?.headers ?? new Headers(), secret);
  expect(event.type).toBe('webhook.test');
  receiver.status = 500;
  await endpoint.getByRole('button', { name: 'Send test event' }).click();
  await expect(endpoint.getByText(/HTTP 500/)).toBeVisible();

  await endpoint.getByRole('button', { name: 'Disable', exact: true }).click();
  await expect(endpoint.getByText('You disabled this endpoint.')).toBeVisible();
  await endpoint.getByRole('button', { name: 'Enable', exact: true }).click();
  await expect(endpoint.getByText('You disabled this endpoint.')).toBeHidden();

  // The secret is shown once.
  await page.reload();
  await expect(endpoint).toBeVisible();
  await expect(page.getByText(/^whsec_/)).toBeHidden();
  await endpoint.getByRole('button', { name: /^Replace secret of/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Replace secret' }).click();
  await expect(endpoint.getByText('Copy the new secret now.')).toBeVisible();
  expect(await endpoint.getByText(/^whsec_/).textContent()).not.toBe(secret);

  await endpoint.getByRole('button', { name: /^Delete/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete endpoint' }).click();
  await expect(endpoint).toBeHidden();
  expect((await organisation.kraiter.webhooks.list()).data).toEqual([]);
});

for (const colorScheme of THEMES) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test(`deliveries are listed and replayed in the ${colorScheme} theme`, async ({ open, organisation, receiver }) => {
      test.slow();
      const page = await open('/webhooks');
      await expect(page.getByLabel('Endpoint URL')).toBeVisible();
      await expectAccessible(page);
      await createEndpoint(page, receiver.url);
      await organisation.connect();
      await expect.poll(() => receiver.requests.length).toBe(1);
      const endpoint = page.getByRole('region', { name: receiver.url });
      await endpoint.getByRole('button', { name: 'Show deliveries' }).click();
      const rows = endpoint.getByRole('list', { name: 'Deliveries' }).getByRole('listitem');
      await expect(rows).toHaveText([/Delivered.*connection\.connected.*1 attempt · HTTP 200/]);
      await rows.getByText('Request body').click();
      await expect(rows.getByText('"type": "connection.connected"')).toBeVisible();
      await rows.getByRole('button', { name: /^Replay/ }).click();
      await expect.poll(() => receiver.requests.length).toBe(2);
      expect(receiver.requests[1]?.headers.get('webhook-id')).toBe(receiver.requests[0]?.headers.get('webhook-id'));
      await endpoint.getByLabel('Replay all events since').fill('2026-01-01T00:00');
      await endpoint.getByRole('button', { name: 'Replay events' }).click();
      await expect.poll(() => receiver.requests.length).toBe(3);

      await expectAccessible(page);
      for (const width of [390, 768, 1280, 2560]) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoSidewaysScroll(page);
      }
      await page.setViewportSize({ width: 390, height: 844 });
      await expectAccessible(page);
      receiver.status = 410;
      await rows.getByRole('button', { name: /^Replay/ }).click();
      await page.reload();
      await expect(endpoint.getByText('responded with 410 (Gone)')).toBeVisible();
      await expectAccessible(page);
    });
  });
}
