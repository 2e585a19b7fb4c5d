// openid-client, a certified client nobody here wrote, lives a session: node client.mjs STORE NAME PASSWORD KEY
// KEY is `bearer`, or `dpop` for a session that is bound to a key. Speaks up and fails where anything is not as it
// should be; the last line is `done`.

import assert from "node:assert/strict";
import * as oauth from "openid-client";

const [store, name, password, key] = process.argv.slice(2);
const callback = "http://127.0.0.1:49152/callback";
const RENEWALS = 100;

const config = await oauth.discovery(new URL(store), "evertill-cli", undefined, oauth.None(), {
  algorithm: "oauth2",
  execute: [oauth.allowInsecureRequests],
});
assert.equal(config.serverMetadata().issuer, store.replace(/\/$/, ""));
const options =
  key === "dpop" ? { DPoP: oauth.getDPoPHandle(config, await oauth.randomDPoPKeyPair("ES256")) } : {};

/** What a person does in the browser: opens the page, fills in the form, is led back. */
async function browse(url) {
  const page = await (await fetch(url)).text();
  const field = (wanted) => page.match(new RegExp(`name="${wanted}" value="([^"]*)"`))[1];
  const form = new URLSearchParams({
    _wpnonce: field("_wpnonce"),
    auth_session: field("auth_session"),
    "wcpos-log": name,
    "wcpos-pwd": password,
    wcpos_website: "",
  });
  const answer = await fetch(url, { method: "POST", body: form, redirect: "manual" });
  assert.equal(answer.status, 303, await answer.text());
  return new URL(answer.headers.get("location"));
}

async function signIn() {
  const verifier = oauth.randomPKCECodeVerifier();
  const state = oauth.randomState();
  const url = oauth.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: "pos",
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const back = await browse(url);
  assert.ok(!back.search.includes("token"), "no token in any address");
  const checks = { pkceCodeVerifier: verifier, expectedState: state };
  const tokens = await oauth.authorizationCodeGrant(config, back, checks, undefined, options);
  return { back, checks, tokens };
}

/** What a request that must be refused is refused with. */
async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return error.error;
  }
  throw new Error("this should have been refused");
}

async function sees(tokens) {
  const url = new URL("/wp-json/wcpos/v2/auth/sessions", store);
  const answer = await oauth.fetchProtectedResource(config, tokens.access_token, url, "GET", undefined, undefined, options);
  return answer.status;
}

let { tokens } = await signIn();
assert.equal(tokens.token_type, key);
assert.equal(tokens.scope, "pos");
assert.equal(await sees(tokens), 200);

const seen = new Set([tokens.refresh_token]);
for (let renewal = 0; renewal < RENEWALS; renewal += 1) {
  tokens = await oauth.refreshTokenGrant(config, tokens.refresh_token, undefined, options);
  assert.ok(!seen.has(tokens.refresh_token), "every renewal rotates");
  seen.add(tokens.refresh_token);
}
assert.equal(await sees(tokens), 200);
console.log(`${RENEWALS} renewals`);

const lost = await oauth.refreshTokenGrant(config, tokens.refresh_token, undefined, options);
const again = await oauth.refreshTokenGrant(config, tokens.refresh_token, undefined, options);
assert.equal(again.refresh_token, lost.refresh_token, "the same successor, however often it is asked for");
tokens = await oauth.refreshTokenGrant(config, again.refresh_token, undefined, options);
assert.equal(await sees(tokens), 200);
console.log("a lost reply");

if (key === "dpop") {
  assert.equal(await refusal(oauth.refreshTokenGrant(config, tokens.refresh_token)), "invalid_grant");
  const thief = { DPoP: oauth.getDPoPHandle(config, await oauth.randomDPoPKeyPair("EdDSA")) };
  assert.equal(await refusal(oauth.refreshTokenGrant(config, tokens.refresh_token, undefined, thief)), "invalid_grant");
  tokens = await oauth.refreshTokenGrant(config, tokens.refresh_token, undefined, options);
  console.log("a thief without the key");
}

await oauth.tokenRevocation(config, tokens.refresh_token);
assert.equal(await refusal(oauth.refreshTokenGrant(config, tokens.refresh_token, undefined, options)), "invalid_grant");
await assert.rejects(sees(tokens).then((status) => assert.equal(status, 200)));
await oauth.tokenRevocation(config, "not a token");
console.log("a revocation");

const replayed = await signIn();
const replay = oauth.authorizationCodeGrant(config, replayed.back, replayed.checks, undefined, options);
assert.equal(await refusal(replay), "invalid_grant");
const ended = oauth.refreshTokenGrant(config, replayed.tokens.refresh_token, undefined, options);
assert.equal(await refusal(ended), "invalid_grant");
console.log("a code that was used twice");

console.log("done");
