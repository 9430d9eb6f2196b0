// Logs in with the product's own client, enrols in a second factor and makes one protected call. Says on standard output
// what the client saw, a line of JSON each; every time a code is wanted of it, the next line read is the code.
import { File } from 'node:buffer';
import { createInterface } from 'node:readline';
import { RestClient } from '@rocket.chat/api-client';

globalThis.File ??= File; // the client asks for it; Node has it there only since 20

const [baseUrl, user, password, factor, name] = process.argv.slice(2);
const codes = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (saw, what) => console.log(JSON.stringify({ saw, ...what }));
const code = async () => (await codes.next()).value;

const client = new RestClient({ baseUrl });
client.handleTwoFactorChallenge((challenge) => {
  say('challenge', challenge);
  return code();
});

// A method of the realtime API, called over REST as the product's web client does.
const method = async (name, ...params) => {
  const message = JSON.stringify({ msg: 'method', id: '1', method: name, params });
  return JSON.parse((await client.post(`/v1/method.call/${name}`, { message })).message).result;
};

const enrol = {
  'email': async () => say('enrolled', await client.post('/v1/users.2fa.enableEmail')),
  'totp by methods': async () => {
    say('secret', await method('2fa:enable'));
    say('enrolled', await method('2fa:validateTempToken', await code()));
  },
  'totp by routes': async () => {
    say('secret', await client.post('/v1/users.totp.enable'));
    say('enrolled', await client.post('/v1/users.totp.validate', { code: await code() }));
  },
  'password': async () => say('enrolled', {}),
};

const { data } = await client.post('/v1/login', { user, password });
client.setCredentials({ 'X-User-Id': data.userId, 'X-Auth-Token': data.authToken });
await enrol[factor]();
say('updated', await client.post('/v1/users.update', { userId: data.userId, data: { name } }));
process.exit();
