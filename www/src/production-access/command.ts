/** Quotes a text for POSIX shells: everything between single quotes is literal, so only single quotes need more. */
export const shellQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The type of most of an account's emails, as SES calls it. */
export type MailType = 'TRANSACTIONAL' | 'MARKETING';

export interface AccountDetailsRequest {
  mailType: MailType;
  websiteUrl: string;
  useCase: string;
}

/**
 * Returns the command line that requests production access in a region. The values are one JSON argument: as arguments of their own,
 * the AWS CLI would read files for values such as `file://…`, version 1 would also fetch `https://…`, and a line break would split the line.
 *
 * https://docs.aws.amazon.com/cli/latest/reference/sesv2/put-account-details.html
 */
export function putAccountDetails(region: string, { mailType, websiteUrl, useCase }: AccountDetailsRequest): string {
  const input = {
    MailType: mailType,
    WebsiteURL: websiteUrl,
    UseCaseDescription: useCase,
    ContactLanguage: 'EN',
    ProductionAccessEnabled: true,
  };
  return `aws sesv2 put-account-details --region ${shellQuote(region)} --cli-input-json ${shellQuote(JSON.stringify(input))}`;
}
