// @supabase/supabase-js against a live server: what a server of an application does with the service key.
import assert from "node:assert/strict";
import test from "node:test";
import { client, code, ok, refused, status, until } from "./shared.mjs";

const { admin } = client(process.env.HOWDAH_SERVICE).auth;
const password = "a password of some length";

test("making, finding, changing and deleting accounts", async () => {
  const { user } = await ok(
    admin.createUser({ email: "Ada@example.org", password, email_confirm: true, user_metadata: { name: "Ada" }, app_metadata: { groups: ["staff"] } }),
  );
  assert.equal(user.email, "ada@example.org");
  assert.ok(user.email_confirmed_at);
  assert.deepEqual(user.user_metadata, { name: "Ada" });
  assert.deepEqual(user.app_metadata.groups, ["staff"]);
  await refused(admin.createUser({ email: "ada@example.org", password }), "email_exists");
  await refused(admin.createUser({ email: "ben@example.org", password: "football" }), "weak_password");
  await refused(admin.createUser({ password }), "validation_failed");
  const own = "a0000000-0000-4000-8000-000000000001";
  assert.equal((await ok(admin.createUser({ id: own, email: "ben@example.org" }))).user.id, own);

  const first = await ok(admin.listUsers({ page: 1, perPage: 1 }));
  assert.deepEqual([first.users.length, first.total, first.nextPage, first.lastPage], [1, 2, 2, 2]);
  assert.equal(first.users[0].email, "ben@example.org");
  const all = await ok(admin.listUsers());
  assert.deepEqual([all.users.length, all.total, all.nextPage], [2, 2, null]);

  const signedIn = await ok(client().auth.signInWithPassword({ email: "ada@example.org", password }));
  assert.deepEqual((await ok(client().auth.getClaims(signedIn.session.access_token))).claims.app_metadata.groups, ["staff"]);
  const changed = await ok(admin.updateUserById(user.id, { email: "lovelace@example.org", app_metadata: { groups: null, tier: 2 }, user_metadata: { born: 1815 } }));
  assert.equal(changed.user.email, "lovelace@example.org");
  assert.deepEqual(changed.user.user_metadata, { name: "Ada", born: 1815 });
  assert.deepEqual([changed.user.app_metadata.tier, "groups" in changed.user.app_metadata], [2, false]);
  await ok(admin.updateUserById(user.id, { password: "another password of some length" }));
  await until(async () => (await status(signedIn.session.access_token)) === 401);
  assert.equal((await ok(admin.getUserById(user.id))).user.email, "lovelace@example.org");

  await ok(admin.deleteUser(user.id));
  await refused(admin.getUserById(user.id), "user_not_found");
  await ok(admin.deleteUser(own, true));
  // A closed account is out of sight, and its address is free.
  await refused(admin.getUserById(own), "user_not_found");
  await ok(admin.createUser({ email: "ben@example.org", password, email_confirm: true }));
});

test("keeping people out", async () => {
  const gus = { email: "gus@example.org", password };
  const { user } = await ok(admin.createUser({ ...gus, email_confirm: true }));
  const { session } = await ok(client().auth.signInWithPassword(gus));
  const banned = await ok(admin.updateUserById(user.id, { ban_duration: "24h" }));
  const hours = (new Date(banned.user.banned_until) - Date.now()) / 3600000;
  assert.ok(hours > 23 && hours < 25, banned.user.banned_until);
  await until(async () => (await status(session.access_token)) === 401);
  await refused(client().auth.signInWithPassword(gus), "invalid_credentials");
  await ok(admin.updateUserById(user.id, { ban_duration: "none" }));
  const again = await ok(client().auth.signInWithPassword(gus));

  // Ending one session of somebody, whose token the server has.
  assert.equal((await admin.signOut(again.session.access_token, "local")).error, null);
  await until(async () => (await status(again.session.access_token)) === 401);
});

test("second factors of others", async () => {
  const ida = { email: "ida@example.org", password };
  const { user } = await ok(admin.createUser({ ...ida, email_confirm: true }));
  const supabase = client();
  await ok(supabase.auth.signInWithPassword(ida));
  const factor = await ok(supabase.auth.mfa.enroll({ factorType: "totp", friendlyName: "phone" }));
  const { access_token: token } = await ok(supabase.auth.mfa.challengeAndVerify({ factorId: factor.id, code: code(factor.totp.secret) }));
  const { factors } = await ok(admin.mfa.listFactors({ userId: user.id }));
  assert.deepEqual(factors.map(({ id, status: state, friendly_name: name }) => [id, state, name]), [[factor.id, "verified", "phone"]]);
  // The client wraps this answer, and no error of it, once more.
  assert.equal((await ok(admin.mfa.deleteFactor({ userId: user.id, id: factor.id }))).data.id, factor.id);
  await refused(admin.mfa.deleteFactor({ userId: user.id, id: factor.id }), "mfa_factor_not_found");
  await until(async () => (await status(token)) === 401);
  await ok(client().auth.signInWithPassword(ida));
});

test("nobody else", async () => {
  const supabase = client();
  await ok(supabase.auth.signUp({ email: "eve@example.org", password }));
  for (const key of [process.env.HOWDAH_ANON, (await ok(supabase.auth.getSession())).session.access_token]) {
    const expected = key === process.env.HOWDAH_ANON ? "no_authorization" : "not_admin";
    const { admin: tried } = client(key).auth;
    await refused(tried.listUsers(), expected);
    await refused(tried.createUser({ email: "x@example.org", password }), expected);
    await refused(tried.deleteUser("a0000000-0000-4000-8000-000000000002"), expected);
  }
});

// Links and codes for a server that writes its mails itself.
test("links without mails", async () => {
  const redirectTo = "http://localhost:3000/welcome";
  const made = async (params) => {
    const { properties, user } = await ok(admin.generateLink(params));
    assert.deepEqual(Object.keys(properties).sort(), ["action_link", "email_otp", "hashed_token", "redirect_to", "verification_type"]);
    const link = new URL(properties.action_link);
    assert.equal(link.pathname, "/auth/v1/verify");
    assert.equal(link.searchParams.get("token"), properties.hashed_token);
    return { ...properties, link, user };
  };
  const email = "lin@example.org";

  const signup = await made({ type: "signup", email, password, options: { data: { display_name: "Lin" }, redirectTo } });
  assert.deepEqual([signup.user.email, signup.user.user_metadata, signup.user.email_confirmed_at], [email, { display_name: "Lin" }, undefined]);
  assert.deepEqual([signup.redirect_to, signup.link.searchParams.get("redirect_to"), signup.verification_type], [redirectTo, redirectTo, "signup"]);
  const followed = await fetch(process.env.HOWDAH_URL + signup.link.pathname + signup.link.search, { redirect: "manual" });
  assert.equal(followed.status, 303);
  assert.ok(followed.headers.get("location").startsWith(`${redirectTo}#access_token=`));
  await ok(client().auth.signInWithPassword({ email, password }));
  await refused(admin.generateLink({ type: "signup", email, password }), "email_exists");
  await refused(admin.generateLink({ type: "invite", email }), "email_exists");

  const magic = await made({ type: "magiclink", email });
  assert.equal(magic.verification_type, "magiclink");
  assert.equal((await ok(client().auth.verifyOtp({ token_hash: magic.hashed_token, type: "email" }))).user.id, signup.user.id);
  const recovery = await made({ type: "recovery", email, options: { redirectTo: "https://evil.test/" } });
  assert.equal(recovery.redirect_to, "http://localhost:3000");
  const supabase = client();
  await ok(supabase.auth.verifyOtp({ email, token: recovery.email_otp, type: "recovery" }));
  await ok(supabase.auth.updateUser({ password: "quite another password" }));
  await refused(admin.generateLink({ type: "recovery", email: "nobody@example.org" }), "user_not_found");

  // A magic link for somebody who has no account is their sign-up.
  const first = await made({ type: "magiclink", email: "new@example.org", options: { data: { from: "link" } } });
  assert.equal(first.verification_type, "signup");
  const { user: came } = await ok(client().auth.verifyOtp({ token_hash: first.hashed_token, type: "signup" }));
  assert.deepEqual([came.id, came.user_metadata], [first.user.id, { from: "link" }]);

  const invited = await made({ type: "invite", email: "inv@example.org", options: { data: { team: "engines" } } });
  const { user: guest } = await ok(client().auth.verifyOtp({ token_hash: invited.hashed_token, type: "invite" }));
  assert.deepEqual([guest.id, guest.user_metadata], [invited.user.id, { team: "engines" }]);

  // A change of address takes both.
  const newEmail = "linda@example.org";
  await refused(admin.generateLink({ type: "email_change_new", email, newEmail: "inv@example.org" }), "email_exists");
  const current = await made({ type: "email_change_current", email, newEmail });
  const next = await made({ type: "email_change_new", email, newEmail });
  assert.deepEqual([current.verification_type, next.verification_type], ["email_change_current", "email_change_new"]);
  await ok(client().auth.verifyOtp({ token_hash: current.hashed_token, type: "email_change" }));
  const { user: changed } = await ok(client().auth.verifyOtp({ email: newEmail, token: next.email_otp, type: "email_change" }));
  assert.equal(changed.email, newEmail);
});
