"""Authlib, a client nobody here wrote, lives a session: client.py STORE NAME PASSWORD SECRET

SECRET is that of the registered client `interop`. Speaks up and fails where anything is not as it should be; the last
line is `done`.
"""

import os
import re
import sys

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from joserfc import jwt
from joserfc.jwk import KeySet

STORE, NAME, PASSWORD, SECRET = sys.argv[1:]
STORE = STORE.rstrip("/")
CALLBACK = "http://localhost:49152/authlib"
RENEWALS = 100

metadata = AuthorizationServerMetadata(
    requests.get(STORE + "/.well-known/oauth-authorization-server", timeout=30).json()
)
metadata.validate_response_types_supported()
metadata.validate_code_challenge_methods_supported()
metadata.validate_token_endpoint_auth_methods_supported()
assert metadata["issuer"] == STORE


def session():
    return OAuth2Session(
        "interop",
        SECRET,
        scope="pos",
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic",
    )


def browse(url):
    """What a person does in the browser: opens the page, fills in the form, is led back."""
    page = requests.get(url, timeout=30).text
    field = lambda name: re.search(f'name="{name}" value="([^"]*)"', page).group(1)
    form = {
        "_wpnonce": field("_wpnonce"),
        "auth_session": field("auth_session"),
        "wcpos-log": NAME,
        "wcpos-pwd": PASSWORD,
        "wcpos_website": "",
    }
    answer = requests.post(url, data=form, allow_redirects=False, timeout=30)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def sign_in(client):
    verifier = generate_token(48)
    url, state = client.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
    back = browse(url)
    assert "token" not in back, "no token in any address"
    token = client.fetch_token(
        metadata["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
    )
    return token, back, state, verifier


def refused(call):
    """What a request that must be refused is refused with."""
    try:
        call()
    except OAuthError as error:
        return error.error
    raise AssertionError("this should have been refused")


def sees(client):
    return client.get(STORE + "/wp-json/wcpos/v2/auth/sessions", timeout=30).status_code


client = session()
token, *_ = sign_in(client)
assert token["token_type"] == "Bearer" and token["scope"] == "pos"
assert sees(client) == 200

keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=30).json())
claims = jwt.decode(token["access_token"], keys, algorithms=["EdDSA"]).claims
assert claims["iss"] == STORE

seen = {token["refresh_token"]}
for _ in range(RENEWALS):
    token = client.refresh_token(metadata["token_endpoint"], token["refresh_token"])
    assert token["refresh_token"] not in seen, "every renewal rotates"
    seen.add(token["refresh_token"])
assert sees(client) == 200
print(f"{RENEWALS} renewals")

lost = client.refresh_token(metadata["token_endpoint"], token["refresh_token"])
again = client.refresh_token(metadata["token_endpoint"], token["refresh_token"])
assert again["refresh_token"] == lost["refresh_token"], "the same successor, however often it is asked for"
token = client.refresh_token(metadata["token_endpoint"], again["refresh_token"])
assert sees(client) == 200
print("a lost reply")

told = client.introspect_token(metadata["introspection_endpoint"], token["access_token"]).json()
assert told["active"] is True and told["username"] == NAME and told["client_id"] == "interop", told
told = client.introspect_token(metadata["introspection_endpoint"], token["refresh_token"]).json()
assert told["active"] is True, told
print("an introspection")

answer = client.revoke_token(metadata["revocation_endpoint"], token["refresh_token"], "refresh_token")
assert answer.status_code == 200, answer.text
assert refused(lambda: client.refresh_token(metadata["token_endpoint"], token["refresh_token"])) == "invalid_grant"
told = client.introspect_token(metadata["introspection_endpoint"], token["access_token"]).json()
assert told == {"active": False}, told
print("a revocation")

client = session()
token, back, state, verifier = sign_in(client)
replay = lambda: session().fetch_token(
    metadata["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
)
assert refused(replay) == "invalid_grant"
assert refused(lambda: client.refresh_token(metadata["token_endpoint"], token["refresh_token"])) == "invalid_grant"
print("a code that was used twice")

print("done")
