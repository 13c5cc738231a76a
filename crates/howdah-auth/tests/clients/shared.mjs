// What the scripts here have in common. HOWDAH_URL is the server, HOWDAH_ANON and HOWDAH_SERVICE are tokens for the roles anon
// and service_role, which stand for the project's keys.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createClient } from "@supabase/supabase-js";

const options = {
  auth: { persistSession: false, autoRefreshToken: false, experimental: { recoveryCodes: true } },
  // Node.js 20 has no WebSocket of its own, and without one not even a client is made. Nothing here opens one.
  realtime: { transport: globalThis.WebSocket ?? class {} },
};

export const client = (key = process.env.HOWDAH_ANON) => createClient(process.env.HOWDAH_URL, key, options);

export async function ok(answer) {
  const { data, error } = await answer;
  assert.equal(error, null, JSON.stringify(error));
  return data;
}

export async function refused(answer, code) {
  const { error } = await answer;
  assert.equal(error?.code, code, JSON.stringify(error));
  return error;
}

// What the gate says to a token, which a client that has lost its session still has.
export const status = async (token) =>
  (await fetch(`${process.env.HOWDAH_URL}/whoami`, { headers: { authorization: `Bearer ${token}` } })).status;

export async function until(isSo) {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail("waiting in vain");
}

// An authenticator app: RFC 6238 by Node.js's own HMAC. `ahead` is in steps of 30 seconds.
export function code(secret, ahead = 0) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead));
  const mac = createHmac("sha1", key).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1000000).padStart(6, "0");
}
