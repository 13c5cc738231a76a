
type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

/** A row of a table or view: `Tables<"tasks">`, `Tables<{ schema: "auth" }, "users">`. */
export type Tables<
  NameOrSchema extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  Name extends NameOrSchema extends { schema: keyof DatabaseWithoutInternals }
    ? keyof (DatabaseWithoutInternals[NameOrSchema["schema"]]["Tables"] &
        DatabaseWithoutInternals[NameOrSchema["schema"]]["Views"])
    : never = never,
> = NameOrSchema extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[NameOrSchema["schema"]]["Tables"] &
      DatabaseWithoutInternals[NameOrSchema["schema"]]["Views"])[Name] extends { Row: infer R }
    ? R
    : never
  : NameOrSchema extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[NameOrSchema] extends { Row: infer R }
      ? R
      : never
    : never

/** What a new row of a table takes. */
export type TablesInsert<
  NameOrSchema extends keyof DefaultSchema["Tables"] | { schema: keyof DatabaseWithoutInternals },
  Name extends NameOrSchema extends { schema: keyof DatabaseWithoutInternals }
    ? keyof DatabaseWithoutInternals[NameOrSchema["schema"]]["Tables"]
    : never = never,
> = NameOrSchema extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[NameOrSchema["schema"]]["Tables"][Name] extends { Insert: infer I }
    ? I
    : never
  : NameOrSchema extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][NameOrSchema] extends { Insert: infer I }
      ? I
      : never
    : never

/** What a change of a table's rows takes. */
export type TablesUpdate<
  NameOrSchema extends keyof DefaultSchema["Tables"] | { schema: keyof DatabaseWithoutInternals },
  Name extends NameOrSchema extends { schema: keyof DatabaseWithoutInternals }
    ? keyof DatabaseWithoutInternals[NameOrSchema["schema"]]["Tables"]
    : never = never,
> = NameOrSchema extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[NameOrSchema["schema"]]["Tables"][Name] extends { Update: infer U }
    ? U
    : never
  : NameOrSchema extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][NameOrSchema] extends { Update: infer U }
      ? U
      : never
    : never

/** The labels of an enumeration. */
export type Enums<
  NameOrSchema extends keyof DefaultSchema["Enums"] | { schema: keyof DatabaseWithoutInternals },
  Name extends NameOrSchema extends { schema: keyof DatabaseWithoutInternals }
    ? keyof DatabaseWithoutInternals[NameOrSchema["schema"]]["Enums"]
    : never = never,
> = NameOrSchema extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[NameOrSchema["schema"]]["Enums"][Name]
  : NameOrSchema extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][NameOrSchema]
    : never

/** A composite type. */
export type CompositeTypes<
  NameOrSchema extends keyof DefaultSchema["CompositeTypes"] | { schema: keyof DatabaseWithoutInternals },
  Name extends NameOrSchema extends { schema: keyof DatabaseWithoutInternals }
    ? keyof DatabaseWithoutInternals[NameOrSchema["schema"]]["CompositeTypes"]
    : never = never,
> = NameOrSchema extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[NameOrSchema["schema"]]["CompositeTypes"][Name]
  : NameOrSchema extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][NameOrSchema]
    : never

