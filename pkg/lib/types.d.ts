// Generated from the API contract by `cargo xtask generate`. Do not edit.

import type { CreateOptions, Options } from '../index.js';
import type { ApiResult, EmailInput, List } from './input.js';

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** The resources of a client. */
export interface Resources {
  /** The connection to the customer's AWS account. */
  readonly awsBinding: AwsBindings;
  /** The domains and addresses that email is sent from. */
  readonly identities: Identities;
  /** Reusable emails with variables. */
  readonly templates: Templates;
  /** Emails and their delivery status. */
  readonly emails: Emails;
  /** The queue, and bounce and complaint rates. */
  readonly sending: Sending;
  /** The addresses that Kraiter doesn't send to. */
  readonly suppressions: Suppressions;
  /** The event feed: what happened to emails and to the connection, numbered without gaps. */
  readonly events: Events;
  /** The calls that Kraiter made in the customer's AWS account. */
  readonly awsCalls: AwsCalls;
  /** The request log: failed requests, and changes. */
  readonly requests: Requests;
  /** The endpoints that events are delivered to. */
  readonly webhooks: Webhooks;
  /** The organisation's API keys. */
  readonly apiKeys: ApiKeys;
  /** The session of a person in a browser. */
  readonly session: Sessions;
  /** The organisation's AWS account. */
  readonly settings: Settings;
  /** The organisation's AWS account. */
  readonly regions: Regions;
  /** Sending emails, and their delivery status. */
  readonly metrics: Metrics;
}

/** The connection to the customer's AWS account. */
export interface AwsBindings {
  /** Get the connection. */
  get(options?: Options): Promise<ApiResult<AwsBinding>>;
  /**
   * Register a role created by hand.
   *
   * Kraiter then checks the role: AssumeRole must succeed with the external ID and be refused
   * without it.
   */
  create(role: RegisterRole, options?: CreateOptions): Promise<ApiResult<AwsBinding>>;
  /**
   * Disconnect the AWS account.
   *
   * Deletes nothing in the customer's AWS account.
   */
  disconnect(options?: Options): Promise<ApiResult<AwsBinding>>;
  /**
   * Create a quick-create link.
   *
   * The connection becomes active when the stack is complete. A connection that works keeps working
   * in the meantime.
   */
  connect(region: ConnectRegion, options?: CreateOptions): Promise<ApiResult<ConnectDetails>>;
  /**
   * Verify the connection now.
   *
   * AssumeRole must succeed with the external ID and be refused without it.
   */
  verify(options?: Options): Promise<ApiResult<Verification>>;
  /**
   * Check the role's permissions.
   *
   * Uses calls that change nothing: each only reads, names something that does not exist, or names
   * something that already exists. A permission is `unknown` if no such call is possible.
   */
  audit(options?: Options): Promise<ApiResult<PermissionAudit>>;
  /**
   * Set up delivery events.
   *
   * For a role created by hand, or for a region without a stack. Creates the configuration set and,
   * for a topic of yours, its event destination. Calling it again changes nothing except the
   * webhook URL, which is new each time.
   */
  setUpEvents(events?: SetUpEvents, options?: CreateOptions): Promise<ApiResult<EventsSetUp>>;
}

/** The connection to the customer's AWS account. */
export interface AwsBinding {
  /** The state of the connection. */
  status: BindingStatus;
  /** The customer's AWS account: 12 digits. `null` until a role is known. */
  awsAccountId: string | null;
  /**
   * The role that Kraiter assumes; `null` until it is known. While it is being verified, a role
   * that worked before is still used.
   */
  roleArn: string | null;
  /** The default region to send from. */
  stackRegion: RegionCode | null;
  /** The organisation's external ID, for the role's trust policy. */
  externalId: string;
  /** The configuration set that emails from the default region use. */
  configurationSet: string | null;
  /** True if Kraiter receives the events of the default region. */
  eventsActive: boolean;
  /**
   * True if the account is in the SES sandbox in the default region; `null` until it has been read.
   */
  sandbox: boolean | null;
  /** The account's sending limits in the default region; `null` until they have been read. */
  quota: Quota | null;
  /** The reason why the connection doesn't work, or not completely; `null` if it works. */
  reason: Reason | null;
  /** The actions of the permissions policy that the role is known to lack. */
  missingPermissions: string[];
  /**
   * The role that was last meant to replace this one, if it didn't pass its check. `null` if there
   * is none.
   */
  refusedRole: RefusedRole | null;
  /** Every region that SES supports. */
  regions: Region[];
  /** Time of the last check (RFC 3339). */
  checkedAt: string | null;
}

/**
 * The state of a connection.
 *
 * - `not_connected`: Nobody has started to connect.
 * - `awaiting_stack`: The customer has the link; the stack has not confirmed yet.
 * - `verifying`: A role is known and being verified.
 * - `connected`: The role works, and only with the external ID.
 * - `degraded`: The connection has a problem; see the reason.
 * - `insecure`: The role can be assumed without the external ID or with another one. Kraiter
 *   doesn't use it until that is fixed.
 * - `disconnected`: The customer disconnected the account.
 */
export type BindingStatus =
  | 'not_connected'
  | 'awaiting_stack'
  | 'verifying'
  | 'connected'
  | 'degraded'
  | 'insecure'
  | 'disconnected';

/** A region where Amazon SES is available. */
export type RegionCode =
  | 'us-east-1'
  | 'us-east-2'
  | 'us-west-1'
  | 'us-west-2'
  | 'af-south-1'
  | 'ap-south-1'
  | 'ap-northeast-1'
  | 'ap-northeast-2'
  | 'ap-northeast-3'
  | 'ap-southeast-1'
  | 'ap-southeast-2'
  | 'ca-central-1'
  | 'eu-central-1'
  | 'eu-west-1'
  | 'eu-west-2'
  | 'eu-west-3'
  | 'eu-south-1'
  | 'eu-north-1'
  | 'il-central-1'
  | 'me-south-1'
  | 'sa-east-1'
  | 'ap-east-2'
  | 'ap-south-2'
  | 'ap-southeast-3'
  | 'ap-southeast-4'
  | 'ap-southeast-5'
  | 'ap-southeast-6'
  | 'ap-southeast-7'
  | 'ca-west-1'
  | 'eu-central-2'
  | 'eu-south-2'
  | 'me-central-1'
  | 'mx-central-1';

/** The sending limits of an account in one region. All three count recipients, not emails. */
export interface Quota {
  /** Recipients that the account may send to in 24 hours; -1 if there is no limit. */
  max24HourSend: number;
  /** Recipients per second that the account may send to. */
  maxSendRate: number;
  /** Recipients that the account sent to in the last 24 hours. */
  sentLast24Hours: number;
}

/** The reason why a connection or a region doesn't work. */
export interface Reason {
  /** The stable code, for programs. */
  code: ReasonCode;
  /** Description of the error. */
  message: string;
  /** Advice on how to fix it. */
  help: string;
}

/** The code of the reason why a connection or a region doesn't work. */
export type ReasonCode =
  | 'no_confirmation'
  | 'stack_in_other_region'
  | 'role_refused'
  | 'external_id_not_enforced'
  | 'other_external_id_accepted'
  | 'permission_missing'
  | 'service_control_policy'
  | 'resource_control_policy'
  | 'region_not_enabled'
  | 'sts_not_activated'
  | 'sending_paused'
  | 'account_under_review'
  | 'topic_unsubscribed'
  | 'events_silent'
  | 'configuration_set_deleted'
  | 'role_bound_elsewhere'
  | 'aws_unreachable'
  | 'kraiter_credentials'
  | 'aws_error';

/** A role that was meant to replace the connected one, but didn't pass its check. */
export interface RefusedRole {
  /** The role. */
  roleArn: string;
  /** The reason why it can't be used. */
  reason: Reason;
}

/** A region and the state of the customer's account there. */
export interface Region {
  /** The region's code. */
  region: RegionCode;
  /** The location, such as `Europe (Ireland)`. */
  location: string;
  /** True if the account must enable the region first. */
  optIn: boolean;
  /** True if the stack can be created there. If not, create the role by hand. */
  supportsStack: boolean;
  /** The state of the region's events. */
  events: RegionEvents;
  /** The configuration set that emails from this region use. */
  configurationSet: string | null;
  /** The stack that created the configuration set; `null` if there is none. */
  stack: Stack | null;
  /** True if the account is in the SES sandbox there; `null` until it has been read. */
  sandbox: boolean | null;
  /** The account's sending limits there; `null` until they have been read. */
  quota: Quota | null;
  /**
   * Whether the account may send to anyone there, and AWS's decision about it; `null` until it has
   * been read.
   */
  productionAccess: ProductionAccess | null;
  /**
   * What puts an address on the account-level suppression list of SES there. Empty if the list is
   * off; `null` until it has been read.
   */
  suppressedReasons: AccountSuppressionReason[] | null;
  /**
   * The account's pricing plan there; `null` until it has been read, and if AWS doesn't report it.
   */
  pricingPlan: PricingPlan | null;
  /** The pricing plan from the start of the next month; `null` if no change is scheduled. */
  nextPricingPlan: PricingPlan | null;
  /** The reason why the account could not be read there. */
  reason: Reason | null;
  /** The SES account dashboard of the region, where you request production access. */
  sesConsoleUrl: string;
}

/**
 * The state of a region's events: deliveries, bounces and complaints.
 *
 * - `none`: Off: the region has neither a stack nor an SNS topic.
 * - `awaited`: Waiting for the confirmation of the SNS subscription.
 * - `active`: Kraiter receives events.
 * - `silent`: Emails were sent, but none of their events arrived.
 * - `set_deleted`: The configuration set was deleted.
 * - `ended`: The SNS subscription was removed.
 */
export type RegionEvents = 'none' | 'awaited' | 'active' | 'silent' | 'set_deleted' | 'ended';

/** The CloudFormation stack of a region. */
export interface Stack {
  /** The stack's ID, which is its ARN. */
  id: string;
  /** The version of the template that created or updated the stack. */
  templateVersion: string;
  /**
   * A link that opens the CloudFormation console to update the stack. `null` if it has the
   * published template.
   */
  updateUrl: string | null;
}

/** Whether the account may send to anyone, and AWS's decision about it. */
export interface ProductionAccess {
  /** The status. */
  status: ProductionAccessStatus;
  /** The case in the AWS support center, if there is one. */
  caseId: string | null;
}

/**
 * The status of production access.
 *
 * - `not_requested`: Nobody has requested it. The account is in the sandbox.
 * - `pending`: AWS is reviewing a request.
 * - `denied`: AWS refused the last request. Its case says why.
 * - `failed`: AWS lost the last request to an internal error. Submit it again.
 * - `granted`: The account is out of the sandbox.
 */
export type ProductionAccessStatus = 'not_requested' | 'pending' | 'denied' | 'failed' | 'granted';

/**
 * What puts an address on the account-level suppression list of SES.
 *
 * - `bounce`: A hard bounce.
 * - `complaint`: A complaint.
 */
export type AccountSuppressionReason = 'bounce' | 'complaint';

/**
 * A pricing plan of SES.
 *
 * <https://aws.amazon.com/ses/pricing/>
 *
 * - `a_la_carte`: No plan: each feature has its price.
 * - `essentials`: Essentials, the plan of new accounts.
 * - `pro`: Pro.
 * - `enterprise`: Enterprise.
 */
export type PricingPlan = 'a_la_carte' | 'essentials' | 'pro' | 'enterprise';

/** A role that was created by hand. */
export interface RegisterRole {
  /** The customer's AWS account: 12 digits. */
  awsAccountId: string;
  /** The ARN of the role. */
  roleArn: string;
  /**
   * The organisation's external ID, as in the role's trust policy. Kraiter generates it; you can't
   * choose it.
   */
  externalId: string;
  /** The default region to send from. */
  stackRegion: RegionCode;
}

/** The region to connect. */
export interface ConnectRegion {
  /** The region to create the stack in. */
  region: RegionCode;
}

/** Everything that the customer needs to connect, with a stack or by hand. */
export interface ConnectDetails {
  /** A link that opens the CloudFormation console with every field filled in. */
  quickCreateUrl: string;
  /** The name of the stack that the link creates. */
  stackName: string;
  /** The organisation's external ID. */
  externalId: string;
  /** The AWS account that assumes the role. */
  kraiterAccountId: string;
  /** The trust policy of a role created by hand. */
  trustPolicy: Record<string, Json>;
  /** The permissions policy of a role created by hand. */
  permissionsPolicy: Record<string, Json>;
  /** The state of the connection. */
  status: BindingStatus;
}

/** The connection after a check. */
export interface Verification {
  /**
   * True if the check has proven that the role can be assumed with the external ID, and only with
   * it.
   */
  verified: boolean;
  /** The state of the connection. */
  status: BindingStatus;
  /** The customer's AWS account: 12 digits. `null` until a role is known. */
  awsAccountId: string | null;
  /**
   * The role that Kraiter assumes; `null` until it is known. While it is being verified, a role
   * that worked before is still used.
   */
  roleArn: string | null;
  /** The default region to send from. */
  stackRegion: RegionCode | null;
  /** The organisation's external ID, for the role's trust policy. */
  externalId: string;
  /** The configuration set that emails from the default region use. */
  configurationSet: string | null;
  /** True if Kraiter receives the events of the default region. */
  eventsActive: boolean;
  /**
   * True if the account is in the SES sandbox in the default region; `null` until it has been read.
   */
  sandbox: boolean | null;
  /** The account's sending limits in the default region; `null` until they have been read. */
  quota: Quota | null;
  /** The reason why the connection doesn't work, or not completely; `null` if it works. */
  reason: Reason | null;
  /** The actions of the permissions policy that the role is known to lack. */
  missingPermissions: string[];
  /**
   * The role that was last meant to replace this one, if it didn't pass its check. `null` if there
   * is none.
   */
  refusedRole: RefusedRole | null;
  /** Every region that SES supports. */
  regions: Region[];
  /** Time of the last check (RFC 3339). */
  checkedAt: string | null;
}

/** The actions of the permissions policy that the role may and may not perform. */
export interface PermissionAudit {
  /** The actions, in the order of the policy. */
  permissions: Permission[];
  /** Time of the check (RFC 3339). */
  checkedAt: string;
}

/** The result of checking one action of the permissions policy. */
export interface Permission {
  /** The action, such as `ses:SendEmail`. */
  action: string;
  /** The result of the check. */
  verdict: Verdict;
}

/**
 * The result of checking whether a role may perform an action.
 *
 * - `allowed`: The role may perform it.
 * - `missing`: The role's policy, its permissions boundary or a service control policy denies the
 *   action or doesn't allow it.
 * - `unknown`: AWS didn't say, or there is no call that checks it without side effects.
 */
export type Verdict = 'allowed' | 'missing' | 'unknown';

/** A region to receive events from, without a stack. */
export interface SetUpEvents {
  /** The region. Defaults to the connection's default region. */
  region?: RegionCode | null | undefined;
  /** Your SNS topic in that region. Without one, only the configuration set is created. */
  topicArn?: string | null | undefined;
}

/** What was created, and what you must still do yourself. */
export interface EventsSetUp {
  /** The region. */
  region: RegionCode;
  /** The configuration set that emails from this region now use. */
  configurationSet: string;
  /** The topic that the configuration set publishes to; `null` if none was given. */
  topicArn: string | null;
  /** The access policy that the topic needs. */
  topicPolicy: Record<string, Json>;
  /**
   * The delivery policy that the subscription needs. Without it, SNS discards an event that Kraiter
   * didn't accept within a minute.
   */
  deliveryPolicy: Record<string, Json>;
  /**
   * The URL to subscribe to the topic, with raw message delivery off. It is only returned once;
   * `null` without a topic.
   */
  webhookUrl: string | null;
  /** The state of the region's events. */
  events: RegionEvents;
}

/** The domains and addresses that email is sent from. */
export interface Identities {
  /**
   * List sender identities.
   *
   * Lists the identities that SES has. If a region fails, `problems` names it and the response
   * lists the others.
   */
  list(query?: IdentityQuery, options?: Options): List<IdentityList>;
  /**
   * Add a sender identity.
   *
   * DNS records verify a domain. A link that Amazon sends by email verifies an address. The
   * response is 200 if SES already has the identity.
   */
  create(identity: CreateIdentity, options?: CreateOptions): Promise<ApiResult<Identity>>;
  /** Get a sender identity. */
  get(id: string, options?: Options): Promise<ApiResult<Identity>>;
  /**
   * Delete a sender identity.
   *
   * Deletes the identity in SES, for everyone who uses the AWS account.
   */
  delete(id: string, options?: Options): Promise<void>;
  /** Change a domain's DKIM key. */
  setDkim(id: string, dkimChoice: DkimChoice, options?: Options): Promise<ApiResult<Identity>>;
  /**
   * Check a domain's DNS records.
   *
   * Reports whether each record is found, missing, different or still pending, and advises on SPF
   * and DMARC.
   */
  checkDns(id: string, options?: Options): Promise<ApiResult<DnsCheck>>;
  /** Get a domain's DNS records as a zone file. */
  zoneFile(id: string, options?: Options): Promise<string>;
}

/** Query parameters of `identities.list`. */
export interface IdentityQuery {
  /** The most rows of a page. */
  limit?: number | undefined;
  /** The `nextCursor` of the previous page. */
  cursor?: string | undefined;
  /** Regions to list, or "all". Defaults to the regions that the organisation uses. */
  region?: RegionCode | 'all' | (RegionCode | 'all')[] | undefined;
}

/** A page of identities, newest first. */
export interface IdentityList {
  /** The identities. */
  data: Identity[];
  /** The regions with missing identities, and the reasons. */
  problems: IdentityProblem[];
  /** The regions that were listed. */
  regions: RegionCode[];
  /** The `cursor` of the next page; `null` on the last page. */
  nextCursor: string | null;
}

/** A domain or email address that SES can send from. */
export interface Identity {
  /** The identity's id. */
  id: string;
  /** The domain or email address. */
  identity: string;
  /** The type of the identity. */
  type: IdentityType;
  /** The region. */
  region: RegionCode;
  /** True if SES can send from it. */
  verified: boolean;
  /** The verification status. */
  verificationStatus: VerificationStatus;
  /** The DKIM status; `null` for an email address, and if `partial` is true. */
  dkimStatus: VerificationStatus | null;
  /** DKIM signing; `null` for an email address, and if `partial` is true. */
  dkim: Dkim | null;
  /**
   * The records to publish for a domain. Empty if you set your own key outside of Kraiter: only you
   * know its record.
   */
  dnsRecords: DnsRecord[];
  /**
   * True if DKIM and the records are missing. Lists may omit them to stay within the rate limit of
   * SES; getting the identity returns them.
   */
  partial: boolean;
  /** Seconds until the status may have changed; `null` if SES has finished. */
  pollAfterSeconds: number | null;
  /** Time at which the identity was created through Kraiter (RFC 3339), or first seen by it. */
  createdAt: string;
}

/**
 * The type of an identity.
 *
 * - `domain`: A domain.
 * - `email_address`: An email address.
 */
export type IdentityType = 'domain' | 'email_address';

/**
 * The status of a verification by SES.
 *
 * - `not_started`: SES has not started to look for the records.
 * - `pending`: SES is looking for the records, or waiting for a click on the link in its email.
 * - `success`: Verified.
 * - `failed`: SES did not find the records within 72 hours and has stopped looking.
 * - `temporary_failure`: SES could not look for the records, and will try again.
 */
export type VerificationStatus = 'not_started' | 'pending' | 'success' | 'failed' | 'temporary_failure';

/** The DKIM signing of a domain's email. */
export interface Dkim {
  /** The origin of the key. */
  origin: DkimOrigin;
  /** True if email is signed. */
  signingEnabled: boolean;
  /** The length of SES's key in bits; `null` for your own key. */
  keyLength: number | null;
  /** The length of SES's next key in bits. */
  nextKeyLength: number | null;
  /** The selector of your own key. */
  selector: string | null;
  /**
   * The public half of your own key, in base64; `null` if you didn't set the key through Kraiter.
   */
  publicKey: string | null;
  /** The zone that the CNAME records point to; `null` for your own key. */
  hostedZone: string | null;
}

/**
 * The origin of the key that signs a domain's email.
 *
 * - `easy_dkim`: SES generates and rotates the key.
 * - `byodkim`: The customer brought the key (BYODKIM).
 * - `deterministic_easy_dkim`: SES derives the key from the same domain in another region.
 */
export type DkimOrigin = 'easy_dkim' | 'byodkim' | 'deterministic_easy_dkim';

/** A DNS record to publish. */
export interface DnsRecord {
  /** `CNAME` or `TXT`. */
  type: 'CNAME' | 'TXT';
  /** The full name of the record. */
  name: string;
  /** The value. */
  value: string;
}

/** The reason why a region's identities, or some of them, are missing from a list. */
export interface IdentityProblem {
  /** The region. */
  region: RegionCode;
  /** The stable code, such as `region_not_enabled`, `permission_missing` or `aws_unreachable`. */
  code: ApiErrorCode;
  /** Description of the error. */
  message: string;
  /** Advice on how to fix it. Empty if `message` says it all. */
  help: string;
  /** AWS's own error code, if AWS responded. */
  awsCode: string | null;
}

/** The stable code of an error. */
export type ApiErrorCode =
  | 'account_mismatch'
  | 'account_under_review'
  | 'api_key_expired'
  | 'attachment_type_refused'
  | 'aws_error'
  | 'aws_refused'
  | 'aws_throttled'
  | 'aws_unreachable'
  | 'batch_too_much_work'
  | 'body_incomplete'
  | 'body_timeout'
  | 'body_too_large'
  | 'busy'
  | 'configuration_set_deleted'
  | 'conflicting_field'
  | 'content_id_without_html'
  | 'content_too_long'
  | 'csrf'
  | 'duplicate_content_id'
  | 'duplicate_field'
  | 'duplicate_header'
  | 'duplicate_tag'
  | 'email_not_cancellable'
  | 'email_not_scheduled'
  | 'email_too_large'
  | 'encrypted_private_key'
  | 'events_active'
  | 'events_silent'
  | 'external_id_mismatch'
  | 'external_id_not_enforced'
  | 'feed_in_use'
  | 'feed_off'
  | 'idempotency_in_progress'
  | 'idempotency_key_reused'
  | 'identity_exists'
  | 'identity_unreadable'
  | 'insufficient_scope'
  | 'internal_error'
  | 'invalid_account_id'
  | 'invalid_action'
  | 'invalid_after'
  | 'invalid_base64'
  | 'invalid_batch'
  | 'invalid_by'
  | 'invalid_content_id'
  | 'invalid_content_type'
  | 'invalid_cursor'
  | 'invalid_delivery'
  | 'invalid_display_name'
  | 'invalid_domain'
  | 'invalid_email_address'
  | 'invalid_expiry'
  | 'invalid_external_id'
  | 'invalid_filename'
  | 'invalid_from'
  | 'invalid_group'
  | 'invalid_header_name'
  | 'invalid_header_value'
  | 'invalid_id'
  | 'invalid_idempotency_key'
  | 'invalid_key'
  | 'invalid_key_length'
  | 'invalid_limit'
  | 'invalid_name'
  | 'invalid_private_key'
  | 'invalid_reason'
  | 'invalid_region'
  | 'invalid_replay'
  | 'invalid_restriction'
  | 'invalid_result'
  | 'invalid_role_arn'
  | 'invalid_route'
  | 'invalid_rows'
  | 'invalid_scheduled_at'
  | 'invalid_scope'
  | 'invalid_search'
  | 'invalid_selector'
  | 'invalid_since'
  | 'invalid_status'
  | 'invalid_subject'
  | 'invalid_tag'
  | 'invalid_test'
  | 'invalid_to'
  | 'invalid_topic_arn'
  | 'invalid_type'
  | 'invalid_until'
  | 'invalid_version'
  | 'invalid_webhook_url'
  | 'kraiter_credentials'
  | 'last_api_key'
  | 'list_truncated'
  | 'malformed_json'
  | 'method_not_allowed'
  | 'misconfigured'
  | 'missing_content'
  | 'missing_field'
  | 'missing_recipient'
  | 'missing_variable'
  | 'no_confirmation'
  | 'not_a_domain'
  | 'not_connected'
  | 'not_found'
  | 'organisation_suspended'
  | 'other_external_id_accepted'
  | 'permission_missing'
  | 'rate_limited'
  | 'recipient_not_permitted'
  | 'recipients_suppressed'
  | 'region_not_enabled'
  | 'region_without_stack'
  | 'reserved_header'
  | 'reserved_tag'
  | 'resource_control_policy'
  | 'role_bound_elsewhere'
  | 'role_refused'
  | 'sandbox_recipient_not_verified'
  | 'scheduled_at_passed'
  | 'scheduled_at_too_far'
  | 'sender_not_permitted'
  | 'sending_paused'
  | 'service_control_policy'
  | 'several_addresses'
  | 'stack_in_other_region'
  | 'storage_full'
  | 'sts_not_activated'
  | 'template_and_content'
  | 'template_empty'
  | 'template_failed'
  | 'template_name_taken'
  | 'template_not_allowed'
  | 'template_not_permitted'
  | 'template_rendered_too_long'
  | 'template_syntax'
  | 'template_too_long'
  | 'template_too_much_work'
  | 'templates_too_large'
  | 'too_many_api_keys'
  | 'too_many_attachments'
  | 'too_many_headers'
  | 'too_many_identities'
  | 'too_many_recipients'
  | 'too_many_reply_to'
  | 'too_many_scheduled_emails'
  | 'too_many_sessions'
  | 'too_many_suppressions'
  | 'too_many_tags'
  | 'too_many_templates'
  | 'too_many_webhooks'
  | 'topic_account_mismatch'
  | 'topic_region_mismatch'
  | 'topic_unsubscribed'
  | 'tracking_off'
  | 'tracking_without_events'
  | 'unauthorized'
  | 'unknown_field'
  | 'unknown_template'
  | 'unknown_variable'
  | 'unknown_version'
  | 'unsubscribe_header'
  | 'unsubscribe_recipients'
  | 'unsupported_email_address'
  | 'unsupported_media_type'
  | 'unsupported_private_key'
  | 'unsupported_private_key_algorithm'
  | 'variables_too_long'
  | 'version_conflict'
  | 'webhook_disabled'
  | 'webhook_url_not_public';

/** A domain or email address to verify. */
export interface CreateIdentity {
  /** The domain or email address. */
  identity: string;
  /** The region. Defaults to the connection's default region. */
  region?: RegionCode | null | undefined;
  /** The key to sign a domain's email with. Defaults to a key that SES generates. */
  dkim?: DkimKey | null | undefined;
}

/** The key to sign a domain's email with: one that SES generates, or your own. */
export type DkimKey =
  | (SesDkimKey & { selector?: undefined; privateKey?: undefined })
  | (OwnDkimKey & { keyLength?: undefined });

/** A key that SES generates. Without a length, SES chooses one. */
export interface SesDkimKey {
  /** The length of the key in bits: 1024 or 2048. */
  keyLength?: 1024 | 2048 | null | undefined;
}

/** Your own RSA key. */
export interface OwnDkimKey {
  /** The selector of your key. */
  selector: string;
  /** Your private key. Kraiter passes it to SES and doesn't store it. */
  privateKey: string;
}

/** The key to sign a domain's email with from now on: one that SES generates, or your own. */
export type DkimChoice =
  | (SesDkimKeyLength & { selector?: undefined; privateKey?: undefined })
  | (OwnDkimKey & { keyLength?: undefined });

/** A key of this length that SES generates. */
export interface SesDkimKeyLength {
  /** The length of the key in bits: 1024 or 2048. */
  keyLength: 1024 | 2048;
}

/** The DNS records of a domain, compared with the required ones. */
export interface DnsCheck {
  /** The identity's id. */
  id: string;
  /** The domain. */
  identity: string;
  /** The region of the identity. */
  region: RegionCode;
  /** Time of the DNS queries (RFC 3339). */
  checkedAt: string;
  /**
   * True if every record that SES needs is published. SES checks on its own, so `verified` may take
   * a while longer.
   */
  complete: boolean;
  /**
   * The zone that contains the domain, such as `example.com` for `mail.example.com`; `null` if it
   * is unknown.
   */
  zone: string | null;
  /** The records that SES needs. */
  records: RecordCheck[];
  /** SPF and DMARC records. */
  advice: DnsAdvice[];
  /** Seconds until a new check may show changes; `null` if nothing is pending. */
  checkAgainAfterSeconds: number | null;
}

/** A record that SES requires, and whether it is published. */
export interface RecordCheck {
  /** `CNAME` or `TXT`. */
  type: 'CNAME' | 'TXT';
  /** The full name of the record. */
  name: string;
  /**
   * The name relative to the zone, as most DNS providers expect it; `null` if the zone is unknown.
   */
  host: string | null;
  /**
   * The value to publish; `null` if only you know it, because you set your own key directly in SES.
   */
  value: string | null;
  /** The state of the record. */
  status: RecordStatus;
  /** The values that are published instead. If `value` is `null`, the values that are published. */
  found: string[];
  /** The finding, as a sentence. */
  message: string;
  /** Instructions to fix the record; `null` if there is nothing to do. */
  help: string | null;
}

/**
 * The state of a required DNS record.
 *
 * - `found`: The record is published.
 * - `missing`: The record is not published.
 * - `mismatch`: The record has a different value.
 * - `pending`: Unknown so far: DNS has not responded, or may not have propagated the record yet.
 */
export type RecordStatus = 'found' | 'missing' | 'mismatch' | 'pending';

/** Advice on a record that receivers check but SES doesn't require. */
export interface DnsAdvice {
  /** The purpose of the record. */
  purpose: AdvicePurpose;
  /** The recommended action. */
  action: AdviceAction;
  /** Always `TXT`. */
  type: 'TXT';
  /** The full name of the record. */
  name: string;
  /** The name relative to the zone; `null` if the zone is unknown. */
  host: string | null;
  /** The text to publish; `null` if there is nothing to publish. */
  value: string | null;
  /** The texts of this kind that are published. */
  found: string[];
  /** The reason for the advice. */
  message: string;
}

/**
 * The purpose of a TXT record.
 *
 * - `spf`: SPF: the servers that may send email for the domain (RFC 7208).
 * - `dmarc`: DMARC: the policy for email that fails authentication (RFC 9989).
 */
export type AdvicePurpose = 'spf' | 'dmarc';

/**
 * The recommended action for a record that other services may also use.
 *
 * - `keep`: Leave the record as it is.
 * - `publish`: Add the record in `value`.
 * - `change`: Replace the text in `found` with `value`.
 * - `fix_manually`: Fix the text in `found` by hand: the right value can't be derived.
 * - `wait`: Nothing for now: the record could not be looked up.
 */
export type AdviceAction = 'keep' | 'publish' | 'change' | 'fix_manually' | 'wait';

/** Reusable emails with variables. */
export interface Templates {
  /** List templates. */
  list(query?: PageQuery, options?: Options): List<TemplatePage>;
  /** Create a template. */
  create(draft: TemplateDraft, options?: CreateOptions): Promise<ApiResult<Template>>;
  /**
   * Preview a draft.
   *
   * Stores nothing.
   */
  previewDraft(previewDraft: TemplatePreviewDraft, options?: Options): Promise<ApiResult<TemplatePreview>>;
  /** Get a template. */
  get(id: string, query?: TemplateVersion, options?: Options): Promise<ApiResult<Template>>;
  /**
   * Update a template.
   *
   * Replaces the whole template with a new version. Without a change, no version is created.
   */
  update(id: string, update: TemplateUpdate, options?: Options): Promise<ApiResult<Template>>;
  /**
   * Delete a template.
   *
   * Deletes all versions. Emails that used the template stay.
   */
  delete(id: string, options?: Options): Promise<void>;
  /** Preview a template. */
  preview(id: string, filling?: TemplateFilling, options?: Options): Promise<ApiResult<TemplatePreview>>;
}

/** Query parameters of `templates.list`. */
export interface PageQuery {
  /** The most rows of a page. */
  limit?: number | undefined;
  /** The `nextCursor` of the previous page. */
  cursor?: string | undefined;
}

/** A page of templates, newest first. */
export interface TemplatePage {
  /** The templates. */
  data: TemplateSummary[];
  /** The `cursor` of the next page; `null` on the last page. */
  nextCursor: string | null;
}

/** A template in a list. */
export interface TemplateSummary {
  /** The template's id. */
  id: string;
  /** The name. */
  name: string;
  /** The newest version. */
  version: number;
  /** The newest version's subject. */
  subject: string;
  /** Creation time of the template (RFC 3339). */
  createdAt: string;
  /** Creation time of the newest version (RFC 3339). */
  updatedAt: string;
}

/** A template to create. `html` or `text` is required. */
export interface TemplateDraft {
  /** The name, unique within the organisation, 1 to 100 characters. */
  name: string;
  /** The subject, with variables. */
  subject: string;
  /** The HTML, with variables. */
  html?: string | null | undefined;
  /** The plain text, with variables. Defaults to a text that is made from the HTML. */
  text?: string | null | undefined;
}

/** One version of a template. */
export interface Template {
  /** The template's id. */
  id: string;
  /** The name, which all versions share. */
  name: string;
  /** The version. */
  version: number;
  /** The subject, with variables. */
  subject: string;
  /** The HTML, with variables. */
  html: string | null;
  /** The plain text, with variables. */
  text: string | null;
  /** The variables, in the order of their first use. */
  variables: TemplateVariable[];
  /** Sample values for the variables, built from how the template uses them. */
  sample: TemplateVariables;
  /** The versions that are stored. The newest 50 are. */
  versions: TemplateVersionRange;
  /** Creation time of the template (RFC 3339). */
  createdAt: string;
  /** Creation time of the version (RFC 3339). */
  updatedAt: string;
}

/** A variable of a template. */
export interface TemplateVariable {
  /** The name. For `{{ order.number }}` it is `order`. */
  name: string;
  /**
   * Whether a value is required. It isn't if the template has a `default` or tests `is defined`.
   */
  required: boolean;
}

/** Values of a template's variables, by name. A value may be any JSON. */
export type TemplateVariables = Record<string, Json>;

/** The stored versions of a template: every number from the oldest to the newest. */
export interface TemplateVersionRange {
  /** The oldest version. */
  oldest: number;
  /** The newest version. */
  newest: number;
}

/** A template to preview without storing it. `html` or `text` is required. */
export interface TemplatePreviewDraft {
  /** The subject, with variables. */
  subject: string;
  /** The HTML, with variables. */
  html?: string | null | undefined;
  /** The plain text, with variables. Defaults to a text that is made from the HTML. */
  text?: string | null | undefined;
  /** The values of the variables. */
  variables?: TemplateVariables | undefined;
}

/** A rendered template. */
export interface TemplatePreview {
  /** The subject. */
  subject: string;
  /** The HTML; `null` if the template has none. */
  html: string | null;
  /** The plain text. If the template has none, it is made from the HTML. */
  text: string;
  /** The template's variables, in the order of their first use. */
  variables: TemplateVariable[];
}

/** Query parameters of `templates.get`. */
export interface TemplateVersion {
  /** The version. Defaults to the newest. */
  version?: number | undefined;
}

/** The new content of a template, which replaces the old. `html` or `text` is required. */
export interface TemplateUpdate {
  /** The name, unique within the organisation, 1 to 100 characters. */
  name: string;
  /** The subject, with variables. */
  subject: string;
  /** The HTML, with variables. */
  html?: string | null | undefined;
  /** The plain text, with variables. Defaults to a text that is made from the HTML. */
  text?: string | null | undefined;
  /**
   * The version that was edited. If it isn't the newest version any more, the update fails with
   * `version_conflict`.
   */
  version?: number | null | undefined;
}

/** The version and the variables to render a template with. */
export interface TemplateFilling {
  /** The version. Defaults to the newest. */
  version?: number | null | undefined;
  /** The values of the variables. */
  variables?: TemplateVariables | undefined;
}

/** Emails and their delivery status. */
export interface Emails {
  /**
   * Send an email.
   *
   * From the response on, Kraiter stores the email until SES has it. `unconfirmed` means that SES's
   * response was lost: a delivery event confirms the email, or Kraiter sends it again if none
   * arrives. If the region has no events, `delivery` decides. Suppressed recipients are removed and
   * named; the others get the email.
   */
  send(email: EmailInput, options?: CreateOptions): Promise<ApiResult<SentEmail>>;
  /**
   * Find out what would happen to an email.
   *
   * Takes the same body as sending, and fails with the same problems. Otherwise the response is
   * computed from the current state; it can change until the email is sent. Nothing is sent or
   * stored. Tracking isn't checked.
   */
  dryRun(email: EmailInput, options?: Options): Promise<ApiResult<EmailDryRun>>;
  /**
   * Send up to 100 emails.
   *
   * Each email is accepted or refused on its own: `data` has one item per email, in the same order.
   * All emails, with their files, may have 4 MiB of JSON together. The whole request fails if it is
   * not a list of 1 to 100 emails.
   */
  batch(emails: EmailInput[], options?: CreateOptions): Promise<ApiResult<SentBatch>>;
  /**
   * List emails.
   *
   * Filters can be combined. One request reads at most 5,000 emails, and summaries of another
   * million, so a page may have fewer emails than `limit`, or none, while `nextCursor` isn't null:
   * continue until it is.
   */
  list(query?: EmailQuery, options?: Options): List<EmailPage>;
  /** Get an email and its events. */
  get(id: string, options?: Options): Promise<ApiResult<Email>>;
  /**
   * Get the content of an email that is not finished.
   *
   * Kraiter stores the content of an email only until SES has accepted or refused it. Don't show
   * the HTML outside of a sandbox: it may contain whatever the sender wrote.
   */
  content(id: string, options?: Options): Promise<ApiResult<EmailContent>>;
  /**
   * Cancel an email.
   *
   * An email can be cancelled as long as SES was never called for it: if it is scheduled or queued.
   * Cancelling it again changes nothing.
   */
  cancel(id: string, options?: Options): Promise<ApiResult<SentEmail>>;
  /**
   * Move a scheduled email.
   *
   * A scheduled email can be moved to any time within the next 30 days, until that time has come.
   * The email is either sent at the new time or, if the request fails with `email_not_scheduled`,
   * at the old one.
   */
  update(id: string, email: UpdateEmail, options?: Options): Promise<ApiResult<Email>>;
}

/** An email to send. It has a `subject` and `html` or `text`, or a `template`. */
export type SendEmail =
  | (WrittenEmail & { template?: undefined })
  | (TemplateEmail & { subject?: undefined; html?: undefined; text?: undefined });

/** An email with its own content. `html` or `text` is required. */
export interface WrittenEmail {
  /** The sender: `name@example.com` or `Name <name@example.com>`. */
  from: string;
  /** The recipients. */
  to: string | string[];
  /** Recipients of a copy. */
  cc?: string | string[] | undefined;
  /** Recipients of a blind copy. */
  bcc?: string | string[] | undefined;
  /** The addresses that replies go to. */
  replyTo?: string | string[] | undefined;
  /** The subject. */
  subject: string;
  /** The HTML. */
  html?: string | null | undefined;
  /** The plain text. */
  text?: string | null | undefined;
  /** Additional headers by name. */
  headers?: Record<string, string> | undefined;
  /** Tags by name. Every event of the email includes them. */
  tags?: Record<string, string> | undefined;
  /** The region to send from. Defaults to the connection's default region. */
  region?: RegionCode | null | undefined;
  /**
   * Decides what happens if the response of SES is lost and no event shows whether the email was
   * sent. Defaults to `at_most_once`.
   */
  delivery?: DeliveryPolicy | null | undefined;
  /**
   * Asks SES to track opens and clicks. Tracking must be on in the organisation's settings.
   * Defaults to neither.
   */
  tracking?: Tracking | null | undefined;
  /** Time at which to send the email (RFC 3339), at most 30 days ahead. Defaults to now. */
  scheduledAt?: string | Date | null | undefined;
  /** Adds a one-click unsubscribe link (RFC 8058). The email must have exactly one recipient. */
  unsubscribe?: boolean | undefined;
  /** Files to attach. */
  attachments?: AttachedFile[] | undefined;
}

/**
 * Decides what happens if the response of SES is lost and no event shows whether the email was
 * sent.
 *
 * - `at_most_once`: Don't retry: the email may be lost.
 * - `at_least_once`: Retry: the email may arrive twice.
 */
export type DeliveryPolicy = 'at_most_once' | 'at_least_once';

/** What SES tracks of an email. Only HTML is tracked. */
export interface Tracking {
  /** Whether SES adds an invisible image that reports when the email is opened. */
  opens: boolean;
  /** Whether SES rewrites the links so that they report clicks. */
  clicks: boolean;
}

/** A file to attach. All files of an email may have about 29 MB in total. */
export interface AttachedFile {
  /** The file name, in any script. */
  filename: string;
  /** The content in base64. */
  content: string;
  /**
   * The content type, such as `image/png` or `text/calendar; method=REQUEST`. Defaults to the type
   * that the file name suggests; text in UTF-8 gets `charset=utf-8`.
   */
  contentType?: string | null | undefined;
  /** Embeds the file in the HTML as `<img src="cid:…">` instead of attaching it. */
  contentId?: string | null | undefined;
}

/** An email with content from a template. */
export interface TemplateEmail {
  /** The sender: `name@example.com` or `Name <name@example.com>`. */
  from: string;
  /** The recipients. */
  to: string | string[];
  /** Recipients of a copy. */
  cc?: string | string[] | undefined;
  /** Recipients of a blind copy. */
  bcc?: string | string[] | undefined;
  /** The addresses that replies go to. */
  replyTo?: string | string[] | undefined;
  /** The template that subject, HTML and text are rendered from. */
  template: TemplateUse;
  /** Additional headers by name. */
  headers?: Record<string, string> | undefined;
  /** Tags by name. Every event of the email includes them. */
  tags?: Record<string, string> | undefined;
  /** The region to send from. Defaults to the connection's default region. */
  region?: RegionCode | null | undefined;
  /**
   * Decides what happens if the response of SES is lost and no event shows whether the email was
   * sent. Defaults to `at_most_once`.
   */
  delivery?: DeliveryPolicy | null | undefined;
  /**
   * Asks SES to track opens and clicks. Tracking must be on in the organisation's settings.
   * Defaults to neither.
   */
  tracking?: Tracking | null | undefined;
  /** Time at which to send the email (RFC 3339), at most 30 days ahead. Defaults to now. */
  scheduledAt?: string | Date | null | undefined;
  /** Adds a one-click unsubscribe link (RFC 8058). The email must have exactly one recipient. */
  unsubscribe?: boolean | undefined;
  /** Files to attach. */
  attachments?: AttachedFile[] | undefined;
}

/** The template of an email and the values of its variables. */
export interface TemplateUse {
  /** The template's id. */
  id: string;
  /** The version. Defaults to the newest. */
  version?: number | null | undefined;
  /** The values of the variables. */
  variables?: TemplateVariables | undefined;
}

/** An accepted email. */
export interface SentEmail {
  /** The email's id. */
  id: string;
  /** The delivery status. */
  status: EmailStatus;
  /** The reason why the email is queued, if it can't be sent now. */
  hold?: Hold;
  /** Recipients that were removed because they are suppressed. */
  suppressed: SuppressedRecipient[];
}

/**
 * The delivery status of an email, in ascending order of precedence: an event never lowers the
 * status.
 *
 * If an email has several recipients, the status is the highest of any of them. The events name the
 * recipients.
 *
 * - `scheduled`: Accepted, to be sent at a set time.
 * - `queued`: Accepted, not sent to SES yet.
 * - `sending`: Being sent to SES.
 * - `unconfirmed`: The response of SES was lost. An event may confirm the email.
 * - `failed`: SES refused the email, or it could not be sent.
 * - `cancelled`: Cancelled before it was sent.
 * - `sent`: Accepted by SES.
 * - `delivery_delayed`: Not delivered yet; SES keeps trying.
 * - `rejected`: Accepted by SES, but not sent: it contains malware, or its SES template could not
 *   be rendered.
 * - `soft_bounced`: Temporarily bounced.
 * - `delivered`: Accepted by a recipient's mail server.
 * - `opened`: Opened by a recipient.
 * - `clicked`: A recipient clicked a link.
 * - `bounced`: Permanently bounced.
 * - `complained`: Marked as spam by a recipient.
 */
export type EmailStatus =
  | 'scheduled'
  | 'queued'
  | 'sending'
  | 'unconfirmed'
  | 'failed'
  | 'cancelled'
  | 'sent'
  | 'delivery_delayed'
  | 'rejected'
  | 'soft_bounced'
  | 'delivered'
  | 'opened'
  | 'clicked'
  | 'bounced'
  | 'complained';

/** The reason why an email is queued. */
export interface Hold {
  /** The limit or problem that holds it. */
  reason: HoldReason;
  /** The latest time at which sending resumes (RFC 3339), as far as it is known. */
  until: string;
}

/**
 * The reason why an email is queued.
 *
 * - `rate`: The account's maximum send rate is reached.
 * - `daily_quota`: The account's 24-hour quota is reached.
 * - `account_unread`: The account's sending limits have not been read yet.
 * - `connection`: The connection doesn't work at the moment. Kraiter keeps checking it.
 * - `sending_paused`: AWS has paused sending for the account.
 * - `permission_missing`: The role isn't allowed to send.
 */
export type HoldReason =
  | 'rate'
  | 'daily_quota'
  | 'account_unread'
  | 'connection'
  | 'sending_paused'
  | 'permission_missing';

/** A recipient that was removed from an email because it is suppressed. */
export interface SuppressedRecipient {
  /** The recipient's place in the request, such as `to[1]`. */
  field: string;
  /** The address, as in the request. */
  address: string;
  /** The reason. */
  reason: SuppressionReason;
  /** Time of the suppression (RFC 3339). */
  since: string;
}

/**
 * The reason why an address is suppressed.
 *
 * - `bounce`: An email to the address bounced permanently.
 * - `complaint`: The recipient marked an email as spam.
 * - `unsubscribe`: The recipient unsubscribed.
 * - `soft_bounces`: Emails to the address bounced temporarily several times.
 * - `manual`: Somebody added the address.
 */
export type SuppressionReason = 'bounce' | 'complaint' | 'unsubscribe' | 'soft_bounces' | 'manual';

/** What would happen to an email that is accepted now. */
export interface EmailDryRun {
  /** `sent` if Amazon SES would get the email at once, `queued` or `scheduled`. */
  status: EmailStatus;
  /**
   * The earliest time at which the email would be sent (RFC 3339); `null` if it would wait behind
   * others.
   */
  sendAt: string | null;
  /**
   * The reason why the email would be queued; `null` if it would only wait behind others, or not at
   * all.
   */
  hold: Hold | null;
  /** The region that the email would be sent from. */
  region: RegionCode;
  /**
   * True if SES has verified the sender's address or domain in this region; `null` if SES didn't
   * say.
   */
  senderVerified: boolean | null;
  /** True if the account is in the SES sandbox in this region. */
  sandbox: boolean;
  /** Recipients that would be removed because they are suppressed. */
  suppressed: SuppressedRecipient[];
  /** Bytes of the message after encoding, or of subject, HTML and text if SES encodes it. */
  size: number;
}

/** The results of a batch. */
export interface SentBatch {
  /** The result of each email, in the order of the request. */
  data: (SentEmail | RefusedEmail)[];
}

/** An email of a batch that was refused. */
export interface RefusedEmail {
  /** The reason. */
  error: BatchError;
}

/** The reason why an email of a batch was refused. */
export interface BatchError {
  /** The stable code, as in a problem document. */
  code: ApiErrorCode;
  /** Description of the error. */
  message: string;
  /** The invalid field of this email, such as `to[1]`. */
  field?: string;
  /** Advice on how to fix it. */
  help?: string;
}

/** Query parameters of `emails.list`. */
export interface EmailQuery {
  /** The most rows of a page. */
  limit?: number | undefined;
  /** The `nextCursor` of the previous page. */
  cursor?: string | undefined;
  /** The status. */
  status?: EmailStatus | undefined;
  /** A recipient's address, or a domain. Includes Cc and Bcc. */
  to?: string | undefined;
  /** The sender's address, or a domain. */
  from?: string | undefined;
  /** Part of the subject. Case-insensitive. */
  subject?: string | undefined;
  /** A tag, as `name=value`, or its name. */
  tag?: string | undefined;
  /** The id of the template that the email was sent with. */
  template?: string | undefined;
  /** The region that the email is sent from. */
  region?: string | undefined;
  /** Emails accepted at this time or later (RFC 3339). */
  since?: string | Date | undefined;
  /** Emails accepted before this time (RFC 3339). */
  until?: string | Date | undefined;
}

/** A page of emails, newest first. */
export interface EmailPage {
  /** The emails. */
  data: EmailSummary[];
  /** The `cursor` of the next page; `null` on the last page. */
  nextCursor: string | null;
}

/** An email in a list. */
export interface EmailSummary {
  /** The email's id. */
  id: string;
  /** The delivery status. */
  status: EmailStatus;
  /** The sender. */
  from: string;
  /** The recipients. */
  to: string[];
  /** The subject. */
  subject: string;
  /** True if a test key sent the email, so that it went to the mailbox simulator. */
  test: boolean;
  /** The region that the email is sent from. */
  region: RegionCode;
  /** Time at which the email was accepted (RFC 3339). */
  createdAt: string;
  /** Time at which the email is to be sent (RFC 3339), or was; `null` if it wasn't scheduled. */
  scheduledAt: string | null;
}

/** An email, its history and its events. */
export interface Email {
  /** The email's id. */
  id: string;
  /** The delivery status. */
  status: EmailStatus;
  /** The sender. */
  from: string;
  /** The recipients. */
  to: string[];
  /** The subject. */
  subject: string;
  /** True if a test key sent the email, so that it went to the mailbox simulator. */
  test: boolean;
  /** The region that the email is sent from. */
  region: RegionCode;
  /** Time at which the email was accepted (RFC 3339). */
  createdAt: string;
  /** Time at which the email is to be sent (RFC 3339), or was; `null` if it wasn't scheduled. */
  scheduledAt: string | null;
  /** Recipients of a copy. */
  cc: string[];
  /** Recipients of a blind copy. */
  bcc: string[];
  /** The addresses that replies go to. */
  replyTo: string[];
  /** Tags by name. */
  tags: Record<string, string>;
  /** The template that the email was sent with; `null` if there is none. */
  template: string | null;
  /** The attached files, without their contents. */
  attachments: Attachment[];
  /** Recipients that were removed because they are suppressed. */
  suppressed: SuppressedRecipient[];
  /** What the email asked SES to track. */
  tracking: Tracking;
  /** The id that SES gave the email; `null` until SES has accepted it. */
  sesMessageId: string | null;
  /** The reason why the email was not sent; `null` if there was no error. */
  error: EmailError | null;
  /** Kraiter's actions, oldest first. */
  history: EmailStep[];
  /** Events that SES reported, oldest first. */
  events: EmailEvent[];
}

/** An attached file, without its content. */
export interface Attachment {
  /** The file name, in any script. */
  filename: string;
  /** The content type, such as `image/png` or `text/plain; charset=utf-8`. */
  contentType: string;
  /** The size in bytes. */
  size: number;
  /**
   * The id that the HTML embeds the file with: `<img src="cid:…">`. Absent if the file is attached
   * only.
   */
  contentId?: string;
}

/** The reason why an email was not sent. */
export interface EmailError {
  /** AWS's error code, or Kraiter's. */
  code: string;
  /** Description of the error. */
  message: string;
}

/** A step in the history of an email. */
export interface EmailStep {
  /** Time of the step (RFC 3339). */
  at: string;
  /** The action. */
  step: EmailStepKind;
  /** The reason: AWS's error code, or Kraiter's. */
  code?: string;
  /** The call to SES that the step reports; absent if it reports none. */
  sesCall?: SesCall;
}

/**
 * An action of Kraiter on an email.
 *
 * - `queued`: Kraiter queued the email because of a sending limit or because SES could not accept
 *   it.
 * - `sent`: SES accepted the email.
 * - `failed`: SES refused the email, or it could not be sent.
 * - `unconfirmed`: The response of SES was lost.
 * - `retried`: No event confirmed the email, so Kraiter sent it again.
 * - `confirmed`: An event confirmed that SES had accepted the email.
 * - `rescheduled`: The email was scheduled for another time.
 * - `cancelled`: The email was cancelled before it was sent.
 * - `gave_up`: Kraiter stopped trying. Whether SES accepted the email is unknown.
 * - `unmatched_event`: A bounce or complaint named no recipient of the email, which had several. So
 *   no address was suppressed.
 */
export type EmailStepKind =
  | 'queued'
  | 'sent'
  | 'failed'
  | 'unconfirmed'
  | 'retried'
  | 'confirmed'
  | 'rescheduled'
  | 'cancelled'
  | 'gave_up'
  | 'unmatched_event';

/** A call to SES (`SendEmail`), or several in a row with the same result. */
export interface SesCall {
  /**
   * AWS's ID of the request, of the first one if there were several. `null` if no response arrived.
   */
  awsRequestId: string | null;
  /** The number of calls. */
  count: number;
}

/** An event that SES reported about an email. `type` is the kind of event. */
export type EmailEvent =
  | SendEvent
  | DeliveryEvent
  | BounceEvent
  | ComplaintEvent
  | RejectEvent
  | OpenEvent
  | ClickEvent
  | RenderingFailureEvent
  | DeliveryDelayEvent
  | SubscriptionEvent
  | OtherEvent;

/** SES accepted the email. */
export interface SendEvent {
  /** The kind of event. */
  type: 'send';
  /** Time of the event (RFC 3339), by SES's clock. */
  at: string;
  /** The recipients it concerns; every recipient if SES doesn't name them. */
  recipients: string[];
  /** The details that SES reported. */
  detail: Record<string, never>;
}

/** A recipient's mail server accepted the email. */
export interface DeliveryEvent {
  /** The kind of event. */
  type: 'delivery';
  /** Time of the event (RFC 3339), by SES's clock. */
  at: string;
  /** The recipients it concerns; every recipient if SES doesn't name them. */
  recipients: string[];
  /** The details that SES reported. */
  detail: DeliveryDetail;
}

/** The details of a delivery. */
export interface DeliveryDetail {
  /** The response of the recipient's mail server. */
  smtpResponse: string | null;
}

/** The email bounced. */
export interface BounceEvent {
  /** The kind of event. */
  type: 'bounce';
  /** Time of the event (RFC 3339), by SES's clock. */
  at: string;
  /** The recipients it concerns; every recipient if SES doesn't name them. */
  recipients: string[];
  /** The details that SES reported. */
  detail: BounceDetail;
}

/** The details of a bounce. */
export interface BounceDetail {
  /** `Permanent`, `Transient` or `Undetermined`. */
  bounceType: string | null;
  /** The subtype, such as `General`, `NoEmail`, `MailboxFull` or `OnAccountSuppressionList`. */
  bounceSubType: string | null;
  /** The reports of the recipients' mail servers. */
  bouncedRecipients: RecipientStatus[];
}

/** A mail server's report about a recipient. */
export interface RecipientStatus {
  /** The recipient. */
  emailAddress: string;
  /** The enhanced status code, such as `5.1.1` (RFC 3463). */
  status?: string;
  /** The message of the mail server. */
  diagnosticCode?: string;
}

/** A recipient marked the email as spam. */
export interface ComplaintEvent {
  /** The kind of event. */
  type: 'complaint';
  /** Time of the event (RFC 3339), by SES's clock. */
  at: string;
  /** The recipients it concerns; every recipient if SES doesn't name them. */
  recipients: string[];
  /** The details that SES reported. */
  detail: ComplaintDetail;
}

/** The details of a complaint. */
export interface ComplaintDetail {
  /** The type of feedback, such as `abuse` or `not-spam`. */
  complaintFeedbackType: string | null;
  /** `OnAccountSuppressionList` if SES did not send the email because of an earlier complaint. */
  complaintSubType: string | null;
}

/** SES didn't send the email. */
export interface RejectEvent {
  /** The kind of event. */
  type: 'reject';
  /** Time of the event (RFC 3339), by SES's clock. */
  at: string;
  /** The recipients it concerns; every recipient if SES doesn't name them. */
  recipients: string[];
  /** The details that SES reported. */
  detail: RejectDetail;
}

/** The details of a rejection. */
export interface RejectDetail {
  /** `Bad content` if the email contains malware. */
  reason: string | null;
}

/** A recipient opened the email. */
export interface OpenEvent {
  /** The kind of event. */
  type: 'open';
  /** Time of the event (RFC 3339), by SES's clock. */
  at: string;
  /** The recipients it concerns; every recipient if SES doesn't name them. */
  recipients: string[];
  /** The details that SES reported. */
  detail: OpenDetail;
}

/** The details of an open. */
export interface OpenDetail {
  /** The user agent of the email client. */
  userAgent: string | null;
}

/** A recipient clicked a link. */
export interface ClickEvent {
  /** The kind of event. */
  type: 'click';
  /** Time of the event (RFC 3339), by SES's clock. */
  at: string;
  /** The recipients it concerns; every recipient if SES doesn't name them. */
  recipients: string[];
  /** The details that SES reported. */
  detail: ClickDetail;
}

/** The details of a click. */
export interface ClickDetail {
  /** The URL of the link. */
  link: string | null;
  /** The user agent of the browser. */
  userAgent: string | null;
}

/** SES could not render a template of its own. */
export interface RenderingFailureEvent {
  /** The kind of event. */
  type: 'renderingFailure';
  /** Time of the event (RFC 3339), by SES's clock. */
  at: string;
  /** The recipients it concerns; every recipient if SES doesn't name them. */
  recipients: string[];
  /** The details that SES reported. */
  detail: RenderingFailureDetail;
}

/** The details of a rendering failure. */
export interface RenderingFailureDetail {
  /** The name of the SES template. */
  templateName: string | null;
  /** Description of the error. */
  errorMessage: string | null;
}

/** The email is not delivered yet. SES keeps trying. */
export interface DeliveryDelayEvent {
  /** The kind of event. */
  type: 'deliveryDelay';
  /** Time of the event (RFC 3339), by SES's clock. */
  at: string;
  /** The recipients it concerns; every recipient if SES doesn't name them. */
  recipients: string[];
  /** The details that SES reported. */
  detail: DeliveryDelayDetail;
}

/** The details of a delivery delay. */
export interface DeliveryDelayDetail {
  /** The cause, such as `MailboxFull`, `SpamDetected` or `TransientCommunicationFailure`. */
  delayType: string | null;
  /** Time at which SES stops trying (RFC 3339). */
  expirationTime: string | null;
  /** The reports of the recipients' mail servers. */
  delayedRecipients: RecipientStatus[];
}

/** A recipient changed their preferences through SES's subscription management. */
export interface SubscriptionEvent {
  /** The kind of event. */
  type: 'subscription';
  /** Time of the event (RFC 3339), by SES's clock. */
  at: string;
  /** The recipients it concerns; every recipient if SES doesn't name them. */
  recipients: string[];
  /** The details that SES reported. */
  detail: SubscriptionDetail;
}

/** The details of a change of preferences. */
export interface SubscriptionDetail {
  /** The contact list in SES. */
  contactList: string | null;
  /** The way the recipient changed them, such as `UnsubscribeHeader`. */
  source: string | null;
  /** True if the recipient unsubscribed from the whole list. */
  unsubscribeAll: boolean | null;
}

/** An event of a kind that Kraiter doesn't know. */
export interface OtherEvent {
  /** The kind of event. */
  type: `other:${string}`;
  /** Time of the event (RFC 3339), by SES's clock. */
  at: string;
  /** The recipients it concerns; every recipient if SES doesn't name them. */
  recipients: string[];
  /** The details that SES reported. */
  detail: Record<string, never>;
}

/** The content of an email. */
export interface EmailContent {
  /**
   * Whether the content is stored. It is deleted once SES has accepted the email, or refused it.
   */
  stored: boolean;
  /** The HTML; `null` if there is none, if it isn't stored, or if the email has files. */
  html: string | null;
  /** The plain text; `null` as `html`. */
  text: string | null;
}

/** A change of a scheduled email. */
export interface UpdateEmail {
  /** Time at which to send the email (RFC 3339), at most 30 days ahead. */
  scheduledAt: string | Date;
}

/** The queue, and bounce and complaint rates. */
export interface Sending {
  /**
   * Get queues and send rates.
   *
   * Queue length, send rate and the reason for a hold, per region. SES counts its limits in
   * recipients.
   */
  get(options?: Options): Promise<ApiResult<SendingStatus>>;
  /**
   * Get bounce and complaint rates.
   *
   * Counted from delivery events as SES counts: without emails to SES's mailbox simulator, and
   * without bounces of addresses on the account's own suppression list. AWS measures the whole
   * account, including email that is not sent through Kraiter.
   */
  reputation(options?: Options): Promise<ApiResult<Reputation>>;
}

/** The queue and the sending limits of each region. */
export interface SendingStatus {
  /** The regions that are sent from. */
  regions: SendingInRegion[];
}

/** The queue and the sending limits of one region. AWS counts recipients, not emails. */
export interface SendingInRegion {
  /** The region. */
  region: RegionCode;
  /** Queued emails that were sent one by one. */
  queued: number;
  /** Queued emails that were sent in batches. */
  queuedInBatches: number;
  /** Emails without a response from SES that no event has confirmed yet. */
  unconfirmed: number;
  /** Recipients per second that Kraiter sends to now; `null` until the account has been read. */
  perSecond: number | null;
  /** Recipients per second that the account may send to; `null` until the account has been read. */
  maxSendRate: number | null;
  /**
   * Recipients that the account may send to in 24 hours; `null` if there is no limit, or until the
   * account has been read.
   */
  max24HourSend: number | null;
  /** Recipients that the account sent to in the last 24 hours, as far as Kraiter knows. */
  sentLast24Hours: number;
  /** The reason why emails are queued; `null` if none are. */
  hold: Hold | null;
}

/** Bounce and complaint rates. */
export interface Reputation {
  /** The number of days that are counted, including today. */
  days: number;
  /** The regions that email was sent from. */
  regions: ReputationInRegion[];
}

/** Bounce and complaint rates of one region. */
export interface ReputationInRegion {
  /** The region. */
  region: RegionCode;
  /** Recipients of emails that SES accepted, without those of its mailbox simulator. */
  sent: number;
  /** Hard bounces. */
  bounces: Rate;
  /** Complaints. */
  complaints: Rate;
}

/** A bounce or complaint rate. */
export interface Rate {
  /** The number of bounces or complaints. */
  count: number;
  /** The share of the sent emails, from 0 to 1. */
  rate: number;
  /** The rate compared with AWS's limits. */
  level: RateLevel;
  /** The rate at which AWS reviews an account. */
  reviewAt: number;
  /** The rate at which AWS may pause an account. */
  pauseAt: number;
}

/**
 * A rate compared with the limits at which AWS acts.
 *
 * - `too_few`: Too few emails were sent, or too few bounced, for a meaningful rate.
 * - `good`: Below half of the rate at which AWS reviews an account.
 * - `watch`: At least half of the rate at which AWS reviews an account.
 * - `review`: AWS reviews accounts at this rate.
 * - `pause`: AWS may pause accounts at this rate.
 */
export type RateLevel = 'too_few' | 'good' | 'watch' | 'review' | 'pause';

/** The addresses that Kraiter doesn't send to. */
export interface Suppressions {
  /** List suppressed addresses. */
  list(query?: SuppressionQuery, options?: Options): List<SuppressionPage>;
  /**
   * Suppress an address.
   *
   * An address that is already suppressed keeps its first reason.
   */
  create(suppression: CreateSuppression, options?: CreateOptions): Promise<ApiResult<Suppression>>;
  /**
   * Import suppressed addresses.
   *
   * A CSV file with a header row: the column `address`, and optionally `reason` and `since`. At
   * most 10,000 addresses and 1 MiB. If any row is invalid, nothing is imported and the response
   * names the rows.
   */
  importCsv(csv: string, options?: CreateOptions): Promise<ApiResult<SuppressionImport>>;
  /**
   * Export suppressed addresses.
   *
   * The whole list, in the format of an import.
   */
  exportCsv(options?: Options): Promise<string>;
  /** Get a suppressed address. */
  get(address: string, options?: Options): Promise<ApiResult<Suppression>>;
  /**
   * Remove an address from the suppression list.
   *
   * Kraiter sends to the address again. Events of earlier emails that arrive late do not suppress
   * it again.
   */
  delete(address: string, options?: Options): Promise<void>;
}

/** Query parameters of `suppressions.list`. */
export interface SuppressionQuery {
  /** The most rows of a page. */
  limit?: number | undefined;
  /** The `nextCursor` of the previous page. */
  cursor?: string | undefined;
  /** Part of the address. Case-insensitive. */
  search?: string | undefined;
  /** Only addresses suppressed for this reason. */
  reason?: SuppressionReason | undefined;
}

/** A page of suppressed addresses, ordered by address. */
export interface SuppressionPage {
  /** The addresses. */
  data: Suppression[];
  /** The `cursor` of the next page; `null` on the last page. */
  nextCursor: string | null;
}

/** An address that Kraiter doesn't send to. */
export interface Suppression {
  /** The address in lower case, with an international domain in Punycode. */
  address: string;
  /** The reason. If there are several reasons, the first. */
  reason: SuppressionReason;
  /** Time of the suppression (RFC 3339). */
  since: string;
  /** The email that caused it; `null` if the address was added by hand or imported. */
  emailId: string | null;
}

/** An address to suppress. */
export interface CreateSuppression {
  /** The address, without a display name. Case-insensitive; the domain may be international. */
  address: string;
  /** The reason. Defaults to `manual`. */
  reason?: SuppressionReason | null | undefined;
}

/** The result of an import. */
export interface SuppressionImport {
  /** Addresses that were added. */
  added: number;
  /** Addresses that were suppressed already. */
  already: number;
}

/** The event feed: what happened to emails and to the connection, numbered without gaps. */
export interface Events {
  /**
   * List events of the feed.
   *
   * Every event has a number in its organisation, without gaps. Pass the number of the last event
   * that you have processed as `after`; an empty page means that you know them all. Events are
   * stored as long as emails.
   */
  list(query?: EventQuery, options?: Options): List<FeedPage>;
}

/** Query parameters of `events.list`. */
export interface EventQuery {
  /** The number of the last event that you know. Defaults to 0. */
  after?: number | undefined;
  /** The maximum number of events, up to 100. Defaults to 100. */
  limit?: number | undefined;
}

/** A page of the feed, oldest event first. */
export interface FeedPage {
  /** The events. Their numbers have no gaps. */
  data: FeedEvent[];
  /**
   * The number of the oldest event that is still stored; `null` if there is none. If it is above
   * `after` + 1, the events between have expired.
   */
  oldestNumber: number | null;
  /** The number of the newest event, or 0. */
  newestNumber: number;
}

/** An event of the organisation's feed. `type` says what happened. */
export type FeedEvent =
  | EmailAcceptedEvent
  | EmailSentEvent
  | EmailDeliveredEvent
  | EmailDeliveryDelayedEvent
  | EmailBouncedEvent
  | EmailComplainedEvent
  | EmailOpenedEvent
  | EmailClickedEvent
  | EmailFailedEvent
  | EmailSuppressedEvent
  | EmailUnsubscribedEvent
  | ConnectionConnectedEvent
  | ConnectionDegradedEvent
  | ConnectionInsecureEvent
  | IdentityVerifiedEvent
  | StackOutdatedEvent
  | ReputationWarningEvent
  | WebhookDisabledEvent;

/** Kraiter accepted the email. */
export interface EmailAcceptedEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'email.accepted';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: {
    /** The email's id. */
    emailId: string;
    /** The sender; `null` if the email has been deleted. */
    from: string | null;
    /** The recipients in `to`; `null` if the email has been deleted. */
    to: string[] | null;
    /** The subject; `null` if the email has been deleted. */
    subject: string | null;
    /** Tags by name; `null` if the email has been deleted. */
    tags: Record<string, string> | null;
    /** True if a test key sent the email; false if the email has been deleted. */
    test: boolean;
    /** The recipients that the event is about. */
    recipients: string[];
    /** The details, by type. */
    detail: Record<string, never>;
  };
}

/** SES accepted the email. */
export interface EmailSentEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'email.sent';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: {
    /** The email's id. */
    emailId: string;
    /** The sender; `null` if the email has been deleted. */
    from: string | null;
    /** The recipients in `to`; `null` if the email has been deleted. */
    to: string[] | null;
    /** The subject; `null` if the email has been deleted. */
    subject: string | null;
    /** Tags by name; `null` if the email has been deleted. */
    tags: Record<string, string> | null;
    /** True if a test key sent the email; false if the email has been deleted. */
    test: boolean;
    /** The recipients that the event is about. */
    recipients: string[];
    /** The details, by type. */
    detail: SentDetail;
  };
}

/** The details of an email that SES accepted. */
export interface SentDetail {
  /** SES's ID of the email. */
  sesMessageId: string | null;
}

/** A recipient's mail server accepted the email. */
export interface EmailDeliveredEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'email.delivered';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: {
    /** The email's id. */
    emailId: string;
    /** The sender; `null` if the email has been deleted. */
    from: string | null;
    /** The recipients in `to`; `null` if the email has been deleted. */
    to: string[] | null;
    /** The subject; `null` if the email has been deleted. */
    subject: string | null;
    /** Tags by name; `null` if the email has been deleted. */
    tags: Record<string, string> | null;
    /** True if a test key sent the email; false if the email has been deleted. */
    test: boolean;
    /** The recipients that the event is about. */
    recipients: string[];
    /** The details, by type. */
    detail: DeliveryDetail;
  };
}

/** The email is not delivered yet. SES keeps trying. */
export interface EmailDeliveryDelayedEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'email.delivery_delayed';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: {
    /** The email's id. */
    emailId: string;
    /** The sender; `null` if the email has been deleted. */
    from: string | null;
    /** The recipients in `to`; `null` if the email has been deleted. */
    to: string[] | null;
    /** The subject; `null` if the email has been deleted. */
    subject: string | null;
    /** Tags by name; `null` if the email has been deleted. */
    tags: Record<string, string> | null;
    /** True if a test key sent the email; false if the email has been deleted. */
    test: boolean;
    /** The recipients that the event is about. */
    recipients: string[];
    /** The details, by type. */
    detail: DeliveryDelayDetail;
  };
}

/** The email bounced: permanently, or temporarily if `bounceType` is `Transient`. */
export interface EmailBouncedEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'email.bounced';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: {
    /** The email's id. */
    emailId: string;
    /** The sender; `null` if the email has been deleted. */
    from: string | null;
    /** The recipients in `to`; `null` if the email has been deleted. */
    to: string[] | null;
    /** The subject; `null` if the email has been deleted. */
    subject: string | null;
    /** Tags by name; `null` if the email has been deleted. */
    tags: Record<string, string> | null;
    /** True if a test key sent the email; false if the email has been deleted. */
    test: boolean;
    /** The recipients that the event is about. */
    recipients: string[];
    /** The details, by type. */
    detail: BounceDetail;
  };
}

/** A recipient marked the email as spam. */
export interface EmailComplainedEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'email.complained';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: {
    /** The email's id. */
    emailId: string;
    /** The sender; `null` if the email has been deleted. */
    from: string | null;
    /** The recipients in `to`; `null` if the email has been deleted. */
    to: string[] | null;
    /** The subject; `null` if the email has been deleted. */
    subject: string | null;
    /** Tags by name; `null` if the email has been deleted. */
    tags: Record<string, string> | null;
    /** True if a test key sent the email; false if the email has been deleted. */
    test: boolean;
    /** The recipients that the event is about. */
    recipients: string[];
    /** The details, by type. */
    detail: ComplaintDetail;
  };
}

/** A recipient opened the email. */
export interface EmailOpenedEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'email.opened';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: {
    /** The email's id. */
    emailId: string;
    /** The sender; `null` if the email has been deleted. */
    from: string | null;
    /** The recipients in `to`; `null` if the email has been deleted. */
    to: string[] | null;
    /** The subject; `null` if the email has been deleted. */
    subject: string | null;
    /** Tags by name; `null` if the email has been deleted. */
    tags: Record<string, string> | null;
    /** True if a test key sent the email; false if the email has been deleted. */
    test: boolean;
    /** The recipients that the event is about. */
    recipients: string[];
    /** The details, by type. */
    detail: OpenDetail;
  };
}

/** A recipient clicked a link. */
export interface EmailClickedEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'email.clicked';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: {
    /** The email's id. */
    emailId: string;
    /** The sender; `null` if the email has been deleted. */
    from: string | null;
    /** The recipients in `to`; `null` if the email has been deleted. */
    to: string[] | null;
    /** The subject; `null` if the email has been deleted. */
    subject: string | null;
    /** Tags by name; `null` if the email has been deleted. */
    tags: Record<string, string> | null;
    /** True if a test key sent the email; false if the email has been deleted. */
    test: boolean;
    /** The recipients that the event is about. */
    recipients: string[];
    /** The details, by type. */
    detail: ClickDetail;
  };
}

/** The email could not be sent. */
export interface EmailFailedEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'email.failed';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: {
    /** The email's id. */
    emailId: string;
    /** The sender; `null` if the email has been deleted. */
    from: string | null;
    /** The recipients in `to`; `null` if the email has been deleted. */
    to: string[] | null;
    /** The subject; `null` if the email has been deleted. */
    subject: string | null;
    /** Tags by name; `null` if the email has been deleted. */
    tags: Record<string, string> | null;
    /** True if a test key sent the email; false if the email has been deleted. */
    test: boolean;
    /** The recipients that the event is about. */
    recipients: string[];
    /** The details, by type. */
    detail: FailedDetail;
  };
}

/** The details of an email that could not be sent. */
export interface FailedDetail {
  /** AWS's error code, or Kraiter's. */
  code: string;
  /** Description of the error. */
  message: string | null;
}

/** Recipients were removed from the email because they are suppressed. */
export interface EmailSuppressedEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'email.suppressed';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: {
    /** The email's id. */
    emailId: string;
    /** The sender; `null` if the email has been deleted. */
    from: string | null;
    /** The recipients in `to`; `null` if the email has been deleted. */
    to: string[] | null;
    /** The subject; `null` if the email has been deleted. */
    subject: string | null;
    /** Tags by name; `null` if the email has been deleted. */
    tags: Record<string, string> | null;
    /** True if a test key sent the email; false if the email has been deleted. */
    test: boolean;
    /** The recipients that the event is about. */
    recipients: string[];
    /** The details, by type. */
    detail: SuppressedDetail;
  };
}

/** The recipients that were removed from an email. */
export interface SuppressedDetail {
  /** The recipients, with the reason of each. */
  suppressed: SuppressedRecipient[];
}

/** A recipient unsubscribed by the link in the email. */
export interface EmailUnsubscribedEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'email.unsubscribed';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: {
    /** The email's id. */
    emailId: string;
    /** The sender; `null` if the email has been deleted. */
    from: string | null;
    /** The recipients in `to`; `null` if the email has been deleted. */
    to: string[] | null;
    /** The subject; `null` if the email has been deleted. */
    subject: string | null;
    /** Tags by name; `null` if the email has been deleted. */
    tags: Record<string, string> | null;
    /** True if a test key sent the email; false if the email has been deleted. */
    test: boolean;
    /** The recipients that the event is about. */
    recipients: string[];
    /** The details, by type. */
    detail: Record<string, never>;
  };
}

/** The connection to the AWS account works. */
export interface ConnectionConnectedEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'connection.connected';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: ConnectionData;
}

/** The data of an event about the connection. */
export interface ConnectionData {
  /** The reason; `null` if the connection works. */
  reason: Reason | null;
}

/** The connection to the AWS account has a problem. */
export interface ConnectionDegradedEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'connection.degraded';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: ConnectionData;
}

/** The role can be assumed without the external ID. */
export interface ConnectionInsecureEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'connection.insecure';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: ConnectionData;
}

/** SES verified a sender identity. */
export interface IdentityVerifiedEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'identity.verified';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: IdentityVerifiedData;
}

/** The identity. */
export interface IdentityVerifiedData {
  /** The identity's id. */
  identityId: string;
  /** The domain or email address. */
  identity: string;
  /** The region. */
  region: RegionCode;
}

/** A newer template than that of the stack is published. */
export interface StackOutdatedEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'stack.outdated';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: StackOutdatedData;
}

/** The stack and the templates. */
export interface StackOutdatedData {
  /** The stack's ARN. */
  stackId: string;
  /** The version of the stack's template. */
  templateVersion: string;
  /** The version of the published template. */
  publishedVersion: string;
}

/** The bounce or complaint rate has reached a level at which AWS may act. */
export interface ReputationWarningEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'reputation.warning';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: ReputationWarningData;
}

/** A bounce or complaint rate. */
export interface ReputationWarningData {
  /** The region. */
  region: RegionCode;
  /** What the rate counts. */
  metric: ReputationMetric;
  /** The rate compared with AWS's limits. */
  level: RateLevel;
  /** The share of the sent emails, from 0 to 1. */
  rate: number;
}

/**
 * What a rate counts.
 *
 * - `bounces`: Hard bounces.
 * - `complaints`: Complaints.
 */
export type ReputationMetric = 'bounces' | 'complaints';

/**
 * Kraiter disabled a webhook endpoint, because every delivery failed for three days or it responded
 * with 410.
 */
export interface WebhookDisabledEvent {
  /** The event's id, the same in every delivery to every endpoint: the header `webhook-id`. */
  id: string;
  /** The number in the organisation's feed. Numbers have no gaps. */
  number: number;
  /** The type of the event. */
  type: 'webhook.disabled';
  /** Time of the event (RFC 3339). */
  timestamp: string;
  /** What happened. */
  data: WebhookDisabledData;
}

/** The endpoint and why it was disabled. */
export interface WebhookDisabledData {
  /** The endpoint's id. */
  webhookId: string;
  /** Why it was disabled. */
  reason: DisabledReason;
}

/**
 * Why nothing is delivered to an endpoint.
 *
 * - `manual`: The organisation disabled it.
 * - `failing`: Every delivery failed for three days.
 * - `gone`: It responded with 410.
 */
export type DisabledReason = 'manual' | 'failing' | 'gone';

/** The calls that Kraiter made in the customer's AWS account. */
export interface AwsCalls {
  /**
   * List calls to AWS.
   *
   * Every call that Kraiter made in the organisation's AWS account, newest first, to compare with
   * CloudTrail. Calls that send emails are listed as long as the email is stored, at the time it
   * was accepted; other calls for 30 days. `cloudTrail` has queries for the same time range.
   */
  list(query?: AwsCallQuery, options?: Options): List<AwsCallPage>;
  /**
   * Export calls to AWS.
   *
   * All calls that the list has, as a CSV file.
   */
  exportCsv(query?: AwsCallFilter, options?: Options): Promise<string>;
}

/** Query parameters of `awsCalls.list`. */
export interface AwsCallQuery {
  /** The most rows of a page. */
  limit?: number | undefined;
  /** The `nextCursor` of the previous page. */
  cursor?: string | undefined;
  /** The earliest time (RFC 3339). */
  since?: string | Date | undefined;
  /** The time after the last one (RFC 3339). */
  until?: string | Date | undefined;
  /** Only calls of this operation, such as AssumeRole. */
  action?: string | undefined;
  /** Only calls with this result. */
  result?: AwsCallResult | undefined;
}

/**
 * The result of a call.
 *
 * - `succeeded`: AWS carried the call out.
 * - `failed`: AWS responded with an error.
 * - `lost`: No response arrived. AWS may have carried the call out.
 */
export type AwsCallResult = 'succeeded' | 'failed' | 'lost';

/**
 * A page of calls, newest first. Calls that send an email are listed at the time the email was
 * accepted.
 */
export interface AwsCallPage {
  /**
   * The calls. A page may have fewer than `limit` although more follow, and a few more, because the
   * calls of one email stay together.
   */
  data: AwsCall[];
  /** The `cursor` of the next page; `null` on the last page. */
  nextCursor: string | null;
  /**
   * The time from which on all calls are listed that don't send emails (RFC 3339): 30 days ago, or
   * later if there were more than 20,000.
   */
  completeSince: string;
  /** Queries for the same time range in `CloudTrail`; `null` if no account is connected. */
  cloudTrail: CloudTrailQueries | null;
}

/** A call that Kraiter made in the customer's AWS account. */
export interface AwsCall {
  /** Time of the call (RFC 3339). For `SendEmail`, the time of the response. */
  at: string;
  /** The operation: `eventName` in `CloudTrail`. */
  action: string;
  /** The region that the request was sent to. */
  region: RegionCode;
  /** The name of the role's session; `null` for `ConfirmSubscription`, which is not signed. */
  sessionName: string | null;
  /** AWS's ID of the request: `requestID` in `CloudTrail`. `null` if no response arrived. */
  awsRequestId: string | null;
  /** The result. */
  result: AwsCallResult;
  /** AWS's error code. */
  code: string | null;
  /** The email that the call sent, or tried to send. */
  emailId: string | null;
  /**
   * The number of calls. More than one for calls of an email that failed in a row with the same
   * error: then time and request ID are those of the first one.
   */
  count: number;
}

/**
 * Queries for the calls of a time range, to be run in the customer's account.
 *
 * `CloudTrail` records `AssumeRole` and most operations of SES as management events, `SendEmail` as
 * a data event, and an unsigned `ConfirmSubscription` not at all. A refused `AssumeRole` of another
 * account's caller is only recorded in the caller's account.
 *
 * <https://docs.aws.amazon.com/ses/latest/dg/logging-using-cloudtrail.html>
 * <https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html>
 * <https://docs.aws.amazon.com/sns/latest/dg/logging-using-cloudtrail.html>
 */
export interface CloudTrailQueries {
  /** SQL for Athena, with a table `cloudtrail_logs` of your trail. */
  athena: string;
  /** SQL for `CloudTrail` Lake. Replace `EVENT_DATA_STORE_ID`. */
  lake: string;
  /**
   * Commands of the AWS CLI that search the event history, which has the management events of the
   * last 90 days.
   */
  lookupEvents: string;
}

/** Query parameters of `awsCalls.exportCsv`. */
export interface AwsCallFilter {
  /** The earliest time (RFC 3339). */
  since?: string | Date | undefined;
  /** The time after the last one (RFC 3339). */
  until?: string | Date | undefined;
  /** Only calls of this operation, such as AssumeRole. */
  action?: string | undefined;
  /** Only calls with this result. */
  result?: AwsCallResult | undefined;
}

/** The request log: failed requests, and changes. */
export interface Requests {
  /**
   * List failed and management requests.
   *
   * Requests of the last seven days that failed, or that changed something other than an email,
   * newest first. Successful reads and sends aren't logged. At most 60 failures and 120 changes are
   * logged in a minute; `leftOut` counts the others.
   */
  list(query?: RequestQuery, options?: Options): List<RequestPage>;
}

/** Query parameters of `requests.list`. */
export interface RequestQuery {
  /** The most rows of a page. */
  limit?: number | undefined;
  /** The `nextCursor` of the previous page. */
  cursor?: string | undefined;
  /** The earliest time (RFC 3339). */
  since?: string | Date | undefined;
  /** The time after the last one (RFC 3339). */
  until?: string | Date | undefined;
  /** A status such as 404, or a class such as 4xx. */
  status?: string | undefined;
  /** The pattern of a route, such as /v1/templates/{id}. */
  route?: string | undefined;
  /** The ID of an API key. */
  key?: string | undefined;
  /** The ID of one request. */
  id?: string | undefined;
}

/** A page of requests, newest first. */
export interface RequestPage {
  /** The requests. */
  data: LoggedRequest[];
  /** The `cursor` of the next page; `null` on the last page. */
  nextCursor: string | null;
  /** Requests that were left out since the newest one. */
  leftOut: number;
}

/** A request that failed, or that changed something other than an email. */
export interface LoggedRequest {
  /** The request ID, as in the response's header `x-request-id` and in problem documents. */
  id: string;
  /** Time at which the request arrived (RFC 3339). */
  at: string;
  /** The HTTP method. */
  method: string;
  /** The route's pattern, such as `/v1/templates/{id}`. */
  route: string;
  /** The status of the response. */
  status: number;
  /** The `code` of the problem document. */
  code: string | null;
  /**
   * The API key that was used, or that created the session; `null` if it is unknown, because it was
   * revoked before.
   */
  key: LoggedKey | null;
  /** Whether a session of the dashboard was used. */
  session: boolean;
  /** How long the request took in the organisation's object, in milliseconds. */
  milliseconds: number;
  /**
   * Similar requests (failures or changes) that were left out before this one, because there were
   * too many in a minute.
   */
  leftOut: number;
}

/** The API key of a logged request. */
export interface LoggedKey {
  /** The key's ID. */
  id: string;
  /** The name that the key had. */
  name: string;
}

/** The endpoints that events are delivered to. */
export interface Webhooks {
  /** List webhook endpoints. */
  list(options?: Options): List<WebhookList>;
  /**
   * Create a webhook endpoint.
   *
   * Events are posted to the URL from then on, signed as in [Standard
   * Webhooks](https://www.standardwebhooks.com). This also switches the event feed on. An
   * organisation has up to 10 endpoints.
   */
  create(webhook: CreateWebhook, options?: CreateOptions): Promise<ApiResult<NewWebhook>>;
  /** Get a webhook endpoint. */
  get(id: string, options?: Options): Promise<ApiResult<Webhook>>;
  /**
   * Change a webhook endpoint.
   *
   * Events of a disabled endpoint are not delivered automatically later: replay them.
   */
  update(id: string, webhook?: UpdateWebhook, options?: Options): Promise<ApiResult<Webhook>>;
  /**
   * Delete a webhook endpoint.
   *
   * Deletes its delivery log, too.
   */
  delete(id: string, options?: Options): Promise<void>;
  /**
   * Replace a webhook endpoint's secret.
   *
   * For 24 hours, webhooks have two signatures: with the new secret and with the former one.
   */
  rotateSecret(id: string, options?: Options): Promise<ApiResult<RotatedSecret>>;
  /**
   * Send a test event.
   *
   * Posts an event of the type `webhook.test` to the endpoint, once and also if it is disabled, and
   * waits for the response. It isn't in the feed.
   */
  test(id: string, options?: Options): Promise<ApiResult<WebhookTest>>;
  /** List a webhook endpoint's deliveries. */
  deliveries(id: string, query?: PageQuery, options?: Options): List<WebhookDeliveryPage>;
  /**
   * Deliver events again.
   *
   * Delivers one event again, or up to 10,000 of those recorded in a time range. The receiver gets
   * them with the same `webhook-id` as before.
   */
  replay(id: string, replay?: WebhookReplay, options?: Options): Promise<ApiResult<WebhookReplayed>>;
}

/** The organisation's endpoints. */
export interface WebhookList {
  /** The endpoints, oldest first. At most 10. */
  data: Webhook[];
}

/** A webhook endpoint, without its secret. */
export interface Webhook {
  /** The endpoint's id. */
  id: string;
  /** The URL that events are posted to. */
  url: string;
  /** The types of events. */
  events: FeedEventType[];
  /** Why nothing is delivered; `null` if the endpoint is enabled. */
  disabled: DisabledReason | null;
  /**
   * Since when every delivery has failed (RFC 3339); `null` if the last one succeeded. After three
   * days the endpoint is disabled.
   */
  failingSince: string | null;
  /** Time of creation (RFC 3339). */
  createdAt: string;
}

/** The type of an event in the feed. */
export type FeedEventType =
  | 'email.accepted'
  | 'email.sent'
  | 'email.delivered'
  | 'email.delivery_delayed'
  | 'email.bounced'
  | 'email.complained'
  | 'email.opened'
  | 'email.clicked'
  | 'email.failed'
  | 'email.suppressed'
  | 'email.unsubscribed'
  | 'connection.connected'
  | 'connection.degraded'
  | 'connection.insecure'
  | 'identity.verified'
  | 'stack.outdated'
  | 'reputation.warning'
  | 'webhook.disabled';

/** An endpoint to create. */
export interface CreateWebhook {
  /** The URL that events are posted to: `https` on a public host. */
  url: string;
  /** The types of events. Defaults to all. */
  events?: FeedEventType[] | null | undefined;
}

/** A new endpoint. */
export interface NewWebhook {
  /** The endpoint's id. */
  id: string;
  /** The URL that events are posted to. */
  url: string;
  /** The types of events. */
  events: FeedEventType[];
  /** Why nothing is delivered; `null` if the endpoint is enabled. */
  disabled: DisabledReason | null;
  /**
   * Since when every delivery has failed (RFC 3339); `null` if the last one succeeded. After three
   * days the endpoint is disabled.
   */
  failingSince: string | null;
  /** Time of creation (RFC 3339). */
  createdAt: string;
  /** The secret that signs its webhooks: `whsec_…`. */
  secret: string;
}

/** A change of an endpoint. Omitted fields stay as they are. */
export interface UpdateWebhook {
  /** The URL that events are posted to. */
  url?: string | null | undefined;
  /** The types of events. */
  events?: FeedEventType[] | null | undefined;
  /**
   * Whether events are delivered. An endpoint that is enabled again gets the events from then on.
   */
  enabled?: boolean | null | undefined;
}

/** A new secret. */
export interface RotatedSecret {
  /** The new secret. The former one signs as well for 24 hours. */
  secret: string;
}

/** The result of a test event. */
export interface WebhookTest {
  /** Whether the endpoint accepted it. */
  delivered: boolean;
  /** The HTTP status of the response; `null` if there was none. */
  responseStatus: number | null;
  /** Why there was no response. */
  error: string | null;
  /** The duration in milliseconds. */
  durationMs: number;
}

/** A page of deliveries, newest event first. */
export interface WebhookDeliveryPage {
  /** The deliveries. */
  data: WebhookDelivery[];
  /** The `cursor` of the next page; `null` on the last page. */
  nextCursor: string | null;
}

/** The delivery of an event to an endpoint. */
export interface WebhookDelivery {
  /** The number of the event. */
  number: number;
  /** How far it has come. */
  state: DeliveryState;
  /** The number of attempts. */
  attempts: number;
  /** The HTTP status of the last response; `null` if there was none. */
  responseStatus: number | null;
  /** Why there was no response. */
  error: string | null;
  /** The duration of the last attempt in milliseconds. */
  durationMs: number | null;
  /** Time of the last attempt (RFC 3339); `null` if there was none. */
  attemptedAt: string | null;
  /** Time of the next attempt (RFC 3339); `null` if none is planned. */
  nextAttemptAt: string | null;
  /** The body of the request; `null` once the event has expired. */
  event: FeedEvent | null;
}

/**
 * How far a delivery has come.
 *
 * - `pending`: It is retried, or waits for an earlier event of the same email.
 * - `delivered`: The endpoint accepted it.
 * - `failed`: It was given up.
 */
export type DeliveryState = 'pending' | 'delivered' | 'failed';

/** Which events to deliver again: one by its number, or those recorded in a time range. */
export interface WebhookReplay {
  /** The number of an event. */
  number?: number | null | undefined;
  /** The start of the range (RFC 3339). */
  since?: string | Date | null | undefined;
  /** The end of the range (RFC 3339). Defaults to now. */
  until?: string | Date | null | undefined;
}

/** The result of a replay. */
export interface WebhookReplayed {
  /** The number of events that will be delivered again. */
  replayed: number;
}

/** The organisation's API keys. */
export interface ApiKeys {
  /** List API keys. */
  list(options?: Options): List<ApiKeyList>;
  /**
   * Create an API key.
   *
   * The response is the only one that holds the key.
   */
  create(apiKey: CreateApiKey, options?: CreateOptions): Promise<ApiResult<NewApiKey>>;
  /**
   * Revoke an API key.
   *
   * Requests with this key, and with sessions created with it, fail immediately.
   */
  delete(id: string, options?: Options): Promise<void>;
}

/** The organisation's API keys. */
export interface ApiKeyList {
  /** The keys, oldest first. */
  data: ApiKey[];
}

/** An API key, without the key itself. */
export interface ApiKey {
  /** The key's id. */
  id: string;
  /** The purpose of the key. */
  name: string;
  /** The last four characters of the key. */
  hint: string;
  /** Time of creation (RFC 3339). */
  createdAt: string;
  /** What the key may do. */
  scope: KeyScope;
  /** Time at which the key stops working (RFC 3339); `null` if never. */
  expiresAt: string | null;
  /** What emails of the key are limited to; `null` if they aren't. */
  restrictions: KeyRestrictions | null;
  /** True for a test key. */
  test: boolean;
  /** Time of last use (RFC 3339), accurate to a few minutes; `null` if never used. */
  lastUsedAt: string | null;
  /** True if this request used the key, or a session that was created with it. */
  current: boolean;
}

/**
 * What an API key may do.
 *
 * - `full`: Everything.
 * - `sending`: Send, move and cancel emails, and get one by its ID.
 * - `read`: Read everything and change nothing.
 */
export type KeyScope = 'full' | 'sending' | 'read';

/** What emails of an API key are limited to. An empty list limits nothing. */
export interface KeyRestrictions {
  /**
   * The domains and addresses that the key may send from, at most 10. Subdomains are domains of
   * their own.
   */
  senders?: string[];
  /** The domains that the key may send to, at most 10. */
  recipientDomains?: string[];
  /** The templates that the key's emails must use, at most 10. */
  templates?: string[];
}

/** An API key to create. */
export interface CreateApiKey {
  /** The purpose of the key, 1 to 100 characters. */
  name: string;
  /** What the key may do. Defaults to `full`. */
  scope?: KeyScope | null | undefined;
  /** Time at which the key stops working (RFC 3339). Defaults to never. */
  expiresAt?: string | Date | null | undefined;
  /** What emails of the key are limited to. Only for a key with the scope `sending`. */
  restrictions?: KeyRestrictions | null | undefined;
  /**
   * True for a test key: its emails go to the mailbox simulator of Amazon SES instead of their
   * recipients. It has the scope `sending`.
   */
  test?: boolean | undefined;
}

/** A new API key. */
export interface NewApiKey {
  /** The key's id. */
  id: string;
  /** The purpose of the key. */
  name: string;
  /** The last four characters of the key. */
  hint: string;
  /** Time of creation (RFC 3339). */
  createdAt: string;
  /** What the key may do. */
  scope: KeyScope;
  /** Time at which the key stops working (RFC 3339); `null` if never. */
  expiresAt: string | null;
  /** What emails of the key are limited to; `null` if they aren't. */
  restrictions: KeyRestrictions | null;
  /** True for a test key. */
  test: boolean;
  /** Time of last use (RFC 3339), accurate to a few minutes; `null` if never used. */
  lastUsedAt: string | null;
  /** True if this request used the key, or a session that was created with it. */
  current: boolean;
  /** The key itself. It is only returned once. */
  apiKey: string;
}

/** The session of a person in a browser. */
export interface Sessions {
  /**
   * Sign in with an API key.
   *
   * For the dashboard's pages, which must send `x-kraiter-csrf`. The cookie lasts 12 hours.
   */
  create(apiKey: string, options?: Options): Promise<ApiResult<Session>>;
  /** Get the current session. */
  get(options?: Options): Promise<ApiResult<Session>>;
  /** Sign out. */
  end(options?: Options): Promise<void>;
}

/** A session. */
export interface Session {
  /** The organisation that is signed in. */
  organisation: SessionOrganisation;
  /** The scope of the API key that the request uses, or that the session was created with. */
  scope: KeyScope;
}

/** The organisation of a session. */
export interface SessionOrganisation {
  /** The organisation's id. */
  id: string;
  /** The name. */
  name: string;
}

/** The organisation's AWS account. */
export interface Settings {
  /** Get the organisation's settings. */
  get(options?: Options): Promise<ApiResult<OrganisationSettings>>;
  /**
   * Change the organisation's settings.
   *
   * Switching tracking on creates a second configuration set in each region with active events. It
   * changes no email that doesn't ask for tracking. If AWS refuses to create one, the setting stays
   * off. The feed contains events from the moment it is switched on.
   */
  update(settings?: UpdateSettings, options?: Options): Promise<ApiResult<OrganisationSettings>>;
}

/** The organisation's settings. */
export interface OrganisationSettings {
  /** Whether emails may ask SES to track opens and clicks. Off by default. */
  tracking: boolean;
  /**
   * The configuration sets that track opens and clicks, one for each region with active events.
   * They are created when tracking is switched on, or by the first email that needs one, and only
   * emails that ask for tracking use them.
   */
  trackingConfigurationSets: TrackingConfigurationSet[];
  /** Whether events are recorded in the feed. Off by default. */
  feed: boolean;
  /** How many days finished emails and their events are stored. The operator sets it. */
  retentionDays: number;
}

/** The configuration set that tracks opens and clicks in a region. */
export interface TrackingConfigurationSet {
  /** The region. */
  region: RegionCode;
  /** The name of the configuration set. */
  configurationSet: string;
}

/** New settings of the organisation. */
export interface UpdateSettings {
  /** Whether emails may ask SES to track opens and clicks. Omit it to leave it as it is. */
  tracking?: boolean | null | undefined;
  /** Whether events are recorded in the feed. Omit it to leave it as it is. */
  feed?: boolean | null | undefined;
}

/** The organisation's AWS account. */
export interface Regions {
  /** List the regions where Amazon SES is available. */
  list(options?: Options): List<RegionList>;
}

/** The regions where Amazon SES is available. */
export interface RegionList {
  /** The regions, in the order of the AWS console. */
  data: AvailableRegion[];
}

/** A region where Amazon SES is available. */
export interface AvailableRegion {
  /** The code, such as `eu-west-1`. */
  region: RegionCode;
  /** The location as the AWS console names it, such as `Europe (Ireland)`. */
  location: string;
  /** Whether the AWS account must enable the region first. */
  optIn: boolean;
  /**
   * Whether the CloudFormation stack can be created there. If not, a role created by hand works.
   */
  supportsStack: boolean;
}

/** Sending emails, and their delivery status. */
export interface Metrics {
  /**
   * Get metrics.
   *
   * An email counts in the interval in which Kraiter accepted it, so the numbers of an interval
   * change as events arrive. Ranges are extended to whole days or hours in UTC, and are limited to
   * 92 days by day and to 7 days by hour. Numbers are available for 13 months.
   *
   * Only events that arrive while an email is stored are counted. With a `group`, the largest 32
   * values of each hour have numbers of their own. An email without a template or tag is in no
   * group, and one with several tags is in the groups of all of them.
   */
  get(query?: MetricsQuery, options?: Options): Promise<ApiResult<EmailMetrics>>;
}

/** Query parameters of `metrics.get`. */
export interface MetricsQuery {
  /** Start of the range (RFC 3339). Defaults to 30 days before "to", or 24 hours by hour. */
  from?: string | Date | undefined;
  /** End of the range (RFC 3339). Defaults to now. */
  to?: string | Date | undefined;
  /** The length of an interval, in UTC. */
  by?: MetricsInterval | undefined;
  /** What the emails are also grouped by. */
  group?: MetricsGroup | undefined;
}

/**
 * The length of a point's interval.
 *
 * - `day`: A day in UTC.
 * - `hour`: An hour.
 */
export type MetricsInterval = 'day' | 'hour';

/**
 * What metrics are grouped by.
 *
 * - `domain`: The sender's domain.
 * - `template`: The template that the content was rendered from.
 * - `region`: The region that the email was sent from.
 * - `tag`: A tag with its value.
 */
export type MetricsGroup = 'domain' | 'template' | 'region' | 'tag';

/** Emails by hour or day. */
export interface EmailMetrics {
  /** Start of the first interval (RFC 3339). */
  from: string;
  /** End of the last interval (RFC 3339). */
  to: string;
  /** The length of an interval. */
  by: MetricsInterval;
  /** What the emails are grouped by; `null` for nothing. */
  group: MetricsGroup | null;
  /**
   * Whether the numbers contain everything that Kraiter knows. If not, they are being counted:
   * repeat the request in a few seconds.
   */
  upToDate: boolean;
  /** Time up to which the numbers contain everything (RFC 3339). */
  asOf: string;
  /** The numbers of the whole range. */
  totals: EmailCounts;
  /** Hard bounces by recipient in the whole range. */
  bounces: Rate;
  /** Complaints in the whole range. */
  complaints: Rate;
  /** The numbers of each interval. */
  points: MetricsPoint[];
  /**
   * The 10 values with the most emails, largest first, and all others together. Empty without
   * `group`.
   */
  groups: MetricsSeries[];
}

/**
 * The numbers of a range. An email counts in the interval in which Kraiter accepted it, whenever it
 * was delivered.
 */
export interface EmailCounts {
  /** Emails that Kraiter accepted. */
  accepted: number;
  /** Emails that SES accepted. */
  sent: number;
  /** Emails that SES refused or rejected, or that couldn't be sent. */
  failed: number;
  /** Emails that the mail server of at least one recipient accepted. */
  delivered: number;
  /** Emails that permanently bounced for at least one recipient. */
  bounced: number;
  /** Emails that at least one recipient marked as spam. */
  complained: number;
  /** Emails that at least one recipient opened, if that was tracked. A click counts as an open. */
  opened: number;
  /** Emails of which at least one recipient clicked a link, if that was tracked. */
  clicked: number;
  /** Recipients of sent emails, as AWS counts them: without those of SES's mailbox simulator. */
  recipients: number;
  /**
   * Recipients for which an email permanently bounced, as AWS counts them. Divided by `recipients`,
   * the bounce rate.
   */
  recipientBounces: number;
  /** Complaints, as AWS counts them. Divided by `recipients`, the complaint rate. */
  complaints: number;
}

/** The numbers of an interval. */
export interface MetricsPoint {
  /** Start of the interval (RFC 3339). */
  start: string;
  /** The numbers. */
  counts: EmailCounts;
}

/** The emails with one domain, template, region or tag. */
export interface MetricsSeries {
  /**
   * The sender's domain, the template's ID, the region, or the tag as `name=value`; `null` for all
   * other values.
   */
  value: string | null;
  /** The numbers of the whole range. */
  totals: EmailCounts;
  /** The numbers of each interval. */
  points: MetricsPoint[];
}
