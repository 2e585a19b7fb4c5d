// node-oidc-provider as a peer of the bench: one public client, refresh tokens that rotate, everything in memory.
// Prints its address and then refresh tokens that are ready to be spent, one a line. `jwt` signs access tokens.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

const signs = process.argv[2] === 'jwt';
const audience = 'https://shop.example/api';
const scope = 'offline_access';
const { privateKey } = generateKeyPairSync('ed25519');

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = `127.0.0.1:${server.address().port}`;
const provider = new Provider(`http://${address}`, {
  clients: [
    {
      client_id: 'till',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: ['https://shop.example/callback'],
      id_token_signed_response_alg: 'EdDSA',
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'EdDSA', use: 'sig', kid: 'bench' }] },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  rotateRefreshToken: true,
  ttl: { AccessToken: 900, Grant: 86_400, RefreshToken: 86_400 },
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: signs,
      defaultResource: () => audience,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: '',
        audience,
        accessTokenTTL: 900,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'EdDSA' } },
      }),
    },
  },
});
server.on('request', provider.callback());

const client = await provider.Client.find('till');
console.log(address);
for (let till = 0; till < 16; till += 1) {
  const accountId = `cashier${till}`;
  const grant = new provider.Grant({ accountId, clientId: 'till' });
  grant.addOIDCScope(scope);
  const grantId = await grant.save();
  const token = new provider.RefreshToken({
    accountId,
    client,
    grantId,
    scope,
    gty: 'authorization_code',
    authTime: Math.floor(Date.now() / 1000),
    resource: signs ? audience : undefined,
  });
  console.log(await token.save());
}
