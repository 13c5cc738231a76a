// @supabase/supabase-js against a live server: second factors.
import assert from "node:assert/strict";
import test from "node:test";
import jsQR from "jsqr";
import { client, code, ok, refused, status, until } from "./shared.mjs";

const credentials = { email: "ada@example.org", password: "a password of some length" };

// What a camera reads off a picture that consists of rectangles, "M<x> <y>h<w>v<h>", black on white.
function scanned(svg) {
  const side = Number(svg.match(/ width="(\d+)"/)[1]);
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  const path = svg.match(/<path [^>]*fill="black"[^>]*>/)[0];
  for (const [, ...numbers] of path.matchAll(/M(\d+) (\d+)h(\d+)v(\d+)/g)) {
    const [left, top, width, height] = numbers.map(Number);
    for (let y = top; y < top + height; y += 1) {
      for (let x = left; x < left + width; x += 1) pixels.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
    }
  }
  return jsQR(pixels, side, side).data;
}

test("an authenticator app, from setting it up to removing it", async () => {
  const supabase = client();
  const events = [];
  supabase.auth.onAuthStateChange((event) => events.push(event));
  await ok(supabase.auth.signUp(credentials));
  const elsewhere = await ok(client().auth.signInWithPassword(credentials));

  const factor = await ok(supabase.auth.mfa.enroll({ factorType: "totp", friendlyName: "phone", issuer: "Example & Sons" }));
  assert.equal(factor.type, "totp");
  const uri = new URL(factor.totp.uri);
  assert.equal(uri.protocol + uri.host, "otpauth:totp");
  assert.equal(uri.searchParams.get("secret"), factor.totp.secret);
  assert.equal(uri.searchParams.get("issuer"), "Example & Sons");
  assert.equal(decodeURIComponent(uri.pathname), "/Example & Sons:ada@example.org");
  const [kind, svg] = factor.totp.qr_code.split(/,(.*)/s);
  assert.equal(kind, "data:image/svg+xml;utf-8");
  assert.equal(scanned(svg), factor.totp.uri);
  await refused(supabase.auth.mfa.enroll({ factorType: "totp", friendlyName: "phone" }), "mfa_factor_name_conflict");

  // Nothing is protected yet.
  const level = async () => ok(supabase.auth.mfa.getAuthenticatorAssuranceLevel());
  assert.deepEqual([(await level()).currentLevel, (await level()).nextLevel], ["aal1", "aal1"]);
  const listed = await ok(supabase.auth.mfa.listFactors());
  assert.deepEqual([listed.all.length, listed.all[0].status, listed.totp.length], [1, "unverified", 0]);

  const challenge = await ok(supabase.auth.mfa.challenge({ factorId: factor.id }));
  assert.ok(challenge.expires_at > Date.now() / 1000);
  const answer = { factorId: factor.id, challengeId: challenge.id };
  await refused(supabase.auth.mfa.verify({ ...answer, code: "000000" === code(factor.totp.secret) ? "1" : "000000" }), "mfa_verification_failed");
  const used = code(factor.totp.secret);
  const verified = await ok(supabase.auth.mfa.verify({ ...answer, code: used }));
  assert.equal(verified.user.factors[0].status, "verified");
  await refused(supabase.auth.mfa.verify({ ...answer, code: used }), "mfa_verification_failed");
  const now = await level();
  assert.deepEqual([now.currentLevel, now.nextLevel], ["aal2", "aal2"]);
  assert.deepEqual(now.currentAuthenticationMethods.map(({ method }) => method), ["password", "totp"]);
  assert.ok(events.includes("MFA_CHALLENGE_VERIFIED"), `${events}`);
  // The others, in which it was not shown, have ended.
  await until(async () => (await status(elsewhere.session.access_token)) === 401);

  // It stays through refreshing, and the next sign-in is asked for it.
  await ok(supabase.auth.refreshSession());
  assert.equal((await level()).currentLevel, "aal2");
  const next = client();
  await ok(next.auth.signInWithPassword(credentials));
  const asked = await ok(next.auth.mfa.getAuthenticatorAssuranceLevel());
  assert.deepEqual([asked.currentLevel, asked.nextLevel], ["aal1", "aal2"]);
  await refused(next.auth.mfa.unenroll({ factorId: factor.id }), "insufficient_aal");
  await refused(next.auth.updateUser({ password: "another password of some length" }), "insufficient_aal");
  await ok(next.auth.mfa.challengeAndVerify({ factorId: factor.id, code: code(factor.totp.secret, 1) }));
  assert.equal((await ok(next.auth.mfa.getAuthenticatorAssuranceLevel())).currentLevel, "aal2");

  assert.deepEqual(await ok(supabase.auth.mfa.unenroll({ factorId: factor.id })), { id: factor.id });
  await ok(supabase.auth.refreshSession());
  assert.deepEqual([(await level()).currentLevel, (await level()).nextLevel], ["aal1", "aal1"]);
});

test("recovery codes", async () => {
  const supabase = client();
  await ok(supabase.auth.signUp({ ...credentials, email: "ben@example.org" }));
  const { recoveryCodes } = supabase.auth.mfa;
  await refused(recoveryCodes.generate(), "mfa_recovery_codes_sole_factor");
  await refused(recoveryCodes.getStatus(), "mfa_factor_not_found");
  const factor = await ok(supabase.auth.mfa.enroll({ factorType: "totp" }));
  await ok(supabase.auth.mfa.challengeAndVerify({ factorId: factor.id, code: code(factor.totp.secret) }));
  await refused(recoveryCodes.regenerate(), "mfa_factor_not_found");
  const { codes, total, id } = await ok(recoveryCodes.generate());
  assert.equal(total, 10);
  assert.equal(new Set(codes).size, 10);
  await refused(recoveryCodes.generate(), "mfa_verified_factor_exists");

  const lost = client();
  await ok(lost.auth.signInWithPassword({ ...credentials, email: "ben@example.org" }));
  await refused(lost.auth.mfa.recoveryCodes.regenerate(), "insufficient_aal");
  await refused(lost.auth.mfa.recoveryCodes.verify({ code: "a".repeat(26) }), "mfa_verification_failed");
  const typed = codes[3].toUpperCase().match(/.{1,4}/g).join("-");
  await ok(lost.auth.mfa.recoveryCodes.verify({ code: typed }));
  const level = await ok(lost.auth.mfa.getAuthenticatorAssuranceLevel());
  assert.equal(level.currentLevel, "aal2");
  assert.ok(level.currentAuthenticationMethods.some(({ method }) => method === "mfa/recovery_code"));
  await refused(lost.auth.mfa.recoveryCodes.verify({ code: codes[3] }), "mfa_verification_failed");
  assert.deepEqual(await ok(lost.auth.mfa.recoveryCodes.getStatus()), { id, type: "recovery_code", total: 10, remaining: 9 });

  const renewed = await ok(lost.auth.mfa.recoveryCodes.regenerate());
  assert.equal(renewed.id, id);
  await refused(lost.auth.mfa.recoveryCodes.verify({ code: codes[4] }), "mfa_verification_failed");
  await ok(lost.auth.mfa.recoveryCodes.verify({ code: renewed.codes[0] }));
  assert.deepEqual(await ok(lost.auth.mfa.recoveryCodes.unenroll()), { id });
  await refused(lost.auth.mfa.recoveryCodes.getStatus(), "mfa_factor_not_found");
});
