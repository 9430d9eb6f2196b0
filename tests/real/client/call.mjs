// Logs in with the product's own client, turns e-mail 2FA on and makes one protected call. Says on standard output what
// the client saw, a line of JSON each; every time its second-factor handler is called, the next line read is the code.
import { File } from 'node:buffer';
import { createInterface } from 'node:readline';
import { RestClient } from '@rocket.chat/api-client';

globalThis.File ??= File; // the client asks for it; Node has it there only since 20

const [baseUrl, user, password, name] = process.argv.slice(2);
const codes = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (saw, what) => console.log(JSON.stringify({ saw, ...what }));

const client = new RestClient({ baseUrl });
client.handleTwoFactorChallenge(async (challenge) => {
  say('challenge', challenge);
  return (await codes.next()).value;
});

const { data } = await client.post('/v1/login', { user, password });
client.setCredentials({ 'X-User-Id': data.userId, 'X-Auth-Token': data.authToken });
say('enabled', await client.post('/v1/users.2fa.enableEmail'));
say('updated', await client.post('/v1/users.update', { userId: data.userId, data: { name } }));
process.exit();
