/// <reference lib="esnext.disposable" />

/** How to reach Kraiter. */
export interface KraiterOptions {
  /** Kraiter's address, such as `https://kraiter.example.com`. In a page served by Kraiter itself: `''`. */
  baseUrl: string;
  /** The organisation's API key. Leave it out in a page: the session's cookie is shown instead. */
  apiKey?: string | undefined;
  /**
   * How often a request that failed is made again by itself, from 0 to 10; 3 unless told. It is where the network failed, the server had a
   * fault or asked for patience, and where a second request does nothing twice.
   */
  maxRetries?: number | undefined;
}

/** What every method takes. */
export interface Options {
  /** Gives the request up. It then rejects with the code `aborted`; what was asked for may have been done. */
  signal?: AbortSignal | undefined;
}

/** What every method takes that creates or sends something. */
export interface CreateOptions extends Options {
  /**
   * Names the request for 24 hours, 1 to 256 printable characters: under the same key the same is done once, and answered alike. A new one
   * is made for every call unless told; give your own where the process may end before the answer comes.
   */
  idempotencyKey?: string | undefined;
}

/** A client of one organisation's Kraiter. Making one loads nothing; the first request does. */
export declare class Kraiter {
  constructor(options: KraiterOptions);
  /** The connection to the customer's AWS account. */
  readonly awsBinding: AwsBindings;
  /** What mail is sent from. */
  readonly identities: Identities;
  /** Mails that are written once and filled in for each recipient. */
  readonly templates: Templates;
  /** Mail, and what became of it. */
  readonly emails: Emails;
  /** What waits to be sent, and what comes back. */
  readonly sending: Sending;
  /** Whom no mail goes to any more. */
  readonly suppressions: Suppressions;
  /** The organisation's keys. */
  readonly apiKeys: ApiKeys;
  /** The session of a person in a browser. */
  readonly session: Sessions;
}

export interface AwsBindings {
  /** The connection as it is. */
  get(options?: Options): Promise<AwsBinding>;
  /**
   * The link that creates the stack, and the policies for a role made by hand. Of a connection that has a role it changes nothing:
   * for a further region the link makes a stack there that uses the role and only brings events back, and once it is done that
   * region's `events` is `active`.
   */
  connect(region: { region: string }, options?: CreateOptions): Promise<ConnectDetails>;
  /** Registers a role made by hand. It is checked at once, in the background. */
  create(role: RegisterRole, options?: CreateOptions): Promise<AwsBinding>;
  /** Tries the role now, with the external ID and without. */
  verify(options?: Options): Promise<Verification>;
  /** Finds out which actions of the permissions policy the role lacks, by calls that change nothing. */
  audit(options?: Options): Promise<PermissionAudit>;
  /**
   * Makes what brings events back without a stack, for a role made by hand or for a further region: a configuration set, and for a
   * topic of yours the destination and an address to subscribe. Doing it again changes nothing, but the address is a new one.
   */
  setUpEvents(events?: SetUpEvents, options?: CreateOptions): Promise<EventsSetUp>;
  /** Ends the connection. The stack stays in the AWS account until it is deleted there. */
  disconnect(options?: Options): Promise<AwsBinding>;
  /** Leads a person from not connected to connected. Begins at once; `free()` ends it, or the signal. */
  flow(options?: Options): ConnectFlow;
}

export interface Identities {
  /** Asks SES to verify a domain or an address. The same one in the same region is no second one. */
  create(identity: CreateIdentity, options?: CreateOptions): Promise<Identity>;
  /** An identity as SES sees it now. */
  get(id: string, options?: Options): Promise<Identity>;
  /**
   * What SES has, newest first, in the regions that the organisation uses unless told; 100 a page unless told. A region that fails is
   * named among the problems.
   */
  list(which?: IdentityQuery, options?: Options): Promise<IdentityList>;
  /** Deletes an identity at SES: no mail can be sent from it any more. */
  delete(id: string, options?: Options): Promise<void>;
  /** Changes the key that a domain's mail is signed with. The answer has the records to publish for it. */
  setDkim(id: string, dkim: DkimChoice, options?: Options): Promise<Identity>;
  /** What DNS has of a domain's records now, and what to do about SPF and DMARC. */
  checkDns(id: string, options?: Options): Promise<DnsCheck>;
  /** A domain's records as a zone file (RFC 1035), to be imported at a DNS host. */
  zoneFile(id: string, options?: Options): Promise<string>;
}

export interface Templates {
  /** Stores a template; what isn't one is refused with the part and the line. */
  create(template: TemplateDraft, options?: CreateOptions): Promise<Template>;
  /** A template in its newest version, or in the one that is named. */
  get(id: string, version?: TemplateVersion, options?: Options): Promise<Template>;
  /** A page of templates, newest first; 20 unless told. */
  list(page?: PageQuery, options?: Options): Promise<TemplatePage>;
  /** Makes a new version of the whole template, unless nothing is changed. */
  update(id: string, template: TemplateUpdate, options?: Options): Promise<Template>;
  /** Deletes a template with all its versions. What was sent by it stays as it is. */
  delete(id: string, options?: Options): Promise<void>;
  /** What a template makes of variables. */
  preview(id: string, filling?: TemplateFilling, options?: Options): Promise<TemplatePreview>;
  /** The same of a template that isn't stored. */
  previewDraft(draft: TemplatePreviewDraft, options?: Options): Promise<TemplatePreview>;
}

export interface Emails {
  /** Sends an email. What SES refuses for good rejects with the code `aws_refused`. */
  send(email: SendEmail, options?: CreateOptions): Promise<SentEmail>;
  /**
   * Sends up to 100 emails, without files. Each is accepted or refused by itself: look at every one in `data`. Rejects only where the whole
   * isn't a batch.
   */
  batch(emails: SendEmail[], options?: CreateOptions): Promise<SentBatch>;
  /** An email and what happened to it. */
  get(id: string, options?: Options): Promise<Email>;
  /** A page of emails, newest first; 20 unless told. */
  list(which?: EmailQuery, options?: Options): Promise<EmailPage>;
  /**
   * Takes an email back that SES was never asked to send: one that is scheduled, or that waits for its turn. One that was cancelled already
   * stays so; where it is too late, it rejects with the code `email_not_cancellable`.
   */
  cancel(id: string, options?: Options): Promise<SentEmail>;
}

export interface Sending {
  /** What waits to be sent, how fast it goes, and why nothing goes where that is so. */
  get(options?: Options): Promise<SendingStatus>;
  /** How much of the mail of the last days comes back or is called spam, and how near that is to where AWS steps in. */
  reputation(options?: Options): Promise<Reputation>;
}

export interface ApiKeys {
  /** All keys, oldest first; never the keys themselves. */
  list(options?: Options): Promise<ApiKeyList>;
  /** Makes a key. It is shown this once. */
  create(key: CreateApiKey, options?: CreateOptions): Promise<NewApiKey>;
  /** Lets a key in no more, nor sessions that were made with it. The last one rejects with the code `last_api_key`. */
  delete(id: string, options?: Options): Promise<void>;
}

export interface Suppressions {
  /** A page of the list, by address; 20 unless told. */
  list(which?: SuppressionQuery, options?: Options): Promise<SuppressionPage>;
  /** Puts an address on the list. Of one that is there already, the first reason is answered. */
  create(suppression: CreateSuppression, options?: CreateOptions): Promise<Suppression>;
  /** Why an address is on the list. One that isn't rejects with the code `not_found`. */
  get(address: string, options?: Options): Promise<Suppression>;
  /** Takes an address off the list. Events from before don't put it back. */
  delete(address: string, options?: Options): Promise<void>;
  /** Puts all addresses of a CSV file on the list, or none: wrong lines reject with the code `invalid_rows`, which names them. */
  importCsv(csv: string, options?: CreateOptions): Promise<SuppressionImport>;
  /** The whole list as CSV. */
  exportCsv(options?: Options): Promise<string>;
}

export interface Sessions {
  /** Signs in: a cookie, which no script can read, takes the key's place for twelve hours. */
  create(apiKey: string, options?: Options): Promise<Session>;
  /** Who is signed in. */
  get(options?: Options): Promise<Session>;
  /** Signs out. */
  end(options?: Options): Promise<void>;
}

/** A role made by hand. */
export interface RegisterRole {
  /** The account's twelve digits. */
  awsAccountId: string;
  roleArn: string;
  /** The one that Kraiter made for the organisation: it can't be chosen. */
  externalId: string;
  /** The region to send from. */
  stackRegion: string;
}

export type BindingStatus =
  | 'not_connected'
  | 'awaiting_stack'
  | 'verifying'
  | 'connected'
  | 'degraded'
  | 'insecure'
  | 'disconnected';

/** The connection to the customer's AWS account. */
export interface AwsBinding {
  status: BindingStatus;
  /** The account's twelve digits, once a role is known. */
  awsAccountId: string | null;
  roleArn: string | null;
  stackRegion: string | null;
  /** The organisation's external ID, for the role's trust policy. */
  externalId: string;
  /** The configuration set that tracks what is sent, where a stack made one. */
  configurationSet: string | null;
  /** Whether bounces and complaints come back. */
  eventsActive: boolean;
  /** Whether the account is in SES's sandbox in the stack's region; `null` until it was read. */
  sandbox: boolean | null;
  quota: Quota | null;
  /** Why it doesn't work, or not wholly. */
  reason: Reason | null;
  /** The actions of the permissions policy that the role lacks, as far as was found out. */
  missingPermissions: string[];
  /** The regions that can be chosen. */
  regions: Region[];
  /** When it was last looked at (RFC 3339). */
  checkedAt: string | null;
}

/** The connection after a check. */
export interface Verification extends AwsBinding {
  /** Whether the role worked just now, and only with the external ID. */
  verified: boolean;
}

/** What a customer needs to connect, by one click or by hand. */
export interface ConnectDetails {
  /** Opens the CloudFormation console with everything filled in. */
  quickCreateUrl: string;
  stackName: string;
  externalId: string;
  /** The account that will assume the role. */
  kraiterAccountId: string;
  trustPolicy: Json;
  permissionsPolicy: Json;
  status: BindingStatus;
}

export interface Region {
  /** Such as `eu-west-1`. */
  region: string;
  /** Such as `Europe (Ireland)`. */
  location: string;
  /** Whether the account must enable it first. */
  optIn: boolean;
  /** Whether the stack can be created there; if not, a role made by hand works. */
  supportsStack: boolean;
  /** Whether bounces and complaints come back from there. */
  events: RegionEvents;
  /** The configuration set that emails from there name. */
  configurationSet: string | null;
  /** Whether the account is in the SES sandbox there; `null` until it was read. Each region answers for itself. */
  sandbox: boolean | null;
  /** The account's limits there. */
  quota: Quota | null;
  /** Why the account could not be read there. */
  reason: Reason | null;
  /** SES's account page of the region: there production access is asked for. */
  sesConsoleUrl: string;
}

/** Whether what becomes of email is heard of: `none` has neither stack nor topic, `awaited` waits for the topic's confirmation. */
export type RegionEvents = 'none' | 'awaited' | 'active' | 'ended';

/** What brings events back where no stack does. */
export interface SetUpEvents {
  /** The stack's region unless told. */
  region?: string | undefined;
  /** An SNS topic of yours in that region; without one only the configuration set is made, and the policy is shown for an example. */
  topicArn?: string | undefined;
}

/** What was made, and what is left to do by hand. */
export interface EventsSetUp {
  region: string;
  /** Emails from there name it from now on. */
  configurationSet: string;
  topicArn: string | null;
  /** The access policy that the topic needs. */
  topicPolicy: Json;
  /** The address to subscribe to the topic, raw message delivery off. It is shown this once. `null` where no topic was given. */
  webhookUrl: string | null;
  events: RegionEvents;
}

/** Why a connection doesn't work. */
export interface Reason {
  /** The stable code. */
  code: string;
  message: string;
  /** The step that mends it. */
  help: string;
}

/** The account's limits in the stack's region. All count recipients, not messages. */
export interface Quota {
  /** -1 means without limit. */
  max24HourSend: number;
  /** A second. */
  maxSendRate: number;
  sentLast24Hours: number;
}

/** What makes a sender identity. */
export interface CreateIdentity {
  /** A domain or an email address. */
  identity: string;
  /** The stack's region unless told. */
  region?: string | undefined;
  /** How a domain's mail is signed; by a key that SES makes unless told. */
  dkim?: DkimKey | undefined;
}

/** A key that SES makes, or one of your own (an RSA key in PEM form, which Kraiter hands to SES and keeps nowhere). */
export type DkimKey = { keyLength?: 1024 | 2048 | undefined } | { selector: string; privateKey: string };

/** The same, where a choice has to be made. */
export type DkimChoice = { keyLength: 1024 | 2048 } | { selector: string; privateKey: string };

/** Which identities are listed. */
export interface IdentityQuery extends PageQuery {
  /** A region, several, or `all`; those that the organisation uses unless told. */
  region?: string | readonly string[] | undefined;
}

export type VerificationStatus = 'pending' | 'success' | 'failed' | 'temporary_failure' | 'not_started';

/** A domain or address, as SES sees it. */
export interface Identity {
  id: string;
  identity: string;
  type: 'domain' | 'email_address';
  region: string;
  /** Whether mail can be sent from it. */
  verified: boolean;
  verificationStatus: VerificationStatus;
  /** `null` for an address, and where `partial` is true. */
  dkimStatus: VerificationStatus | null;
  /** `null` for an address, and where `partial` is true. */
  dkim: Dkim | null;
  /** The records to publish for a domain; none where only you know the record of your own key. */
  dnsRecords: DnsRecord[];
  /** Whether it is shown as SES lists it, without DKIM and records. `get` shows them. */
  partial: boolean;
  /** In how many seconds asking again can show something new; `null` where SES is done with it. */
  pollAfterSeconds: number | null;
  createdAt: string;
}

/** How a domain's mail is signed. */
export interface Dkim {
  origin: 'easy_dkim' | 'byodkim' | 'deterministic_easy_dkim';
  signingEnabled: boolean;
  /** In bits; `null` for a key of your own. */
  keyLength: number | null;
  nextKeyLength: number | null;
  /** Of a key of your own. */
  selector: string | null;
  /** Of a key of your own, in base64; `null` where Kraiter wasn't given the key. */
  publicKey: string | null;
  /** Where the CNAME records point into; `null` for a key of your own. */
  hostedZone: string | null;
}

export interface IdentityList {
  data: Identity[];
  /** What is missing from `data`, and why. */
  problems: IdentityProblem[];
  /** The regions that were asked. */
  regions: string[];
  nextCursor: string | null;
}

/** Why a region's identities are not in a list, or not all of them. */
export interface IdentityProblem {
  region: string;
  /** Such as `region_not_enabled`, `permission_missing`, `aws_unreachable`. */
  code: string;
  message: string;
  help: string;
  awsCode: string | null;
}

export interface DnsRecord {
  /** Such as `CNAME`. */
  type: string;
  name: string;
  value: string;
}

export type RecordStatus = 'found' | 'missing' | 'mismatch' | 'pending';

/** What DNS says of a domain's records. */
export interface DnsCheck {
  id: string;
  identity: string;
  region: string;
  /** When DNS was asked (RFC 3339). */
  checkedAt: string;
  /** Whether every record that SES needs is there. SES looks for itself, so `verified` may take a while longer. */
  complete: boolean;
  /** The zone that the domain lies in (`example.com` for `mail.example.com`); `null` where DNS doesn't tell. */
  zone: string | null;
  /** The records that SES needs. */
  records: RecordCheck[];
  /** SPF and DMARC. */
  advice: DnsAdvice[];
  /** In how many seconds asking again can show something new; `null` where nothing is awaited. */
  checkAgainAfterSeconds: number | null;
}

/** A record that SES needs, and whether it is there. */
export interface RecordCheck {
  /** `CNAME` or `TXT`. */
  type: string;
  name: string;
  /** The name inside its zone, as most DNS hosts want it; `null` where the zone isn't known. */
  host: string | null;
  /** What to publish; `null` where only you have it. */
  value: string | null;
  /** `pending`: nothing can be said for sure yet, since DNS takes a while to spread a record. */
  status: RecordStatus;
  /** What is there instead. */
  found: string[];
  /** What was seen. */
  message: string;
  /** What to do; `null` where nothing is to be done. */
  help: string | null;
}

/** A record that SES doesn't need but receivers look at. */
export interface DnsAdvice {
  purpose: AdvicePurpose;
  action: AdviceAction;
  /** `TXT`. */
  type: string;
  name: string;
  /** The name inside its zone; `null` where the zone isn't known. */
  host: string | null;
  /** The text to publish; `null` where nothing is to be published. */
  value: string | null;
  /** The texts of this purpose that are there. */
  found: string[];
  /** Why. */
  message: string;
}

export type AdvicePurpose = 'spf' | 'dmarc';

/**
 * What to do: leave the record, add `value`, put `value` in the place of what is in `found`, mend by hand what is in `found` (what is
 * right can't be told from outside), or wait, since it could not be looked up.
 */
export type AdviceAction = 'keep' | 'publish' | 'change' | 'fix_manually' | 'wait';

/** A template's parts, as they are written: Jinja, as far as a mail needs it. */
export interface TemplateParts {
  subject: string;
  /** `html` or `text` is needed, or both. */
  html?: string | null | undefined;
  /** Made from the HTML where there is none. */
  text?: string | null | undefined;
}

/** A template to store. */
export interface TemplateDraft extends TemplateParts {
  /** One of its own in the organisation. */
  name: string;
}

/** The whole template anew. */
export interface TemplateUpdate extends TemplateDraft {
  /** The version that was edited: where it isn't the newest any more, nothing is changed (`version_conflict`). */
  version?: number | null | undefined;
}

/** Which version; the newest unless told. The newest 50 are kept. */
export interface TemplateVersion {
  version?: number | undefined;
}

/** The values that a template is filled with, by name. */
export type TemplateVariables = Record<string, Json>;

/** What a template is filled with. */
export interface TemplateFilling {
  /** The newest unless told. */
  version?: number | null | undefined;
  variables?: TemplateVariables | undefined;
}

/** A template to look at without storing it. */
export interface TemplatePreviewDraft extends TemplateParts {
  variables?: TemplateVariables | undefined;
}

/** A template in one of its versions. */
export interface Template {
  id: string;
  /** The name, whatever the version. */
  name: string;
  /** The version that is shown. */
  version: number;
  subject: string;
  html: string | null;
  text: string | null;
  /** In the order in which they stand in the template. */
  variables: TemplateVariable[];
  /** The versions that are kept: each from the oldest to the newest. */
  versions: { oldest: number; newest: number };
  createdAt: string;
  /** When the version was made. */
  updatedAt: string;
}

/** A variable that a template uses. */
export interface TemplateVariable {
  /** The outermost: `order` for `{{ order.number }}`. */
  name: string;
  /** Whether it has to be given, be it `null`. */
  required: boolean;
}

/** A template in a list, in its newest version. */
export interface TemplateSummary {
  id: string;
  name: string;
  version: number;
  subject: string;
  createdAt: string;
  /** When the version was made. */
  updatedAt: string;
}

export interface TemplatePage {
  data: TemplateSummary[];
  /** `null` on the last page. */
  nextCursor: string | null;
}

/** What a template makes of variables. */
export interface TemplatePreview {
  subject: string;
  html: string | null;
  /** What was made from the HTML where the template has none. */
  text: string;
  /** The variables that it uses. */
  variables: TemplateVariable[];
}

/** An email to send: written out, or made by a template. */
export type SendEmail =
  | (WrittenEmail & { template?: undefined })
  | (TemplateEmail & { subject?: undefined; html?: undefined; text?: undefined });

/** An email of its own parts. It needs `html` or `text`, or both. */
export interface WrittenEmail extends Envelope {
  subject: string;
  html?: string | undefined;
  text?: string | undefined;
}

/** An email whose parts a template makes, when it is accepted. */
export interface TemplateEmail extends Envelope {
  template: TemplateUse;
}

/** The template of an email, and what it is filled with. */
export interface TemplateUse extends TemplateFilling {
  id: string;
}

/** What an email has whatever it says. */
export interface Envelope {
  /** `name@example.com` or `Name <name@example.com>`. */
  from: string;
  to: string | string[];
  cc?: string | string[] | undefined;
  bcc?: string | string[] | undefined;
  replyTo?: string | string[] | undefined;
  headers?: Record<string, string> | undefined;
  /** They come back with every event. */
  tags?: Record<string, string> | undefined;
  /** What to do where SES's answer is lost and no event can tell what became of it; `at_most_once` unless told. */
  delivery?: 'at_most_once' | 'at_least_once' | undefined;
  /** When to send it, instead of now: RFC 3339 with its zone, such as `date.toISOString()`; at most 30 days ahead. */
  scheduledAt?: string | undefined;
  /** Whether it carries a link that unsubscribes its one recipient by one click (RFC 8058). */
  unsubscribe?: boolean | undefined;
  /** The stack's region unless told. */
  region?: string | undefined;
  attachments?: AttachedFile[] | undefined;
}

/** A file of an email. All files of an email have about 29 MB together. */
export interface AttachedFile {
  /** In any script. */
  filename: string;
  /** Base64, without line breaks. */
  content: string;
  /** Such as `image/png`; guessed by the name unless told. */
  contentType?: string | undefined;
  /** The HTML shows the file as `cid:<contentId>`. */
  contentId?: string | undefined;
}

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

export interface SentEmail {
  id: string;
  /** `sent`, `queued` (sent by itself when there is room), `scheduled` or `unconfirmed` (SES's answer was lost: an event tells). */
  status: EmailStatus;
  /** Why it waits, where it does. */
  hold?: Hold;
  /** The recipients who were left out. Where all are, it rejects with the code `recipients_suppressed`. */
  suppressed: SuppressedRecipient[];
}

/** What has become of each email of a batch, in their order. */
export interface SentBatch {
  data: (SentEmail | RefusedEmail)[];
}

/** An email of a batch that wasn't accepted. */
export interface RefusedEmail {
  error: BatchError;
}

/** Why an email of a batch wasn't accepted, as a `KraiterError` says it of an email by itself. */
export interface BatchError {
  code: string;
  message: string;
  /** The field of this email that is wrong, such as `to[1]`. */
  field?: string;
  /** How to mend it. */
  help?: string;
}

export interface EmailSummary {
  id: string;
  status: EmailStatus;
  from: string;
  to: string[];
  subject: string;
  region: string;
  createdAt: string;
  /** When it is to be sent, or was; `null` where it was to be sent at once. */
  scheduledAt: string | null;
}

export interface Email extends EmailSummary {
  cc: string[];
  bcc: string[];
  replyTo: string[];
  tags: Record<string, string>;
  /** What is known of its files; their contents are never given back. */
  attachments: { filename: string; contentType: string; size: number; contentId?: string }[];
  /** The recipients who were left out. */
  suppressed: SuppressedRecipient[];
  /** SES's id of it, once SES took it. */
  sesMessageId: string | null;
  /** Why it wasn't sent. */
  error: { code: string; message: string } | null;
  /** What was done with it, by time. */
  history: EmailStep[];
  /** What happened to it, by time. */
  events: EmailEvent[];
}

export interface EmailStep {
  /** When (RFC 3339). */
  at: string;
  step: 'queued' | 'sent' | 'failed' | 'unconfirmed' | 'retried' | 'confirmed' | 'cancelled' | 'gave_up';
  /** Why: AWS's code, or Kraiter's. */
  code?: string;
}

/** What waits to be sent, and how fast it goes. */
export interface SendingStatus {
  /** The regions that are sent from. */
  regions: SendingInRegion[];
}

/** SES's limits are counted in recipients. */
export interface SendingInRegion {
  region: string;
  /** How many emails wait that were sent one by one. */
  queued: number;
  /** How many emails wait that were sent in batches. */
  queuedInBatches: number;
  /** How many emails wait for an event, since SES's answer was lost. */
  unconfirmed: number;
  /** How many recipients a second are written to now. */
  perSecond: number | null;
  /** How many the account may write to. */
  maxSendRate: number | null;
  /** How many it may write to in 24 hours; `null` where that isn't limited or not known. */
  max24HourSend: number | null;
  /** How many of the last 24 hours are known of. */
  sentLast24Hours: number;
  /** Why nothing goes now; `null` where nothing waits. */
  hold: Hold | null;
}

/** What became of the mail of the last days. */
export interface Reputation {
  /** How many days are counted, today included. */
  days: number;
  /** The regions that mail was sent from. */
  regions: ReputationInRegion[];
}

export interface ReputationInRegion {
  region: string;
  /** Recipients whom SES took mail for, without its simulator's. */
  sent: number;
  /** What came back for good. */
  bounces: Rate;
  /** What was called spam. */
  complaints: Rate;
}

export interface Rate {
  count: number;
  /** The part of what was sent, from 0 to 1. */
  rate: number;
  /** `watch` is half of the way to a review; `too_few` says that there is no rate to speak of yet. */
  level: RateLevel;
  /** The rate at which AWS reviews an account. */
  reviewAt: number;
  /** The rate at which AWS may stop an account. */
  pauseAt: number;
}

export type RateLevel = 'too_few' | 'good' | 'watch' | 'review' | 'pause';

/** Which actions of the permissions policy the role may do. */
export interface PermissionAudit {
  permissions: Permission[];
  checkedAt: string;
}

export interface Permission {
  /** As a policy names it: `ses:SendEmail`. */
  action: string;
  /** `unknown` where AWS didn't say, or no call could be made that changes nothing. */
  verdict: Verdict;
}

export type Verdict = 'allowed' | 'missing' | 'unknown';

export interface Hold {
  reason: 'rate' | 'daily_quota' | 'account_unread' | 'connection';
  /** When there is room, as far as that is known; at the latest (RFC 3339). */
  until: string;
}

export type EmailEventType =
  | 'send'
  | 'delivery'
  | 'bounce'
  | 'complaint'
  | 'reject'
  | 'open'
  | 'click'
  | 'renderingFailure'
  | 'deliveryDelay'
  | 'subscription'
  | `other:${string}`;

export interface EmailEvent {
  type: EmailEventType;
  /** When, by SES's clock (RFC 3339). */
  at: string;
  /** The recipients that it is about. */
  recipients: string[];
  /** What SES says of it: a bounce's type and diagnostic codes, a click's link. */
  detail: Json;
}

export interface CreateApiKey {
  /** What it is for, 1 to 100 characters. */
  name: string;
}

export interface ApiKeyList {
  data: ApiKey[];
}

/** What is shown of a key. */
export interface ApiKey {
  id: string;
  name: string;
  /** The last four characters of the key. */
  hint: string;
  createdAt: string;
  /** When it was last shown, to some minutes. */
  lastUsedAt: string | null;
  /** Whether it is the one that this request has shown, or that the session was made with. */
  current: boolean;
}

export interface NewApiKey extends ApiKey {
  /** The key, shown this once. */
  apiKey: string;
}

export interface PageQuery {
  /** 1 to 100. */
  limit?: number | undefined;
  /** The `nextCursor` of the page before. */
  cursor?: string | undefined;
}

export interface EmailQuery extends PageQuery {
  /** Only what is still to be sent at a time of its own. */
  status?: 'scheduled' | undefined;
}

export interface EmailPage {
  data: EmailSummary[];
  /** `null` on the last page. */
  nextCursor: string | null;
}

export type SuppressionReason = 'bounce' | 'complaint' | 'unsubscribe' | 'soft_bounces' | 'manual';

/** An address that no mail goes to. */
export interface Suppression {
  /** In small letters, an international domain in punycode: so addresses are compared. */
  address: string;
  /** The first, where there are several. */
  reason: SuppressionReason;
  since: string;
  /** The email that it comes from. */
  emailId: string | null;
}

/** A recipient whom an email was not sent to. */
export interface SuppressedRecipient {
  /** Where it stood, such as `to[1]`. */
  field: string;
  address: string;
  reason: SuppressionReason;
  since: string;
}

export interface CreateSuppression {
  address: string;
  /** `manual` unless told. */
  reason?: SuppressionReason | undefined;
}

export interface SuppressionQuery extends PageQuery {
  /** What the address has in it. */
  search?: string | undefined;
  reason?: SuppressionReason | undefined;
}

export interface SuppressionPage {
  data: Suppression[];
  /** `null` on the last page. */
  nextCursor: string | null;
}

export interface SuppressionImport {
  /** How many are on the list now that weren't before. */
  added: number;
  already: number;
}

export interface Session {
  organisation: { id: string; name: string };
}

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/**
 * A running connect-and-verify flow. It looks at the connection by itself: often while a stack or a role is waited for, seldom
 * while the page is hidden, at once when the customer comes back or the network does.
 *
 * Its methods can be passed on as they are. None of them throws: what goes wrong is a state.
 */
export interface ConnectFlow extends AsyncIterable<FlowState>, Disposable {
  /** What to show now. */
  readonly state: FlowState;
  /** The customer chose a region: the link is made. */
  readonly start: (region: string) => void;
  /** Looks now; a role that needs attention is verified, and what failed is tried again. */
  readonly retry: () => void;
  /** Calls it off: nothing is asked until `start` or `retry`. */
  readonly cancel: () => void;
  /** Tells each change; the function that is returned ends that. */
  readonly subscribe: (listener: (state: FlowState) => void) => () => void;
  /** Ends the flow: no request, timer or listener is left. */
  readonly free: () => void;
  /**
   * The state now and then each change, until the flow is freed or its signal aborts. Whoever is slow misses what passed meanwhile,
   * never what is. Leaving the loop doesn't end the flow.
   */
  [Symbol.asyncIterator](): AsyncGenerator<FlowState, void, undefined>;
}

export type FlowState =
  /** Nothing is known yet. */
  | { step: 'loading' }
  /** Kraiter can't be reached; `last` is what was shown before. */
  | { step: 'offline'; last: FlowState | null }
  /** No account is connected: call `start` with one of these. */
  | { step: 'choose_region'; regions: Region[] }
  /** The customer opens the link and creates the stack, or creates a role by hand. */
  | { step: 'open_link'; link: string; details: ConnectDetails; binding: AwsBinding }
  /** The role is being tried; the reason is why it didn't work yet. */
  | { step: 'verifying'; binding: AwsBinding; reason?: Reason }
  | { step: 'connected'; binding: AwsBinding }
  /** It doesn't work, or not wholly: `retry` verifies. */
  | { step: 'needs_attention'; binding: AwsBinding; reason: Reason }
  /** Something was refused. `canRetry`: trying again may help without anything being mended first. */
  | { step: 'failed'; error: FlowError; canRetry: boolean }
  /** `cancel` was called, or the signal aborted. */
  | { step: 'cancelled' };

/** Why a flow failed. */
export type FlowError = KraiterError;

/** Why something that was asked for didn't come. Every rejection of the package is one. */
export declare class KraiterError extends Error {
  constructor(code: string, message: string, more?: KraiterErrorFields);
  readonly name: 'KraiterError';
  /**
   * The stable code: the API's own, or one of the package's: `network_error`, `timeout`, `aborted`, `unexpected_response`,
   * `module_not_loaded`, `module_failed`, `invalid_url`.
   */
  readonly code: string;
  /** The field that is wrong, such as `roleArn` or `to[1]`. */
  readonly field?: string;
  /** The HTTP status. None where there was no answer, or where a mistake was seen before anything was sent. */
  readonly status?: number;
  /** The request's id at Kraiter, where there was an answer. */
  readonly requestId?: string;
  /** How to mend it. */
  readonly help?: string;
  /** AWS's own code, where AWS answered. */
  readonly awsCode?: string;
}

export interface KraiterErrorFields {
  field?: string | undefined;
  status?: number | undefined;
  requestId?: string | undefined;
  help?: string | undefined;
  awsCode?: string | undefined;
  cause?: unknown;
}

/** Whether something thrown is a `KraiterError`, of this copy of the package or of another one. */
export declare function isKraiterError(error: unknown): error is KraiterError;
