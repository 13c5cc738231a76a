// @supabase/supabase-js against a live server: what an application does with accounts.
import assert from "node:assert/strict";
import test from "node:test";
import { client, ok, refused, status, until } from "./shared.mjs";

const credentials = { email: "ada@example.org", password: "a password of some length" };

test("signing up, in, refreshing, changing, signing out", async () => {
  const supabase = client();
  const events = [];
  supabase.auth.onAuthStateChange((event) => events.push(event));

  const { user, session } = await ok(
    supabase.auth.signUp({ ...credentials, options: { data: { display_name: "Ada" } } }),
  );
  assert.equal(user.email, credentials.email);
  assert.equal(user.user_metadata.display_name, "Ada");
  assert.equal(session.token_type, "bearer");
  await refused(client().auth.signUp(credentials), "user_already_exists");
  const weak = await refused(client().auth.signUp({ email: "ben@example.org", password: "football" }), "weak_password");
  assert.deepEqual(weak.reasons, ["pwned"]);

  await refused(supabase.auth.signInWithPassword({ ...credentials, password: "wrong" }), "invalid_credentials");
  const signedIn = await ok(supabase.auth.signInWithPassword(credentials));
  assert.equal(signedIn.user.id, user.id);
  assert.equal((await ok(supabase.auth.getUser())).user.id, user.id);
  const { claims } = await ok(supabase.auth.getClaims());
  assert.equal(claims.role, "authenticated");
  assert.equal(claims.session_id.length, 36);

  const refreshed = await ok(supabase.auth.refreshSession());
  assert.notEqual(refreshed.session.refresh_token, signedIn.session.refresh_token);
  assert.equal(await status(refreshed.session.access_token), 200);

  const changed = await ok(supabase.auth.updateUser({ data: { display_name: "Lovelace", theme: "dark" } }));
  assert.deepEqual(changed.user.user_metadata, { display_name: "Lovelace", theme: "dark" });
  await ok(supabase.auth.updateUser({ password: "another password of some length" }));
  // The first session is another one, and a new password ends those.
  await until(async () => (await status(session.access_token)) === 401);

  assert.equal((await supabase.auth.signOut()).error, null);
  await until(async () => (await status(refreshed.session.access_token)) === 401);
  await refused(supabase.auth.refreshSession(refreshed.session), "session_expired");
  // What the client makes of session_not_found.
  const { error } = await client().auth.getUser(refreshed.session.access_token);
  assert.equal(error.name, "AuthSessionMissingError");
  for (const event of ["SIGNED_IN", "TOKEN_REFRESHED", "USER_UPDATED", "SIGNED_OUT"]) {
    assert.ok(events.includes(event), `${event} among ${events}`);
  }
});

test("somebody who does not say who they are, until they do", async () => {
  const supabase = client();
  const { user } = await ok(supabase.auth.signInAnonymously());
  assert.equal(user.is_anonymous, true);
  const named = await ok(supabase.auth.updateUser({ email: "gus@example.org", password: credentials.password }));
  assert.equal(named.user.is_anonymous, false);
  const again = await ok(client().auth.signInWithPassword({ ...credentials, email: "gus@example.org" }));
  assert.equal(again.user.id, user.id);
});

test("signing out elsewhere", async () => {
  const [here, there] = [client(), client()];
  const ben = { email: "ben@example.org", password: credentials.password };
  await ok(here.auth.signUp(ben));
  const other = await ok(there.auth.signInWithPassword(ben));
  assert.equal((await here.auth.signOut({ scope: "others" })).error, null);
  await until(async () => (await status(other.session.access_token)) === 401);
  assert.equal((await ok(here.auth.getUser())).user.email, ben.email);
});
