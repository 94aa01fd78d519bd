/** JSON Schema (draft 7, which editors read) of the configuration file, with every default and description. */
export async function configJsonSchema(): Promise<Readonly<Record<string, unknown>>> {
  const [z, { buildSchema }] = await Promise.all([import("zod"), import("./schema.ts")]);
  const schema = buildSchema((value) => ({ text: String(value) }));
  return { ...z.toJSONSchema(schema, { io: "input", target: "draft-7" }), title: "openclaw.json" };
}
