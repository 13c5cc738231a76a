// What supabase-js makes of the Database type. Never run: it is there to be compiled.
import { createClient } from "@supabase/supabase-js"
import { Constants as OddConstants } from "./odd.types.js"
import type { CompositeTypes, Database as Odd, Enums } from "./odd.types.js"
import type { Database, Tables, TablesInsert, TablesUpdate } from "./personal.types.js"
import type { Database as Content } from "./content.types.js"

const personal = createClient<Database>("http://127.0.0.1:54321", "key")
const odd = createClient<Odd>("http://127.0.0.1:54321", "key")
const content = createClient<Content>("http://127.0.0.1:54321", "key")

export const reads = async (): Promise<void> => {
  const { data } = await personal.from("tasks").select("id, title, status, due_at").eq("status", "pending").limit(5)
  const title: string | undefined = data?.[0]?.title
  const status: "pending" | "in_progress" | "completed" | "cancelled" | undefined = data?.[0]?.status
  // @ts-expect-error: not selected
  data?.[0]?.priority
  // @ts-expect-error: no such column
  await personal.from("tasks").select("id").eq("no_such_column", 1)
  // @ts-expect-error: no such status
  await personal.from("tasks").select("id").eq("status", "no such status")
  // @ts-expect-error: no such table
  personal.from("no_such_table")
  const bad = await personal.from("tasks").select("id, no_such_column")
  // @ts-expect-error: what is selected does not exist, so there is no row
  bad.data?.[0]?.id
  console.log(title, status)
}

export const embeds = async (): Promise<void> => {
  const { data } = await content.from("posts").select("id, title, authors (display_name), comments (content)").single()
  const author: string | undefined = data?.authors.display_name
  const comments: string[] | undefined = data?.comments.map((comment) => comment.content)
  // @ts-expect-error: no such column of the embedded table
  data?.authors.no_such_column
  const { data: left } = await odd.from("right_side").select("id, left_side!fk_right (id)")
  console.log(author, comments, left)
}

export const writes = async (): Promise<void> => {
  const task: TablesInsert<"tasks"> = { title: "Hello", user_id: "…" }
  const change: TablesUpdate<"tasks"> = { status: "completed", completed_at: "2026-01-01T00:00:00Z" }
  await personal.from("tasks").insert(task)
  await personal.from("tasks").update(change).eq("id", "…")
  // @ts-expect-error: the title is missing
  await personal.from("tasks").insert({ user_id: "…" })
  // @ts-expect-error: no such status
  await personal.from("tasks").update({ status: "no such status" })
  // @ts-expect-error: no such column
  await personal.from("tasks").update({ no_such_column: 1 })
  // @ts-expect-error: a generated column
  await personal.from("notes").update({ search: "x" })
  await odd.from("table with \"quotes\"").insert({ constructor: null, class: "c", "a.b/c~d%e": "light", "line\nbreak": "x", "emoji 😀": "😀", level: "high" })
  // @ts-expect-error: an identity that is always generated
  await odd.from("table with \"quotes\"").insert({ constructor: null, class: "c", "a.b/c~d%e": "light", "line\nbreak": "x", id: 1 })
  // @ts-expect-error: no such label
  await odd.from("table with \"quotes\"").insert({ constructor: null, class: "c", "a.b/c~d%e": "light", "line\nbreak": "x", "emoji 😀": "🙁" })
  // @ts-expect-error: no such value of the domain
  await odd.from("table with \"quotes\"").insert({ constructor: null, class: "c", "a.b/c~d%e": "grey", "line\nbreak": "x" })
  await odd.from("simple").update({ right: 1 }).eq("id", 1)
  // @ts-expect-error: a view that groups cannot be written to
  await odd.from("counted").update({ n: 1 })
  // @ts-expect-error: a computed column
  await odd.from("on simple").update({ next: 1 })
}

export const calls = async (): Promise<void> => {
  const sum = await odd.rpc("add", { a: 1 })
  const text = await odd.rpc("add", { a: "x", b: "y" })
  const both: [number | null, string | null] = [sum.data, text.data]
  await odd.rpc("nothing_at_all")
  const { data: left } = await odd.rpc("all_left").select("id")
  const ids: number[] | undefined = left?.map((row) => row.id)
  const { data: pairs } = await odd.rpc("pairs", { "the limit": 1 })
  const words: string[] | undefined = pairs?.map((pair) => pair["b c"])
  const { data: outs } = await odd.rpc("outs", { i: 1 })
  const b: string | undefined = outs?.b
  const { data: one } = await odd.rpc("one_out", { i: 1 })
  const a: number | undefined = one?.a
  const { data: moods } = await odd.rpc("moods", { m: "happy" })
  const mood: Enums<{ schema: "Odd Ö" }, "mood of day"> | undefined = moods?.[0]
  // @ts-expect-error: no such label
  await odd.rpc("moods", { m: "no such mood" })
  // @ts-expect-error: no such function
  await odd.rpc("procedure_only")
  // @ts-expect-error: it cannot be called by name
  await odd.rpc("unnamed", {})
  const { data: tree } = await odd.from("tree").select("id, title")
  const computed: string | null | undefined = tree?.[0]?.title
  console.log(both, ids, words, b, a, mood, computed)
}

const point: CompositeTypes<{ schema: "other" }, "point"> = { x: 1, y: null, label: "x" }
const labels: readonly ["low", "high"] = OddConstants.other.Enums.priority
const task: Pick<Tables<"tasks">, "title"> = { title: "x" }
console.log(point, labels, task)
