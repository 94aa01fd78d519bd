import type { Command } from "commander";
import { type StateFlags, withStateFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";

interface ConfigFlags extends StateFlags {
  readonly json?: true;
  readonly reveal?: true;
  readonly write?: true;
}

/** What the configuration commands do, loaded with the first of them. */
const load = () => import("../config/config-commands.ts");

export function addConfig(program: Command): void {
  const config = program.command("config").description("read, check and change openclaw.json");
  const add = (usage: string, description: string): Command =>
    withStateFlags(config.command(usage).description(description).option("--json", "print JSON")).optionsGroup(
      "Options:",
    );

  examples(add("get [path]", "show a value, defaults filled in").option("--reveal", "show secrets too"), [
    ["claw config get", "everything"],
    ["claw config get gateway.port", "one value"],
    ["claw config get 'agents.list[0].model'", "a list counts from 0"],
  ]).action(async (path: string | undefined, flags: ConfigFlags) => (await load()).showValue(path, flags));

  examples(add("set <path> [value]", 'change a value; comments stay; "-" or nothing reads the value'), [
    ["claw config set agents.defaults.model openai/gpt-5", "text needs no quotes"],
    ["claw config set tools.deny '[\"exec\"]'", "JSON5"],
    ["claw config set models.providers.openai.apiKey", "asks for it, and no shell history has it"],
    ["claw config set models.providers.openai.apiKey '${OPENAI_API_KEY}'", "from the environment"],
  ]).action(async (path: string, value: string | undefined, flags: ConfigFlags) =>
    (await load()).setValue(path, value, flags),
  );

  examples(add("unset <path>", "remove a value, so that its default counts"), [
    ["claw config unset gateway.port", "back to 18789"],
  ]).action(async (path: string, flags: ConfigFlags) => (await load()).unsetValue(path, flags));

  examples(add("validate", "check the file, references to the environment included"), [
    ["claw config validate && systemctl restart claw", "before a restart"],
  ]).action(async (flags: ConfigFlags) => (await load()).validate(flags));

  examples(add("schema", "print the JSON Schema of the file"), [
    ["claw config schema > openclaw.schema.json", "for an editor"],
  ]).action(async () => (await load()).showSchema());

  examples(
    add("import <file>", "show what of an OpenClaw configuration has a place here; --write takes it over").option(
      "--write",
      "write it, and keep what was there as .bak",
    ),
    [
      ["claw config import ~/.openclaw/openclaw.json", "only look"],
      ["claw config import ~/.openclaw/openclaw.json --write --profile claw", "take it over"],
    ],
  ).action(async (source: string, flags: ConfigFlags) =>
    (await import("../config/import-command.ts")).importFile(source, flags),
  );

  examples(add("file", "print where the file is").alias("path"), [
    ["$EDITOR $(claw config file)", "edit it by hand"],
  ]).action(async (flags: ConfigFlags) => (await load()).showFile(flags));
}
