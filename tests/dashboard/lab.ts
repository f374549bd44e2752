/** What the tests run against, and what they do there beside the browser: by the package, and as a customer in the AWS console. */

import { Kraiter } from '@kraiter/sdk';
import { expect } from '@playwright/test';

/** A setting that `cargo xtask dashboard` gives. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} isn't set: run the tests by \`cargo xtask dashboard\``);
  return value;
}

async function post<Answer>(url: string, headers: Record<string, string>, body: unknown): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json() as Promise<Answer>;
}

/** An organisation, and its own program beside the dashboard. */
export class Organisation {
  readonly kraiter: Kraiter;

  private constructor(
    readonly name: string,
    readonly apiKey: string,
  ) {
    this.kraiter = new Kraiter({ baseUrl: setting('KRAITER_URL'), apiKey });
  }

  /** A new one. */
  static async create(name: string): Promise<Organisation> {
    const authorization = `Bearer ${setting('KRAITER_ADMIN_TOKEN')}`;
    const { apiKey } = await post<{ apiKey: string }>(
      `${setting('KRAITER_URL')}/v1/organisations`,
      { authorization },
      { name },
    );
    return new Organisation(name, apiKey);
  }

  /** Connects it to an AWS account by the link, as a person does, and waits until it is. */
  async connect(account = newAccount(), region = 'eu-west-1'): Promise<void> {
    const { quickCreateUrl } = await this.kraiter.awsBinding.connect({ region });
    await createStack(account, quickCreateUrl);
    await expect
      .poll(async () => {
        const { status, eventsActive } = await this.kraiter.awsBinding.get();
        return { status, eventsActive };
      })
      .toEqual({ status: 'connected', eventsActive: true });
  }

  /** Makes an identity that is verified; answers its id. */
  async verifiedIdentity(identity: string): Promise<string> {
    const { id } = await this.kraiter.identities.create({ identity });
    await expect.poll(async () => (await this.kraiter.identities.get(id)).verified).toBe(true);
    return id;
  }

  /** Connects it by a role that is made by hand, from which no events come back. */
  async connectByHand(account = newAccount(), region = 'eu-west-1'): Promise<void> {
    const { trustPolicy, permissionsPolicy, externalId } = await this.kraiter.awsBinding.connect({ region });
    const roleArn = await putRole(account, 'ByHand', trustPolicy, permissionsPolicy);
    await this.kraiter.awsBinding.create({ awsAccountId: account, roleArn, externalId, stackRegion: region });
    await expect.poll(async () => (await this.kraiter.awsBinding.get()).status).toBe('connected');
  }
}

let accounts = 0;

/** An AWS account that nobody has used. */
export const newAccount = (): string => String(300_000_000_000 + process.pid * 10_000 + accounts++);

/** What a page of the console posts. */
function inConsole<Answer>(path: string, body: unknown): Promise<Answer> {
  const origin = setting('KRAITER_CONSOLE');
  return post(`${origin}${path}`, { origin }, body);
}

interface QuickCreate {
  region: string;
  templateUrl: string;
  stackName: string;
  parameters: { name: string; value: string }[];
}

/** Follows a quick-create link and presses "Create stack". */
async function createStack(account: string, link: string): Promise<void> {
  const { region, templateUrl, stackName, parameters } = await inConsole<QuickCreate>('/api/quick-create', { link });
  const values = parameters.map(({ name, value }) => [name, value]);
  await inConsole('/api/stacks', {
    account,
    region,
    templateUrl,
    stackName,
    parameters: values,
    acknowledged: true,
    fail: false,
  });
}

/** Makes a role, or gives the one of this name other policies; answers its ARN. */
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
  return (await inConsole<{ arn: string }>('/api/roles', role)).arn;
}

/** Makes a topic; answers its ARN. */
export async function createTopic(account: string, region: string, name: string): Promise<string> {
  return (await inConsole<{ arn: string }>('/api/topics', { account, region, name })).arn;
}

/** Subscribes an address to a topic: SNS asks it for confirmation. */
export async function subscribe(topic: string, endpoint: string): Promise<void> {
  await inConsole('/api/subscriptions', { topic, endpoint });
}

/** Puts a record into DNS, in the place of those of its name and type. */
export async function publish(name: string, type: string, values: string[]): Promise<void> {
  const response = await fetch(`${setting('KRAITER_RESOLVER')}/table`, {
    method: 'PUT',
    body: JSON.stringify({ name, type, values }),
  });
  if (!response.ok) throw new Error(`the resolver answered ${response.status}`);
}
