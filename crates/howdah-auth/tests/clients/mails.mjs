// @supabase/supabase-js against a live server: what an application does with mails.
//
// HOWDAH_URL is the server, HOWDAH_ANON and HOWDAH_SERVICE tokens that stand for the project's keys, HOWDAH_MAILS lists the
// mails that have arrived.
import assert from "node:assert/strict";
import test from "node:test";
import { createClient } from "@supabase/supabase-js";

const url = process.env.HOWDAH_URL;
function client(auth = {}, key = process.env.HOWDAH_ANON) {
  return createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, ...auth },
    // Node.js 20 has no WebSocket of its own, and without one not even a client is made. Nothing here opens one.
    realtime: { transport: globalThis.WebSocket ?? class {} },
  });
}
const password = "a password of some length";

async function ok(answer) {
  const { data, error } = await answer;
  assert.equal(error, null, JSON.stringify(error));
  return data;
}

async function refused(answer, code) {
  const { error } = await answer;
  assert.equal(error?.code, code, JSON.stringify(error));
}

// The latest mail to an address, once there are so many for it.
async function mail(to, count = 1) {
  for (let tries = 0; tries < 1500; tries += 1) {
    const mails = (await (await fetch(process.env.HOWDAH_MAILS)).json()).filter((mail) => mail.to.includes(to));
    if (mails.length >= count) return mails[count - 1];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`no mail ${count} to ${to}`);
}

const pathOf = (mail) => mail.link.slice(mail.link.indexOf("/auth/v1"));
const tokenOf = (mail) => new URL(mail.link).searchParams.get("token");

// Where a browser ends up that follows the link of a mail.
async function follow(mail) {
  const response = await fetch(url + pathOf(mail), { redirect: "manual" });
  assert.equal(response.status, 303);
  return new URL(response.headers.get("location"));
}

test("signing up, confirming by the link, signing in", async () => {
  const supabase = client();
  const email = "ada@example.org";
  const { user, session } = await ok(supabase.auth.signUp({ email, password }));
  assert.equal(user.email, email);
  assert.equal(session, null);
  await refused(supabase.auth.signInWithPassword({ email, password }), "email_not_confirmed");
  await mail(email);
  await ok(supabase.auth.resend({ type: "signup", email }));
  const fragment = new URLSearchParams((await follow(await mail(email, 2))).hash.slice(1));
  const confirmed = await ok(
    supabase.auth.setSession({
      access_token: fragment.get("access_token"),
      refresh_token: fragment.get("refresh_token"),
    }),
  );
  assert.equal(confirmed.user.id, user.id);
  assert.ok(confirmed.user.email_confirmed_at);
  await ok(supabase.auth.signOut({ scope: "local" }));
  assert.equal((await ok(supabase.auth.signInWithPassword({ email, password }))).user.id, user.id);
  // What was used once, and what a newer mail has replaced, is of no use.
  for (const n of [1, 2]) {
    const token_hash = tokenOf(await mail(email, n));
    await refused(client().auth.verifyOtp({ token_hash, type: "signup" }), "otp_expired");
  }
});

test("recovering a password", async () => {
  const supabase = client();
  const email = "ada@example.org";
  await ok(supabase.auth.resetPasswordForEmail(email, { redirectTo: "http://localhost:3000/new-password" }));
  const recovery = await mail(email, 3);
  assert.ok(recovery.link.endsWith("redirect_to=http%3A%2F%2Flocalhost%3A3000%2Fnew%2Dpassword"), recovery.link);
  const events = [];
  supabase.auth.onAuthStateChange((event) => events.push(event));
  await ok(supabase.auth.verifyOtp({ token_hash: tokenOf(recovery), type: "recovery" }));
  assert.ok(events.includes("PASSWORD_RECOVERY"), String(events));
  await ok(supabase.auth.updateUser({ password: "quite another password" }));
  await ok(client().auth.signInWithPassword({ email, password: "quite another password" }));
  await refused(client().auth.signInWithPassword({ email, password }), "invalid_credentials");
});

test("codes", async () => {
  const supabase = client();
  const email = "ben@example.org";
  await ok(supabase.auth.signInWithOtp({ email, options: { data: { display_name: "Ben" } } }));
  const { code } = await mail(email);
  const wrong = code === "000000" ? "000001" : "000000";
  await refused(supabase.auth.verifyOtp({ email, token: wrong, type: "email" }), "otp_expired");
  const { user } = await ok(supabase.auth.verifyOtp({ email, token: code, type: "email" }));
  assert.equal(user.user_metadata.display_name, "Ben");
  await ok(supabase.auth.reauthenticate());
  const nonce = (await mail(email, 2)).code;
  await ok(supabase.auth.updateUser({ password: "yet another password", nonce }));
});

test("a link with PKCE", async () => {
  const memory = new Map();
  const storage = {
    getItem: (key) => memory.get(key) ?? null,
    setItem: (key, value) => void memory.set(key, value),
    removeItem: (key) => void memory.delete(key),
  };
  const supabase = client({ flowType: "pkce", persistSession: true, storage });
  const email = "cyd@example.org";
  await ok(supabase.auth.signInWithOtp({ email }));
  const back = await follow(await mail(email));
  assert.equal(back.hash, "");
  // Another browser has no verifier.
  assert.ok((await client({ flowType: "pkce" }).auth.exchangeCodeForSession(back.searchParams.get("code"))).error);
  const { session } = await ok(supabase.auth.exchangeCodeForSession(back.searchParams.get("code")));
  assert.equal(session.user.email, email);
});

test("a new address", async () => {
  const supabase = client();
  const email = "ben@example.org";
  await ok(supabase.auth.signInWithPassword({ email, password: "yet another password" }));
  const { user } = await ok(supabase.auth.updateUser({ email: "benjamin@example.org" }));
  assert.equal(user.email, email);
  const here = await mail("benjamin@example.org");
  // The mails to the old address: code, nonce, that the password was changed, and this one.
  const there = await mail(email, 4);
  await ok(supabase.auth.verifyOtp({ email: "benjamin@example.org", token: here.code, type: "email_change" }));
  const changed = await ok(supabase.auth.verifyOtp({ token_hash: tokenOf(there), type: "email_change" }));
  assert.equal(changed.user.email, "benjamin@example.org");
});

test("an invitation", async () => {
  const admin = client({}, process.env.HOWDAH_SERVICE);
  const email = "dot@example.org";
  const { user } = await ok(admin.auth.admin.inviteUserByEmail(email, { data: { team: "engines" } }));
  const supabase = client();
  const accepted = await ok(supabase.auth.verifyOtp({ token_hash: tokenOf(await mail(email)), type: "invite" }));
  assert.equal(accepted.user.id, user.id);
  await ok(supabase.auth.updateUser({ password }));
  await ok(client().auth.signInWithPassword({ email, password }));
});
