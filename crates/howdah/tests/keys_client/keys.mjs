// The project's pair of keys and an API key in the hands of supabase-js, which knows nothing of Howdah.
import assert from 'node:assert/strict'
import { createClient } from '@supabase/supabase-js'

const { HOWDAH_URL, HOWDAH_ANON, HOWDAH_SERVICE, HOWDAH_KEY, HOWDAH_EMAIL, HOWDAH_PASSWORD } = process.env
const options = {
  auth: { persistSession: false, autoRefreshToken: false },
  // Node.js 20 has no WebSocket of its own, and without one not even a client is made. Nothing here opens one.
  realtime: { transport: globalThis.WebSocket ?? class {} },
}

const anon = createClient(HOWDAH_URL, HOWDAH_ANON, options)
const refused = await anon.from('notes').select('title')
assert.equal(refused.status, 401, JSON.stringify(refused))

const signedIn = await anon.auth.signInWithPassword({ email: HOWDAH_EMAIL, password: HOWDAH_PASSWORD })
assert.equal(signedIn.error, null)
const own = await anon.from('notes').select('user_id')
assert.equal(own.error, null)
assert.ok(own.data.length > 0 && own.data.every((note) => note.user_id === signedIn.data.user.id))

const service = createClient(HOWDAH_URL, HOWDAH_SERVICE, options)
const all = await service.from('notes').select('user_id')
assert.equal(all.error, null)
assert.ok(new Set(all.data.map((note) => note.user_id)).size > 1)

const key = createClient(HOWDAH_URL, HOWDAH_KEY, options)
const read = await key.from('notes').select('user_id')
assert.equal(read.error, null)
assert.deepEqual(read.data.length, own.data.length)
const missing = await key.from('tasks').select('id')
assert.equal(missing.status, 403)
assert.equal(missing.error.code, 'HOWDAH_KEY_SCOPE')
assert.match(missing.error.message, /tasks:read/)
