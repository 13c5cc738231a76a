// The types that Zod infers are those of the Database type, both ways.
import type { z } from "zod"

/** Values of one can be used as values of the other, and the other way round. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

type Output<S> = S extends z.ZodType<infer O> ? O : undefined
type Input<S> = S extends z.ZodType<unknown, infer I> ? I : undefined
type Part<T, P extends string> = T extends { [K in P]: infer V } ? V : undefined
/** A row without the computed fields, which are not read with the row. */
type Stored<T> = T extends { Row: infer R; ComputedFields: infer C extends string } ? Omit<R, C> : Part<T, "Row">

type Agree<T, S> =
  Same<Stored<T>, Output<Part<S, "Row">>> extends true
    ? Same<Part<T, "Insert">, Input<Part<S, "Insert">>> extends true
      ? Same<Part<T, "Insert">, Output<Part<S, "Insert">>> extends true
        ? Same<Part<T, "Update">, Output<Part<S, "Update">>>
        : false
      : false
    : false

/** The relations whose types are not the same; `never` if there are none. */
export type Wrong<D, S> = {
  [K in keyof D]: K extends keyof S ? (Agree<D[K], S[K]> extends true ? never : K) : K
}[keyof D]

/** The same for enumerations, composite types and arguments. */
export type WrongTypes<D, S> = {
  [K in keyof D]: K extends keyof S ? (Same<D[K], Output<S[K]>> extends true ? never : K) : K
}[keyof D]

export type WrongFunctions<D, S> = {
  [K in keyof D]: Part<D[K], "Args"> extends infer A
    ? [A] extends [never]
      ? never
      : K extends keyof S
        ? Same<A, Output<Part<S[K], "Args">>> extends true
          ? never
          : K
        : K
    : never
}[keyof D]

export type None<T extends never> = T
