// @supabase/supabase-js against a live server over the railway of tests/conformance: what an application writes.
//
// HOWDAH_URL is the server, HOWDAH_ANON a token for the role anon, which stands for the project's key.
import assert from "node:assert/strict";
import test from "node:test";
import { createClient } from "@supabase/supabase-js";

const options = {
  // It always names a schema; its own choice would be "public".
  db: { schema: "rail" },
  auth: { persistSession: false, autoRefreshToken: false },
  // Node.js 20 has no WebSocket of its own, and without one not even a client is made. Nothing here opens one.
  realtime: { transport: globalThis.WebSocket ?? class {} },
};
const supabase = createClient(process.env.HOWDAH_URL, process.env.HOWDAH_ANON, options);
const ada = createClient(process.env.HOWDAH_URL, process.env.HOWDAH_ANON, {
  ...options,
  global: { headers: { Authorization: `Bearer ${process.env.HOWDAH_TOKEN}` } },
});

async function rows(query) {
  const { data, error, status } = await query;
  assert.equal(error, null, `${status} ${JSON.stringify(error)}`);
  return data;
}

test("reading", async () => {
  const query = supabase
    .from("lines")
    .select("name, operators!inner(name), certificates(inspector), services(number, runs(delay))", { count: "exact" })
    .eq("operators.name", "Fell Rail")
    .order("number", { referencedTable: "services" })
    .order("id");
  const { data, count, error } = await query;
  assert.equal(error, null);
  assert.equal(count, 1);
  assert.deepEqual(data, [
    {
      name: "Main",
      operators: { name: "Fell Rail" },
      certificates: { inspector: "Imrie" },
      services: [
        { number: 10, runs: [{ delay: 0 }, { delay: 12 }] },
        { number: 20, runs: [{ delay: null }] },
      ],
    },
  ]);
  assert.deepEqual(await rows(supabase.from("stations").select("name").in("code", ["HAV", "OLD"]).order("name")), [
    { name: "Havenby" },
    { name: "Old Quay" },
  ]);
  assert.deepEqual(await rows(supabase.from("operators").select().eq("id", 2).single()), { id: 2, name: "Coastal Lines" });
});

test("writing", async () => {
  const task = await rows(supabase.from("tasks").insert({ title: "From a client", tags: ["a", "b c"], extra: { n: 1 } }).select().single());
  assert.deepEqual([task.title, task.priority, task.done, task.tags, task.extra], ["From a client", 5, false, ["a", "b c"], { n: 1 }]);
  const done = supabase.from("tasks").update({ done: true }).eq("id", task.id).select("done").single();
  assert.deepEqual(await rows(done), { done: true });
  const again = supabase.from("tasks").upsert({ id: task.id, title: "Renamed" }).select("title, done");
  assert.deepEqual(await rows(again), [{ title: "Renamed", done: true }]);
  const { status, error } = await supabase.from("tasks").delete().eq("id", task.id);
  assert.deepEqual([status, error], [204, null]);
  assert.equal(await rows(supabase.from("tasks").select().eq("id", task.id).maybeSingle()), null);
});

test("functions and schemas", async () => {
  assert.equal(await rows(supabase.rpc("greet", { name: "Ada", loud: true })), "HELLO ADA");
  assert.deepEqual(await rows(supabase.rpc("lines_of", { operator: "Coastal Lines" }).select("name").order("name")), [
    { name: "Harbour" },
    { name: "Shore" },
  ]);
  assert.equal(await rows(supabase.schema("archive").rpc("oldest")), "Quarry");
});

test("the project's key is a token, and a user's token takes its place", async () => {
  assert.equal(await rows(supabase.rpc("whoami")), "anon");
  assert.equal(await rows(ada.rpc("whoami")), "authenticated");
  assert.deepEqual(await rows(ada.from("bookings").select("seat").order("id")), [{ seat: "1A" }, { seat: "2A" }]);
  const { error, status } = await supabase.from("payroll").select();
  assert.equal(error.code, "42501");
  assert.ok([401, 403].includes(status), String(status));
});

test("errors", async () => {
  const { data, error, status } = await supabase.from("trains").select();
  assert.deepEqual([data, error.code, status], [null, "PGRST205", 404]);
});
