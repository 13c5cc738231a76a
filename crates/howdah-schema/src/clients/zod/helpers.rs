//! What the generated file needs of functions of its own; each is written out only where something uses it.

use std::collections::BTreeSet;

/// A declaration: its name, those that it needs, its text.
type Helper = (&'static str, &'static [&'static str], &'static str);

/// In the order in which they are written: each after those that it needs.
const HELPERS: [Helper; 37] = [
    ("Truth", &[], TRUTH),
    ("and", &["Truth"], AND),
    ("or", &["Truth"], OR),
    ("not", &["Truth"], NOT),
    ("isNull", &["Truth"], IS_NULL),
    ("same", &["Truth"], SAME),
    ("choose", &["Truth"], CHOOSE),
    ("on", &[], ON),
    ("both", &[], BOTH),
    ("count", &[], COUNT),
    ("own", &[], OWN),
    ("storable", &[], STORABLE),
    ("text", &["storable"], TEXT),
    ("cut", &[], CUT),
    ("fits", &[], FITS),
    ("characters", &[], CHARACTERS),
    ("octets", &[], OCTETS),
    ("trim", &[], TRIM),
    ("isJson", &["storable"], IS_JSON),
    ("json", &["isJson"], JSON),
    ("jsonType", &[], JSON_TYPE),
    ("isEmpty", &[], IS_EMPTY),
    ("byteCount", &[], BYTE_COUNT),
    ("bytes", &["byteCount", "text"], BYTES),
    ("uuid", &[], UUID),
    ("uuidText", &[], UUID_TEXT),
    ("day", &[], DAY),
    ("date", &["day"], DATE),
    ("moment", &["day"], MOMENT),
    ("order", &["Truth"], ORDER),
    ("timestamp", &["moment"], TIMESTAMP),
    ("timestamptz", &["moment"], TIMESTAMPTZ),
    ("time", &[], TIME),
    ("timetz", &[], TIMETZ),
    ("bigint", &[], BIGINT),
    ("real", &[], REAL),
    ("decimal", &[], DECIMAL),
];

/// Their text.
pub(super) fn written(used: &BTreeSet<&'static str>) -> String {
    let mut needed = used.clone();
    // From the last to the first, so that one pass finds all.
    for (name, needs, _) in HELPERS.iter().rev() {
        if needed.contains(name) {
            needed.extend(needs.iter());
        }
    }
    HELPERS.iter().filter(|(name, ..)| needed.contains(name)).map(|(.., text)| *text).collect()
}

const TRUTH: &str = "
/** The answers of SQL: null is its NULL, and undefined is what is not known here, such as a column that keeps its value. */
type Truth = boolean | null | undefined
";
const AND: &str = "
const and = (...tests: Truth[]): Truth =>
  tests.includes(false) ? false : tests.includes(undefined) ? undefined : tests.includes(null) ? null : true
";
const OR: &str = "
const or = (...tests: Truth[]): Truth =>
  tests.includes(true) ? true : tests.includes(undefined) ? undefined : tests.includes(null) ? null : false
";
const NOT: &str = "
const not = (test: Truth): Truth => (typeof test === \"boolean\" ? !test : test)
";
const IS_NULL: &str = "
const isNull = (value: unknown): Truth => (value === undefined ? undefined : value === null)
";
const SAME: &str = "
const same = (left: Truth, right: Truth): Truth =>
  left === null || right === null ? null : left === undefined || right === undefined ? undefined : left === right
";
const CHOOSE: &str = "
/** CASE: what stands beside the first that is true. */
const choose = (branches: [Truth, Truth][], otherwise: Truth): Truth => {
  for (const [when, then] of branches) {
    if (when === undefined) return undefined
    if (when) return then
  }
  return otherwise
}
";
const ON: &str = "
const on = <T, R>(value: T | null | undefined, use: (value: T) => R): R | null | undefined =>
  value === null ? null : value === undefined ? undefined : use(value)
";
const BOTH: &str = "
const both = <L, R, T>(
  left: L | null | undefined,
  right: R | null | undefined,
  use: (left: L, right: R) => T,
): T | null | undefined =>
  left === null || right === null ? null : left === undefined || right === undefined ? undefined : use(left, right)
";
const COUNT: &str = "
/** How many are null, or are not. */
const count = (values: unknown[], nulls: boolean): number | undefined =>
  values.includes(undefined) ? undefined : values.filter((value) => (value === null) === nulls).length
";
const OWN: &str = "
/** A column that is called like something that every object has: what is inherited is not given. */
const own = <S extends z.ZodType>(schema: S): S =>
  z.preprocess(
    (value) => (typeof value === \"function\" || value === Object.prototype ? undefined : value),
    schema,
  ) as unknown as S
";
const STORABLE: &str = "
/** PostgreSQL keeps neither the character NUL nor half of a surrogate pair. */
const storable = (value: string): boolean => !/[\\0\\p{Cs}]/u.test(value)
";
const TEXT: &str = "
const text = z.string().refine(storable, \"text without the character NUL and without halves of surrogate pairs\")
";
const CUT: &str = "
/** The first characters, as varchar(n) keeps them. */
const cut = (value: string, length: number): string => [...value].slice(0, length).join(\"\")
";
const FITS: &str = "
/** Beyond its length a text may have spaces; they are cut off. */
const fits = (value: string, length: number): boolean => [...value].slice(length).every((character) => character === \" \")
";
const CHARACTERS: &str = "
/** PostgreSQL counts characters, JavaScript counts halves of surrogate pairs. */
const characters = (value: string): number => [...value].length
";
const OCTETS: &str = "
/** Bytes of UTF-8. */
const octets = (value: string): number =>
  [...value].reduce((sum, character) => {
    const code = character.codePointAt(0) ?? 0
    return sum + (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4)
  }, 0)
";
const TRIM: &str = "
const trim = (value: string, characters: string, start: boolean, end: boolean): string => {
  const [all, gone] = [[...value], [...characters]]
  while (start && all.length > 0 && gone.includes(all[0] ?? \"\")) all.shift()
  while (end && all.length > 0 && gone.includes(all[all.length - 1] ?? \"\")) all.pop()
  return all.join(\"\")
}
";
const IS_JSON: &str = "
const isJson = (value: unknown): boolean => {
  if (value === null || typeof value === \"boolean\") return true
  if (typeof value === \"string\") return storable(value)
  if (typeof value === \"number\") return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isJson)
  if (typeof value !== \"object\" || ![Object.prototype, null].includes(Object.getPrototypeOf(value))) return false
  return Object.entries(value).every(([key, member]) => storable(key) && (member === undefined || isJson(member)))
}
";
const JSON: &str = "
const json = z.custom<Json>(isJson, \"a JSON value\")
";
const JSON_TYPE: &str = "
const jsonType = (value: Json): string => (value === null ? \"null\" : Array.isArray(value) ? \"array\" : typeof value)
";
const IS_EMPTY: &str = "
/** {} or []. */
const isEmpty = (value: Json, array: boolean): boolean =>
  typeof value === \"object\" &&
  value !== null &&
  Array.isArray(value) === array &&
  Object.values(value).every((member) => !array && member === undefined)
";
const BYTE_COUNT: &str = "
/** How many bytes a bytea holds, written as \\x and hexadecimal digits or with escapes; NaN for what is neither. */
const byteCount = (value: string): number => {
  if (value.startsWith(\"\\\\x\")) {
    return /^\\\\x(?:[0-9a-f]{2}|[ \\n\\r\\t])*$/i.test(value) ? value.slice(2).replace(/[ \\n\\r\\t]/g, \"\").length / 2 : NaN
  }
  const plain = value.replace(/\\\\(?:\\\\|[0-3][0-7][0-7])/g, \"!\")
  if (plain.includes(\"\\\\\")) return NaN
  return [...plain].reduce((sum, character) => {
    const code = character.codePointAt(0) ?? 0
    return sum + (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4)
  }, 0)
}
";
const BYTES: &str = "
const bytes = text.refine((value) => !Number.isNaN(byteCount(value)), \"bytes, like \\\\x00ff\")
";
const UUID: &str = "
const uuid = z
  .string()
  .regex(/^(?:(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}|\\{(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}\\})$/i, \"a UUID\")
";
const UUID_TEXT: &str = "
/** As the database writes it. */
const uuidText = (value: string): string =>
  value.replace(/[{}-]/g, \"\").toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, \"$1-$2-$3-$4-$5\")
";
const DAY: &str = "
/** Days since 1970-01-01, infinity included; NaN for what is no date of PostgreSQL's calendar. */
const day = (value: string): number => {
  if (value === \"infinity\") return Infinity
  if (value === \"-infinity\") return -Infinity
  const found = /^(\\d{4,7})-(\\d\\d)-(\\d\\d)( BC)?$/.exec(value)
  const [written, month, date] = [Number(found?.[1]), Number(found?.[2]), Number(found?.[3])]
  const year = found?.[4] ? 1 - written : written
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const length = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  if (!found || written === 0 || length === undefined || date < 1 || date > length) return NaN
  // Years that begin in March, in cycles of 400.
  const from = month > 2 ? year : year - 1
  const inYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + date - 1
  const all = from * 365 + Math.floor(from / 4) - Math.floor(from / 100) + Math.floor(from / 400) + inYear - 719468
  return all < -2440588 || year > 5874897 ? NaN : all
}
";
const DATE: &str = "
const date = z.string().refine((value) => !Number.isNaN(day(value)), \"a date, like 2026-01-31\")
";
const MOMENT: &str = "
/** Microseconds since 1970; null for what is no date and time, undefined where an offset would be needed and is missing. */
const moment = (value: string, zoned: boolean): bigint | null | undefined => {
  if (value === \"infinity\" || value === \"-infinity\") {
    return BigInt(value.startsWith(\"-\") ? \"-1000000000000000000000\" : \"1000000000000000000000\")
  }
  const found =
    /^(\\d{4,6}-\\d\\d-\\d\\d)(?:[Tt ](\\d\\d):(\\d\\d)(?::(\\d\\d)(?:\\.(\\d+))?)?([Zz]|[+-]\\d\\d(?::?\\d\\d(?::?\\d\\d)?)?)?)?( BC)?$/.exec(value)
  if (!found) return null
  const days = day(`${found[1]}${found[7] ?? \"\"}`)
  const [hour, minute, second] = [Number(found[2] ?? 0), Number(found[3] ?? 0), Number(found[4] ?? 0)]
  // Rounded as the server does: halves to the even.
  const exact = Number(`0.${found[5] ?? 0}`) * 1e6
  const rounded = Math.round(exact)
  const micros = rounded - exact === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded
  if (Number.isNaN(days) || minute > 59 || second > 60) return null
  if (hour > 24 || (hour === 24 && minute + second + micros > 0)) return null
  const zone = /^([+-])(\\d\\d):?(\\d\\d)?:?(\\d\\d)?$/.exec(found[6] ?? \"\")
  const [hours, minutes, seconds] = [Number(zone?.[2] ?? 0), Number(zone?.[3] ?? 0), Number(zone?.[4] ?? 0)]
  if (hours > 15 || minutes > 59 || seconds > 59) return null
  const offset = zoned ? (zone?.[1] === \"-\" ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds) : 0
  const whole = days * 86400 + hour * 3600 + minute * 60 + second - offset
  if (whole < -210866803200 || whole >= 9224318016000) return null
  if (zoned && found[6] === undefined) return undefined
  return BigInt(whole) * BigInt(1000000) + BigInt(micros)
}
";
const ORDER: &str = "
const order = (
  left: bigint | null | undefined,
  right: bigint | null | undefined,
  use: (left: bigint, right: bigint) => boolean,
): Truth => (left == null || right == null ? undefined : use(left, right))
";
const TIMESTAMP: &str = "
const timestamp = z
  .string()
  .refine((value) => moment(value, false) !== null, \"a date and time, like 2026-01-31T12:00:00\")
";
const TIMESTAMPTZ: &str = "
const timestamptz = z
  .string()
  .refine((value) => moment(value, true) !== null, \"a date and time, like 2026-01-31T12:00:00+00:00\")
";
const TIME: &str = "
const time = z
  .string()
  .regex(/^(?:(?:[01]\\d|2[0-3]):[0-5]\\d(?::(?:[0-5]\\d(?:\\.\\d+)?|60))?|24:00(?::00)?)$/, \"a time, like 12:00:00\")
";
const TIMETZ: &str = "
const timetz = z
  .string()
  .regex(
    /^(?:(?:[01]\\d|2[0-3]):[0-5]\\d(?::(?:[0-5]\\d(?:\\.\\d+)?|60))?|24:00(?::00)?)(?:[Zz]|[+-](?:0\\d|1[0-5])(?::?[0-5]\\d(?::?[0-5]\\d)?)?)?$/,
    \"a time, like 12:00:00+00\",
  )
";
const BIGINT: &str = "
/** As far as a number of JavaScript goes: beyond 2^53 not every whole number is one. */
const bigint = z
  .number()
  .refine(Number.isInteger, \"a whole number\")
  .min(-9223372036854774784)
  .max(9223372036854774784)
";
const REAL: &str = "
const real = z
  .number()
  .refine(
    (value) => value === 0 || (Math.abs(value) > 7.006492321624085e-46 && Math.abs(value) <= 3.4028235677973366e38),
    \"a number of single precision\",
  )
";
const DECIMAL: &str = "
/** A number rounded to this many decimals, halves away from zero, as a whole number of the last of them. */
const decimal = (value: number, scale: number): bigint => {
  const [mantissa = \"\", exponent = \"0\"] = String(Math.abs(value)).split(\"e\")
  const [whole = \"\", fraction = \"\"] = mantissa.split(\".\")
  const [digits, point] = [whole + fraction, whole.length + Number(exponent) + scale]
  const kept = point > 0 ? digits.slice(0, point).padEnd(point, \"0\") : \"0\"
  const size = BigInt(kept) + BigInt(point >= 0 && (digits[point] ?? \"0\") >= \"5\" ? 1 : 0)
  return value < 0 ? -size : size
}
";
