// Tries values on the schemas of Zod and on JSON Schema, and prints what each says; the test asks the database the same.
//   node run.mjs SPEC OUT
// SPEC: [{ zod, json, columns: [{ schema, table, column, kind, text, rules }], rows: [{ schema, table, part, columns: [{ column,
//       kind, text, optional }] }] }], where `text` is all SQL that says something about the values.
// OUT:  the same order, each with `cases: [[json text, zod, json schema, whether that one claims to say the same]]`.
import { readFileSync, writeFileSync } from "node:fs"
import { pathToFileURL } from "node:url"
import { Ajv2020 } from "ajv/dist/2020.js"

const [, , specFile, outFile] = process.argv
const spec = JSON.parse(readFileSync(specFile, "utf8"))

/** The same numbers in every run. */
const random = (seed) => {
  let state = [...seed].reduce((sum, character) => (Math.imul(sum, 31) + character.codePointAt(0)) | 0, 17)
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let next = Math.imul(state ^ (state >>> 15), 1 | state)
    next = (next + Math.imul(next ^ (next >>> 7), 61 | next)) ^ next
    return ((next ^ (next >>> 14)) >>> 0) % below
  }
}

const constants = (sql) => [...sql.matchAll(/'((?:[^']|'')*)'/g)].map((found) => found[1].replaceAll("''", "'"))
const numbers = (sql) => [...sql.matchAll(/-?\d+(?:\.\d+)?(?:e-?\d+)?/g)].map((found) => Number(found[0])).filter(Number.isFinite)

const SAMPLES = [
  "", " ", "a", "A", "b", "x", "X", "ab", "abc", "abcd", "  x  ", "a ", "ab ", "ab   ", "abc      ", "\n", "a\n", "\na", "a\nb", "\t", "\t\n", "\u00a0", "\u2003",
  "é", "à", "ÿ", "ß", "ſ", "\u212a", "İ", "ı", "😀", "😀😀", "😀a", "a😀", "👨‍👩‍👧", "e\u0301", "\u0000", "a\u0000b", "\ud800", "\udc00x", "\u007f", "\u0085", "\u200d",
  "\u2028", "\ufeff", "0", "12", "1234", "123456", "١", "-", "_", ".", "..", "/", "a/b", "/a", "a/", "a//b", "a/./b", "../x", "a/..", "a\\b", "ab/c", "ab/", "a.bc", "axb", "a\\",
  "user@example.com", "u@e", "@e", "a b@c", "a@b@c", "müller@exämple.ch", "https://example.com/x?y=z", "HTTP://X", "javascript:alert(1)", "JaVaScRiPt:x", "data:,x",
  "mailto:x", "x:", ":x", "//x", "http://a b", "CH", "CHF", "chf", "CHFX", "de", "de-CH", "d", "en-US-x", "abcdefghi-x", "Europe/Zurich", "UTC", "+02", "Etc/GMT+5",
  "--05-12", "--0512", "--05", "---31", "2026-01-31", "image/png", "a-b", "a--b", "-a", "a-b-c", "a_b", "a1", "1a", "public.tasks", "a.b.c", "object", "100%", "100%x", "x100%",
  "[]a", "]^-", "c\nd", "cdf", "cef", "abcf", "cfab", "aa", "aba", "cc", "ks", "KS", "Ls", "K\u017f", "\u212as", "k\u017f", "😀x", "😀😀", "😀\n", "àéÿ", "x{y}", "long", "dead", "face",
  "yxax", "xay", "a a", "xy", "happy", "only", "few", "same",
]
const PIECES = ["a", "b", "z", "A", "K", "0", "9", "_", "-", ".", "/", "@", ":", " ", "\t", "\n", "\\", "é", "😀", "\u00a0", "x", "y", "%", "'", "\"", "{", "}"]

const texts = (about, next) => {
  const found = new Set(SAMPLES)
  for (const constant of constants(about)) {
    for (const one of [constant, constant + " ", constant + "\n", " " + constant, constant.toUpperCase(), constant.slice(0, -1), constant + "a", constant + "/x"]) found.add(one)
  }
  for (const number of numbers(about)) {
    if (number < 0 || number > 3000) continue
    for (const length of [number - 1, number, number + 1]) {
      if (length < 0) continue
      for (const piece of ["a", "é", "😀", " ", "A", "0", "\n"]) found.add(piece.repeat(length))
      found.add("a".repeat(Math.max(0, length - 1)) + " ")
      found.add("a".repeat(length) + "   ")
      found.add("https://e.ch/" + "a".repeat(Math.max(0, length - 13)))
      found.add("u@" + "a".repeat(Math.max(0, length - 2)))
      found.add("a/" + "b".repeat(Math.max(0, length - 2)))
    }
  }
  const known = [...found].filter((text) => text.length < 200)
  for (let at = 0; at < 150; at += 1) {
    const start = [...known[next(known.length)]]
    for (let change = next(3); change >= 0; change -= 1) {
      const place = next(start.length + 1)
      start.splice(place, next(2), ...(next(3) ? [PIECES[next(PIECES.length)]] : []))
    }
    found.add(start.join(""))
  }
  return [...found]
}

const next_up = (number, steps) => {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, number)
  view.setBigInt64(0, view.getBigInt64(0) + BigInt(number < 0 ? -steps : steps))
  const found = view.getFloat64(0)
  return Number.isFinite(found) ? found : number
}

const numeric = (about, next) => {
  const found = new Set([
    0, -0, 1, -1, 2, 5, 10, -10, 0.1, 0.2, 0.3, 0.30000000000000004, 0.5, 1.5, -1.5, 2.5, 0.005, -0.005, 0.00499, 0.0049999999999999999, -0.00499, 0.01, 1.245, 1.25, 1.254999, 1.255,
    99, 100, 99.994, 99.995, 100.004, 100.005, 49, 50, 149, 150, 999, 999.5, 1e3, 32767, 32768, -32768, -32769, 2147483647, 2147483648, -2147483648, -2147483649, 4294967295, 4294967296,
    99999999.99, 99999999.994, 99999999.995, 1e8, 99949, 99950, 99999, 100000, 0.0098, 0.00985, 0.009949, 0.00995, 0.01, 1e15, 999999999999999.9, 1e16, 2 ** 53, 2 ** 53 + 2, 2 ** 62,
    2 ** 62 + 1024, 2 ** 63 - 1024, 2 ** 63, -(2 ** 63), -(2 ** 63) + 1024, 1e19, 1e21, -1e21, 1e22, 1e300, 5e-324, -5e-324, 1e-7, 123456.789, 3.4028234663852886e38, 3.4028235677973366e38, 3.402823567797337e38,
    1.401298464324817e-45, 7.006492321624085e-46, 7.006492321624086e-46, 100.00000381469725, 100.00000381469727, 0.10000000149011612, 0.1000000014901161, 0.09999999776482582,
  ])
  for (const number of numbers(about)) {
    for (const near of [number, next_up(number, 1), next_up(number, -1), number + 1, number - 1, number + 0.5, number - 0.5, number + 0.005, number - 0.005, number + 0.0049, number - 0.0049]) found.add(near)
  }
  for (let at = 0; at < 40; at += 1) found.add((next(2000000) - 1000000) / 10 ** next(7))
  return [...found]
}

/** The same value, or for a number one that rounding may make the same. */
const near = (value, next) => (typeof value === "number" ? Number((value + [0, 0.005, -0.005, 0.004, 0.01][next(5)]).toFixed(3)) : value)

const DATES = ["2020-02-29", "2021-02-29", "2020-02-28", "2020-03-01", "2000-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-12-31", "0000-01-01", "0001-01-01",
  "0044-03-15 BC", "0001-02-29 BC", "0004-02-29 BC", "0005-02-29 BC", "4714-11-24 BC", "4714-11-23 BC", "10000-01-01", "294276-12-31", "5874897-12-31", "5874898-01-01", "infinity", "-infinity", "1969-12-31", "1970-01-01"]
const TIMES = ["00:00:00", "12:00", "12:00:00.5", "23:59:59.999999", "23:59:59.9999995", "12:00:00.0000005", "12:00:00.0000015", "24:00:00", "24:00:01", "25:00:00", "23:60:00", "23:59:60", "23:59:61", "12:00:00.500001"]
const ZONES = ["Z", "+00", "+00:00", "-08:00", "+0530", "+15:59", "+16:00", "-00:30", "+01:00:30", "+01:60"]

const moments = (zoned) => {
  const found = new Set(["infinity", "-infinity"])
  for (const date of DATES) {
    if (date.includes("inf")) continue
    const [day, era = ""] = date.split(" ")
    const end = era && ` ${era}`
    found.add(`${day}T12:00:00${zoned ? "+00:00" : ""}${end}`)
  }
  for (const time of TIMES) for (const zone of zoned ? ZONES : [""]) found.add(`2020-01-01T${time}${zone}`)
  for (const edge of ["2019-12-31T23:59:59.9999999", "2020-01-01T00:00:00", "2020-01-01 00:00:00.000001", "294276-12-31T23:59:59.999999", "2020-01-01t12:00:00.5", "2020-01-01 12:00:00.499999"]) {
    for (const zone of zoned ? ZONES : [""]) found.add(edge + zone)
  }
  if (zoned) ["294276-12-31T23:59:59-01:00", "4714-11-24T00:00:00+00:00 BC", "4714-11-24T00:00:00+01:00 BC", "2020-01-01T01:00:00+01:00"].forEach((one) => found.add(one))
  return [...found]
}

const UUIDS = ["00000000-0000-0000-0000-000000000000", "abcdef01-2345-6789-abcd-ef0123456789", "ABCDEF01-2345-6789-ABCD-EF0123456789", "{abcdef01-2345-6789-abcd-ef0123456789}", "{abcdef01-2345-6789-abcd-ef0123456789",
  "abcdef0123456789abcdef0123456789", "abcd-ef01-2345-6789-abcd-ef01-2345-6789", "abcdef01-2345-6789-abcd-ef012345678", "abcdef01-2345-6789-abcd-ef01234567890", "a-bcdef01-2345-6789-abcd-ef0123456789",
  "gbcdef01-2345-6789-abcd-ef0123456789", "abcdef012345-6789-abcd-ef0123456789-", "00000000000000000000000000000000", "{00000000-0000-0000-0000-000000000000}", "aBcdef01-2345-6789-abcd-ef0123456789", ""]
const BYTES = ["", "\\x", "\\x00", "\\x00ff", "\\xDEADBEEF", "\\xdeadbeef00", "\\xde ad be ef", "\\xd eadbeef", "\\xabc", "\\xzz", "abcd", "\\000\\377ab", "\\\\abc", "\\400", "\\1", "é€", "😀", "\\x" + "00".repeat(31), "\\x" + "00".repeat(32),
  "\\x" + "00".repeat(33), "\\x" + "00".repeat(64), "\\x" + "00".repeat(65), "\\X00", "a\nb", "\\", "abc\u0000"]
const JSONS = [{}, [], { a: 1 }, [1, null, "x"], "text", "", 0, 1.5, true, false, null, [[]], { a: { b: [] } }, { "": null }, { a: "\u0000" }, ["\ud800"], { "\u0000": 1 }, "😀"]

const values = (kind, about, next) => {
  if (kind.array) {
    const elements = values(kind.array, about, next).slice(0, 40)
    const lists = [[], ...elements.map((element) => [element])]
    for (const constant of constants(about)) lists.push([constant], [constant, constant], [constant, "other"])
    for (let length = 2; length < 6; length += 1) for (let at = 0; at < 5; at += 1) lists.push(Array.from({ length }, () => elements[next(elements.length)]))
    return lists
  }
  if (kind.members) {
    const members = Object.entries(kind.members).map(([name, member]) => [name, values(member, about, next)])
    return Array.from({ length: 30 }, () => Object.fromEntries(members.map(([name, choices]) => [name, next(4) ? choices[next(choices.length)] : null])))
  }
  switch (kind.is) {
    case "text": return texts(about, next)
    case "number": return numeric(about, next)
    case "boolean": return [true, false]
    case "json": return JSONS
    case "bytes": return BYTES
    case "uuid": return UUIDS
    case "date": return DATES
    case "timestamp": return moments(false)
    case "timestamptz": return moments(true)
    case "time": return TIMES
    case "timetz": return TIMES.flatMap((time) => ZONES.map((zone) => time + zone))
    case "enum": return [...kind.labels, "no such label", "", ...(kind.labels[0] ? [kind.labels[0] + " ", kind.labels[0].toUpperCase() + "!"] : [])]
    default: throw new Error(`no values for ${JSON.stringify(kind)}`)
  }
}

const out = []
for (const database of spec) {
  const { schemas } = await import(pathToFileURL(database.zod))
  const document = JSON.parse(readFileSync(database.json, "utf8"))
  const ajv = new Ajv2020({ strict: false, validateFormats: false, ownProperties: true })
  ajv.addSchema(document, "database")
  const compiled = (name) => ajv.compile({ $ref: `database#/$defs/${encodeURIComponent(name).replaceAll("~", "~0")}` })
  const quote = (name) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll("\"", "\"\"")}"`)
  const result = { columns: [], rows: [] }
  for (const one of database.columns) {
    const zod = schemas[one.schema].Tables[one.table][one.part].shape[one.column]
    const name = `${quote(one.schema)}.${quote(one.table)}.${one.part}`
    const property = document.$defs[name].properties[one.column]
    const json = ajv.compile({ $ref: `database#/$defs/${encodeURIComponent(name)}/properties/${encodeURIComponent(one.column.replaceAll("~", "~0").replaceAll("/", "~1"))}` })
    // What it admits not to say, it or the domain that it refers to.
    const gaps = JSON.stringify([document.$defs[name].$comment ?? "", JSON.stringify(property).match(/"\$ref":"#\/\$defs\/([^"]*)"/g)?.map((reference) => {
      return document.$defs[decodeURIComponent(reference.slice(16, -1)).replaceAll("~1", "/").replaceAll("~0", "~")]
    })?.map((found) => found?.$comment ?? "")])
    const claims = ["text", "number", "boolean", "enum"].includes(one.kind.is) && one.exact_json && !one.rules.some((rule) => gaps.includes(rule))
    const cases = [...values(one.kind, one.text, random(one.table + one.column)), null].map((value) => {
      const written = JSON.stringify(value)
      const storable = !/\\u0000|\\ud[89a-f]/i.test(written)
      return [written, zod.safeParse(value).success, json(value), claims && storable]
    })
    result.columns.push({ cases })
  }
  for (const one of database.rows) {
    const zod = schemas[one.schema].Tables[one.table][one.part]
    const json = compiled(`${quote(one.schema)}.${quote(one.table)}.${one.part}`)
    const next = random(one.table + one.part)
    const choices = one.columns.map((column) => [column, values(column.kind, column.text, next).filter((value) => zod.shape[column.column].safeParse(value).success)])
    const cases = []
    for (let at = 0; at < 600; at += 1) {
      const row = {}
      for (const [column, found] of choices) {
        const kind = next(10)
        if (kind < 2) row[column.column] = null
        else if (kind < 4 && column.optional) continue
        else if (found.length > 0) {
          // Often the value of another column, so that some are equal.
          const other = Object.entries(row).find(([name]) => one.columns.find((known) => known.column === name)?.kind.is === column.kind.is)
          row[column.column] = other && next(4) === 0 ? near(other[1], next) : found[next(found.length)]
        } else row[column.column] = null
      }
      cases.push([JSON.stringify(row), zod.safeParse(row).success, json(row), false])
    }
    result.rows.push({ cases })
  }
  out.push(result)
}
writeFileSync(outFile, JSON.stringify(out))
