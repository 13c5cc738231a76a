// Runs the supabase-js samples of the documentation as they stand there, one after another, against a served API.
//   node run.mjs SPEC OUT
// SPEC: { url, key, samples: [{ code, writes, values: [{ name: value }] }] }; the next of `values` is taken where the rows refuse
//       what a sample would write.
// OUT:  the same order, each { error, rows, tries }: what the client answered in the end, and how many rows it got.
import { readFileSync, writeFileSync } from "node:fs"
import { createClient } from "@supabase/supabase-js"

const [, , specFile, outFile] = process.argv
const spec = JSON.parse(readFileSync(specFile, "utf8"))
// No sample listens to anything, and not every Node.js has a WebSocket of its own.
const realtime = { transport: class {} }
const supabase = createClient(spec.url, spec.key, { auth: { persistSession: false, autoRefreshToken: false }, realtime })

const AsyncFunction = (async () => {}).constructor

/** What a sample's own variables hold in the end. */
const run = (code, values) => {
  const [, names] = code.match(/^const \{ ([\w, ]+) \} = await /)
  const sample = new AsyncFunction("supabase", ...Object.keys(values), `${code}\nreturn { ${names} }`)
  return sample(supabase, ...Object.values(values))
}

const isAboutRows = ({ code }) => /^23|^P0001$|^42501$|^44000$/.test(code)

const rows = ({ data, count }) => count ?? (Array.isArray(data) ? data.length : data == null ? 0 : 1)

const answers = []
for (const { code, writes, values } of spec.samples) {
  let answer
  let tries = 0
  for (const some of values) {
    tries += 1
    answer = await run(code, some)
    if (!answer.error || !writes || !isAboutRows(answer.error)) break
  }
  answers.push({ error: answer.error, rows: rows(answer), counted: !("count" in answer) || Number.isInteger(answer.count), tries })
}
writeFileSync(outFile, JSON.stringify(answers))
