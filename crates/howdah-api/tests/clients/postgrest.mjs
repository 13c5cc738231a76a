// @supabase/postgrest-js against a live server over the railway of tests/conformance.
//
// HOWDAH_URL is the server, HOWDAH_TOKEN a token for ada. Tests that write leave things as they were.
import assert from "node:assert/strict";
import test from "node:test";
import { PostgrestClient } from "@supabase/postgrest-js";

const base = `${process.env.HOWDAH_URL}/rest/v1`;
const anon = new PostgrestClient(base);
const ada = new PostgrestClient(base, { headers: { Authorization: `Bearer ${process.env.HOWDAH_TOKEN}` } });

/** The data of an answer that must have no error. */
async function rows(query) {
  const { data, error, status } = await query;
  assert.equal(error, null, `${status} ${JSON.stringify(error)}`);
  return data;
}

/** The ids that a filter leaves. */
async function ids(query) {
  return (await rows(query.order("id"))).map((row) => row.id);
}

test("select: all, some, renamed, cast", async () => {
  assert.deepEqual(await rows(anon.from("operators").select().eq("id", 1)), [{ id: 1, name: "Fell Rail" }]);
  assert.deepEqual(await rows(anon.from("operators").select("title:name, id::text").eq("id", 1)), [
    { title: "Fell Rail", id: "1" },
  ]);
  assert.deepEqual(await rows(anon.from("stations").select("details->contact->>phone").eq("id", 1)), [{ phone: "100" }]);
});

test("filters", async () => {
  const from = () => anon.from("stations").select("id");
  assert.deepEqual(await ids(from().eq("code", "HAV")), [1]);
  assert.deepEqual(await ids(from().neq("id", 1)), [2, 3, 4, 5]);
  assert.deepEqual(await ids(from().gt("platforms", 2).lte("platforms", 6)), [1, 5]);
  assert.deepEqual(await ids(from().gte("id", 2).lt("id", 4)), [2, 3]);
  assert.deepEqual(await ids(from().like("name", "%gate")), [2]);
  assert.deepEqual(await ids(from().ilike("name", "old%")), [5]);
  assert.deepEqual(await ids(from().likeAnyOf("name", ["Moss%", "Pine%"])), [2, 3]);
  assert.deepEqual(await ids(from().likeAllOf("name", ["%o%", "%t"])), [4]);
  assert.deepEqual(await ids(from().ilikeAnyOf("name", ["moss%", "old%"])), [2, 5]);
  assert.deepEqual(await ids(from().ilikeAllOf("name", ["%O%", "%A%"])), [2, 5]);
  assert.deepEqual(await ids(from().regexMatch("name", "^Mos")), [2]);
  assert.deepEqual(await ids(from().regexIMatch("name", "^mos")), [2]);
  assert.deepEqual(await ids(from().is("region_id", null)), [5]);
  assert.deepEqual(await ids(from().is("staffed", true)), [1, 5]);
  assert.deepEqual(await ids(from().isDistinct("region_id", 3)), [1, 4, 5]);
  assert.deepEqual(await ids(from().in("id", [1, 3])), [1, 3]);
  assert.deepEqual(await ids(from().in("id", [])), []);
  assert.deepEqual(await ids(from().notIn("id", [1, 2, 3])), [4, 5]);
  assert.deepEqual(await ids(from().contains("facilities", ["toilets"])), [1, 4]);
  assert.deepEqual(await ids(from().contains("details", { zone: 2 })), [2]);
  assert.deepEqual(await ids(from().containedBy("facilities", ["cafe", "shelter"])), [2, 3, 5]);
  assert.deepEqual(await ids(from().overlaps("facilities", ["cafe", "lifts"])), [1, 5]);
  assert.deepEqual(await ids(from().match({ region_id: 3, platforms: 1 })), [3]);
  assert.deepEqual(await ids(from().not("id", "in", "(1,2,3)")), [4, 5]);
  assert.deepEqual(await ids(from().or("id.eq.1,and(platforms.eq.2,staffed.is.false)")), [1, 2]);
  assert.deepEqual(await ids(from().filter("details->>zone", "in", "(1,3)")), [1, 4]);
});

test("filters quote what is reserved", async () => {
  const from = () => anon.from("remarks").select("id");
  assert.deepEqual(await ids(from().in("body", ["a,b", "(round)", "plain"])), [1, 2, 6]);
  for (const [id, body] of [[2, "a,b"], [3, 'say "hi"'], [4, "back\\slash"], [5, "x.y"], [7, "100%"], [11, "{curly}"]]) {
    assert.deepEqual(await ids(from().eq("body", body)), [id], body);
  }
});

test("ranges and full text", async () => {
  const from = () => anon.from("works").select("id");
  assert.deepEqual(await ids(from().overlaps("chainage", "[15,25)")), [1, 2]);
  assert.deepEqual(await ids(from().rangeLt("chainage", "[30,40)")), [1]);
  assert.deepEqual(await ids(from().rangeGt("chainage", "[0,40)")), [3]);
  assert.deepEqual(await ids(from().rangeLte("chainage", "[0,35)")), [1, 2]);
  assert.deepEqual(await ids(from().rangeGte("chainage", "[20,25)")), [2, 3]);
  assert.deepEqual(await ids(from().rangeAdjacent("chainage", "[35,50)")), [2, 3]);
  assert.deepEqual(await ids(from().textSearch("search", "bridge & river")), [1]);
  assert.deepEqual(await ids(from().textSearch("search", "bridge -river", { type: "websearch", config: "english" })), [2]);
  assert.deepEqual(await ids(from().textSearch("title", "old bridge", { type: "phrase" })), [1]);
});

test("embedded resources", async () => {
  assert.deepEqual(await rows(anon.from("stations").select("code, regions(name)").eq("id", 1)), [
    { code: "HAV", regions: { name: "Coast" } },
  ]);
  assert.deepEqual(
    await rows(
      anon
        .from("regions")
        .select("name, stations!inner(code)")
        .eq("stations.region_id", 3)
        .order("code", { referencedTable: "stations", ascending: false })
        .limit(1, { referencedTable: "stations" }),
    ),
    [{ name: "Uplands", stations: [{ code: "PIN" }] }],
  );
  assert.deepEqual(await rows(anon.from("works").select("id, topics(name)").eq("id", 2)), [
    { id: 2, topics: [{ name: "bridges" }] },
  ]);
  assert.deepEqual(
    await rows(anon.from("transfers").select("from:stations!transfers_from_fkey(code), to:stations!transfers_to_fkey(code)").eq("id", 1)),
    [{ from: { code: "HAV" }, to: { code: "MOS" } }],
  );
  assert.deepEqual(await rows(anon.from("stations").select("code, ...regions(region:name)").eq("id", 1)), [
    { code: "HAV", region: "Coast" },
  ]);
  assert.deepEqual(await rows(anon.from("lines").select("name, certificates()").is("certificates", null).order("id")), [
    { name: "Harbour" },
    { name: "Ghost" },
  ]);
  const or = anon.from("stations").select("code, tickets(id)").eq("id", 1);
  assert.deepEqual(await rows(or.or("fare.gt.10,id.eq.3", { referencedTable: "tickets" }).order("id", { referencedTable: "tickets" })), [
    { code: "HAV", tickets: [{ id: 1 }, { id: 3 }] },
  ]);
  const ambiguous = await anon.from("transfers").select("stations(code)");
  assert.equal(ambiguous.error.code, "PGRST201");
  assert.equal(ambiguous.status, 300);
});

test("aggregates", async () => {
  assert.deepEqual(await rows(anon.from("tickets").select("class, fare.sum()").order("class")), [
    { class: "first", sum: 42.5 },
    { class: "second", sum: 16.2 },
  ]);
  assert.deepEqual(await rows(anon.from("regions").select("name, stations(count)").eq("id", 3)), [
    { name: "Uplands", stations: [{ count: 2 }] },
  ]);
});

test("order, limit and range", async () => {
  const from = () => anon.from("stations").select("id");
  assert.deepEqual(await rows(from().order("region_id", { ascending: false, nullsFirst: false }).order("id")), [
    { id: 4 },
    { id: 2 },
    { id: 3 },
    { id: 1 },
    { id: 5 },
  ]);
  assert.deepEqual(await rows(from().order("id").limit(2)), [{ id: 1 }, { id: 2 }]);
  assert.deepEqual(await rows(from().order("id").range(1, 2)), [{ id: 2 }, { id: 3 }]);
});

test("counts", async () => {
  const exact = await anon.from("stations").select("id", { count: "exact" }).order("id").range(0, 1);
  assert.deepEqual([exact.status, exact.count, exact.data.length], [206, 5, 2]);
  const head = await anon.from("stations").select("*", { count: "exact", head: true });
  assert.deepEqual([head.status, head.count, head.data, head.error], [200, 5, null, null]);
  for (const count of ["planned", "estimated"]) {
    const answer = await anon.from("stations").select("id", { count });
    assert.equal(typeof answer.count, "number", count);
  }
  const beyond = await anon.from("stations").select("id", { count: "exact" }).range(100, 110);
  assert.deepEqual([beyond.status, beyond.error.code], [416, "PGRST103"]);
});

test("single, maybeSingle, stripped nulls, CSV", async () => {
  assert.deepEqual(await rows(anon.from("operators").select("name").eq("id", 1).single()), { name: "Fell Rail" });
  assert.deepEqual(await rows(anon.from("operators").select("name").eq("id", 1).maybeSingle()), { name: "Fell Rail" });
  assert.equal(await rows(anon.from("operators").select("name").eq("id", 99).maybeSingle()), null);
  const none = await anon.from("operators").select("name").eq("id", 99).single();
  assert.deepEqual([none.status, none.error.code, none.error.details], [406, "PGRST116", "The result contains 0 rows"]);
  const many = await anon.from("operators").select("name").maybeSingle();
  assert.deepEqual([many.status, many.error.code], [406, "PGRST116"]);
  assert.deepEqual(await rows(anon.from("vehicles").select("id, built").eq("id", 4).stripNulls()), [{ id: 4 }]);
  assert.deepEqual(await rows(anon.from("vehicles").select("id, built").eq("id", 4).single().stripNulls()), { id: 4 });
  assert.equal(await rows(anon.from("operators").select("id, name").lt("id", 3).order("id").csv()), 'id,name\n1,"Fell Rail"\n2,"Coastal Lines"');
});

test("insert, update, upsert, delete", async () => {
  const parts = () => anon.from("parts");
  const plain = await parts().insert({ sku: "A", name: "a" });
  assert.deepEqual([plain.status, plain.data, plain.error], [201, null, null]);
  const many = await parts().insert([{ sku: "B", name: "b" }, { sku: "C", quantity: 7 }], { count: "exact" }).select("sku, name, quantity");
  assert.deepEqual([many.status, many.count], [201, 2]);
  assert.deepEqual(many.data, [
    { sku: "B", name: "b", quantity: null },
    { sku: "C", name: null, quantity: 7 },
  ]);
  const defaults = parts().insert([{ sku: "D", name: "d" }, { sku: "E", quantity: 7 }], { defaultToNull: false });
  assert.deepEqual((await rows(defaults.select("quantity"))).map((row) => row.quantity), [1, 7]);
  const merged = await parts().upsert([{ sku: "A", name: "aa" }, { sku: "F", name: "f" }]).select("sku, name");
  assert.deepEqual([merged.status, merged.data], [201, [{ sku: "A", name: "aa" }, { sku: "F", name: "f" }]]);
  const ignored = parts().upsert([{ sku: "A", name: "aaa" }, { sku: "G", name: "g" }], { ignoreDuplicates: true });
  assert.deepEqual(await rows(ignored.select("sku")), [{ sku: "G" }]);
  const byBarcode = parts().upsert({ sku: "BOLT", barcode: "111", quantity: 40 }, { onConflict: "barcode" });
  assert.deepEqual(await rows(byBarcode.select("sku, name").single()), { sku: "BOLT", name: "Bolt" });
  const updated = await parts().update({ name: "x" }, { count: "exact" }).in("sku", ["A", "B"]).select("name");
  assert.deepEqual([updated.status, updated.count, updated.data], [200, 2, [{ name: "x" }, { name: "x" }]]);
  const quiet = await parts().update({ name: "y" }).eq("sku", "A");
  assert.deepEqual([quiet.status, quiet.data, quiet.error], [204, null, null]);
  const bounded = await parts().delete().not("sku", "in", "(BOLT,NUT)").maxAffected(2);
  assert.deepEqual([bounded.status, bounded.error.code], [400, "PGRST124"]);
  const gone = await parts().delete({ count: "exact" }).not("sku", "in", "(BOLT,NUT)").select("sku").order("sku");
  assert.deepEqual([gone.status, gone.count], [200, 7]);
  assert.deepEqual(gone.data.map((row) => row.sku).sort(), ["A", "B", "C", "D", "E", "F", "G"]);
});

test("functions", async () => {
  assert.equal(await rows(anon.rpc("add", { a: 1, b: 2 })), 3);
  assert.equal(await rows(anon.rpc("add", { a: 1, b: 2 }, { get: true })), 3);
  assert.deepEqual(await rows(anon.rpc("plus_one", { numbers: [1, 2] }, { get: true })), [2, 3]);
  assert.equal(await rows(anon.rpc("ring_bell")), null);
  assert.deepEqual(await rows(anon.from("log_entries").delete().eq("level", "bell").select("message")), [{ message: "ding" }]);
  const lines = () => anon.rpc("lines_of", { operator: "Coastal Lines" }, { get: true, count: "exact" });
  const answer = await lines().select("id, operators(name)").gt("length_km", 10).order("id");
  assert.deepEqual([answer.count, answer.data], [1, [{ id: 2, operators: { name: "Coastal Lines" } }]]);
  const head = await anon.rpc("lines_of", { operator: "Coastal Lines" }, { head: true, count: "exact" });
  assert.deepEqual([head.count, head.data], [2, null]);
  const missing = await anon.rpc("nothing_of_the_kind");
  assert.deepEqual([missing.status, missing.error.code], [404, "PGRST202"]);
  const raised = await anon.rpc("fail");
  const { code, message, details, hint } = raised.error;
  assert.deepEqual({ code, message, details, hint }, {
    code: "P0001",
    message: "No train today",
    details: "Leaves on the line",
    hint: "Walk",
  });
});

test("another schema", async () => {
  const archive = anon.schema("archive");
  assert.deepEqual(await rows(archive.from("lines").select("name, closures(reason)").eq("id", 1)), [
    { name: "Quarry", closures: [{ reason: "flood" }] },
  ]);
  assert.equal(await rows(archive.rpc("oldest")), "Quarry");
  const refused = await anon.schema("vault").from("keys").select();
  assert.deepEqual([refused.status, refused.error.code], [406, "PGRST106"]);
});

test("tokens", async () => {
  assert.deepEqual(await rows(ada.from("bookings").select("seat").order("id")), [{ seat: "1A" }, { seat: "2A" }]);
  assert.deepEqual(await rows(anon.from("bookings").select("seat")), []);
  const refused = await anon.from("payroll").select();
  assert.deepEqual([refused.status, refused.error.code], [401, "42501"]);
});

test("explain", async () => {
  const text = await rows(anon.from("stations").select("id").explain());
  assert.match(text, /cost=/);
  const json = await rows(anon.from("stations").select("id").explain({ format: "json", analyze: true, verbose: true }));
  assert.equal(typeof json[0].Plan["Actual Rows"], "number");
});

test("errors are values or are thrown", async () => {
  const answer = await anon.from("trains").select();
  assert.deepEqual([answer.data, answer.status, answer.error.code], [null, 404, "PGRST205"]);
  for (const member of ["message", "details", "hint", "code"]) assert.ok(member in answer.error, member);
  await assert.rejects(async () => await anon.from("trains").select().throwOnError(), { code: "PGRST205" });
  const taken = await anon.from("labels").insert({ name: "heavy" });
  assert.deepEqual([taken.status, taken.error.code, taken.error.details], [409, "23505", "Key (name)=(heavy) already exists."]);
});

test("a request can be given up", async () => {
  const abort = new AbortController();
  const query = anon.from("stations").select().abortSignal(abort.signal);
  abort.abort();
  const answer = await query;
  assert.match(answer.error.message, /abort/i);
});

test("the description of the API", async () => {
  const { data, error } = await anon.getOpenApiSpec();
  assert.equal(error, null);
  assert.ok(data.paths["/stations"]);
});
