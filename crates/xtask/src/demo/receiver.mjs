// Prints its URL, reads the signing secret from standard input, and prints each webhook, or why it is invalid.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

const print = (value) => console.log(JSON.stringify(value));
const secret = new Promise((resolve) => createInterface(process.stdin).once('line', resolve));
const server = createServer(async (request, response) => {
  try {
    print(new Webhook(await secret).verify(await text(request), request.headers));
    response.writeHead(204).end();
  } catch (error) {
    print({ error: String(error) });
    response.writeHead(400).end();
  }
});
server.listen(0, '127.0.0.1', () => print({ url: `http://127.0.0.1:${server.address().port}/` }));
// The demo has ended.
process.stdin.on('end', () => process.exit());
