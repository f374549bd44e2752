/** The test environment, and actions outside the browser: through the SDK and in the mock AWS console. */

import { Kraiter, type RegionCode } from '@kraiter/sdk';
import { expect } from '@playwright/test';

/** Returns a setting from `cargo xtask dashboard`. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} isn't set: run the tests with \`cargo xtask dashboard\``);
  return value;
}

async function post<Result>(url: string, headers: Record<string, string>, body: unknown): Promise<Result> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} responded with ${response.status}: ${await response.text()}`);
  return response.json() as Promise<Result>;
}

/** An organisation with its API key and an SDK client. */
export class Organisation {
  readonly kraiter: Kraiter;

  private constructor(
    readonly name: string,
    readonly apiKey: string,
  ) {
    this.kraiter = new Kraiter({ baseUrl: setting('KRAITER_URL'), apiKey });
  }

  /** Creates an organisation. */
  static async create(name: string): Promise<Organisation> {
    const authorization = `Bearer ${setting('KRAITER_ADMIN_TOKEN')}`;
    const { apiKey } = await post<{ apiKey: string }>(
      `${setting('KRAITER_URL')}/v1/organisations`,
      { authorization },
      { name },
    );
    return new Organisation(name, apiKey);
  }

  /** Connects an AWS account with the quick-create link, and waits until it is connected. */
  async connect(account = newAccount(), region: RegionCode = 'eu-west-1'): Promise<void> {
    const { quickCreateUrl } = await this.kraiter.awsBinding.connect({ region });
    await createStack(account, quickCreateUrl);
    await expect
      .poll(async () => {
        const { status, eventsActive } = await this.kraiter.awsBinding.get();
        return { status, eventsActive };
      })
      .toEqual({ status: 'connected', eventsActive: true });
  }

  /** Creates a verified identity and returns its ID. */
  async verifiedIdentity(identity: string): Promise<string> {
    const { id } = await this.kraiter.identities.create({ identity });
    await expect.poll(async () => (await this.kraiter.identities.get(id)).verified).toBe(true);
    return id;
  }

  /** Connects an AWS account with a manually created role, without events. */
  async connectManually(account = newAccount(), region: RegionCode = 'eu-west-1'): Promise<void> {
    const { trustPolicy, permissionsPolicy, externalId } = await this.kraiter.awsBinding.connect({ region });
    const roleArn = await putRole(account, 'Manual', trustPolicy, permissionsPolicy);
    await this.kraiter.awsBinding.create({ awsAccountId: account, roleArn, externalId, stackRegion: region });
    await expect.poll(async () => (await this.kraiter.awsBinding.get()).status).toBe('connected');
  }
}

let accounts = 0;

/** Returns an unused AWS account ID. */
export const newAccount = (): string => String(300_000_000_000 + process.pid * 10_000 + accounts++);

/** Sends a request as a page of the mock console. */
function postToConsole<Result>(path: string, body: unknown): Promise<Result> {
  const origin = setting('KRAITER_CONSOLE');
  return post(`${origin}${path}`, { origin }, body);
}

interface QuickCreate {
  region: string;
  templateUrl: string;
  stackName: string;
  parameters: { name: string; value: string }[];
}

/** Creates a stack from a quick-create link. */
async function createStack(account: string, link: string): Promise<void> {
  const { region, templateUrl, stackName, parameters } = await postToConsole<QuickCreate>('/api/quick-create', {
    link,
  });
  const values = parameters.map(({ name, value }) => [name, value]);
  await postToConsole('/api/stacks', {
    account,
    region,
    templateUrl,
    stackName,
    parameters: values,
    acknowledged: true,
    fail: false,
  });
}

/** Creates a role or replaces its policies, and returns its ARN. */
export async function putRole(
  account: string,
  name: string,
  trustPolicy: unknown,
  permissionsPolicy: unknown,
): Promise<string> {
  const role = {
    account,
    name,
    trustPolicy: JSON.stringify(trustPolicy),
    permissionsPolicy: JSON.stringify(permissionsPolicy),
  };
  return (await postToConsole<{ arn: string }>('/api/roles', role)).arn;
}

/** Creates a topic and returns its ARN. */
export async function createTopic(account: string, region: string, name: string): Promise<string> {
  return (await postToConsole<{ arn: string }>('/api/topics', { account, region, name })).arn;
}

/** Subscribes an endpoint to a topic. SNS asks it for confirmation. */
export async function subscribe(topic: string, endpoint: string): Promise<void> {
  await postToConsole('/api/subscriptions', { topic, endpoint });
}

/** Publishes DNS records, replacing those of the same name and type. */
export async function publish(name: string, type: string, values: string[]): Promise<void> {
  const response = await fetch(`${setting('KRAITER_RESOLVER')}/table`, {
    method: 'PUT',
    body: JSON.stringify({ name, type, values }),
  });
  if (!response.ok) throw new Error(`the resolver responded with ${response.status}`);
}
