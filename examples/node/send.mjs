// @ts-check
// Prints the status of the AWS connection and sends an email.
import { isKraiterError, Kraiter } from '@kraiter/sdk';

const { KRAITER_URL, KRAITER_API_KEY } = process.env;
const [from, to] = process.argv.slice(2);
if (!KRAITER_URL || !KRAITER_API_KEY || !from || !to) {
  console.error('Usage: KRAITER_URL=https://… KRAITER_API_KEY=kr_key_… node send.mjs <from> <to>');
  process.exit(2);
}

const kraiter = new Kraiter({ baseUrl: KRAITER_URL, apiKey: KRAITER_API_KEY });

try {
  const { status, stackRegion, sandbox, reason } = await kraiter.awsBinding.get();
  console.log(`Connection: ${status}${stackRegion ? ` in ${stackRegion}` : ''}`);
  if (reason) console.log(`${reason.message} ${reason.help}`);
  if (sandbox) console.log('The account is in the SES sandbox: the recipient must be verified too.');

  if (status === 'not_connected') {
    const { quickCreateUrl } = await kraiter.awsBinding.connect({ region: 'eu-west-1' });
    console.log(`Open this link in the AWS account, then run the script again:\n${quickCreateUrl}`);
  } else if (status === 'connected' || status === 'degraded') {
    const email = await kraiter.emails.send({
      from,
      to,
      subject: 'Hello from Kraiter',
      text: 'This email was sent with @kraiter/sdk.',
    });
    console.log(`Email ${email.id}: ${email.status}`);
  } else {
    console.log('The connection is not ready. Run the script again in a minute.');
  }
} catch (error) {
  if (!isKraiterError(error)) throw error;
  console.error(`${error.code}: ${error.message} ${error.help ?? ''}`);
  process.exitCode = 1;
}
