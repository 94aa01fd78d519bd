import * as z from "zod";

const dmScope = z.enum(["main", "per-peer", "per-channel-peer", "per-account-channel-peer"]);
const groupScope = z.enum(["per-group", "per-sender"]);
const chatType = z.enum(["direct", "group", "channel"]);
const shortText = z.string().min(1).max(512);

const resetRule = z
  .strictObject({
    mode: z
      .enum(["none", "daily", "idle"])
      .describe("none: never. daily: with the first message after atHour. idle: after idleMinutes without a message."),
    atHour: z.number().int().min(0).max(23).exactOptional().describe("Hour of the day, local time; 4 when absent."),
    idleMinutes: z
      .number()
      .positive()
      .max(525_600)
      .exactOptional()
      .describe("Minutes without a message. With mode: daily too, and then the first to come wins."),
  })
  .refine(
    ({ mode, idleMinutes }) => mode !== "idle" || idleMinutes !== undefined,
    "idleMinutes, which mode idle needs",
  );

const sendRule = z.strictObject({
  action: z.enum(["allow", "deny"]).describe("The first rule that denies wins."),
  match: z
    .strictObject({
      channel: shortText.exactOptional().describe("Channel id."),
      chatType: chatType.exactOptional().describe("Kind of conversation."),
      keyPrefix: shortText.exactOptional().describe("Beginning of the session key."),
    })
    .exactOptional()
    .describe("What it is about; every field given has to fit. Everything when absent."),
});

export function sessionSchema() {
  return z.strictObject({
    dmScope: dmScope
      .default("per-channel-peer")
      .describe("Which direct messages share a session; main puts everyone's into one."),
    groupScope: groupScope
      .default("per-group")
      .describe(
        "per-group: a group is one session, and the group's. per-sender: each member has one of their own there.",
      ),
    identityLinks: z
      .record(shortText, z.array(z.string().regex(/^[^:\s]+:.+$/, "an account as <channel>:<peer>")).max(64))
      .default({})
      .describe("A person's name to their accounts, each as <channel>:<peer>: one person in sessions and rights."),
    reset: resetRule.exactOptional().describe("When sessions start over by themselves. Never when absent."),
    resetByType: z
      .strictObject({
        direct: resetRule.exactOptional().describe("For direct conversations."),
        group: resetRule.exactOptional().describe("For groups and channels."),
        thread: resetRule.exactOptional().describe("For threads and topics."),
      })
      .prefault({})
      .describe("The same by kind of conversation; goes before session.reset."),
    resetByChannel: z
      .record(shortText, resetRule)
      .default({})
      .describe("The same by channel id; goes before the others."),
    resetTriggers: z
      .array(shortText)
      .max(32)
      .default([])
      .describe("Messages that start their session over; what follows one of them is the first message of the new."),
    sendPolicy: z
      .strictObject({
        default: z.enum(["allow", "deny"]).default("allow").describe("Where no rule matches."),
        rules: z.array(sendRule).max(256).default([]).describe("Where the bot speaks."),
      })
      .prefault({})
      .describe("Conversations in which the bot neither reads nor answers."),
  });
}

export function bindingsSchema() {
  const match = z
    .strictObject({
      channel: shortText.describe("Channel id."),
      accountId: shortText.exactOptional().describe('Account on it; "*" is all, absent is the one called default.'),
      peer: z
        .strictObject({
          kind: chatType.describe("Kind of conversation."),
          id: shortText.describe('Id of the person, group or thread; "*" is all.'),
        })
        .exactOptional()
        .describe("One conversation."),
      guildId: shortText.exactOptional().describe("Discord server."),
      teamId: shortText.exactOptional().describe("Slack workspace or Teams team."),
      roles: z.array(shortText).min(1).max(64).exactOptional().describe("Roles of the sender; one is enough."),
    })
    .refine(({ roles, guildId }) => roles === undefined || guildId !== undefined, "guildId, which roles need");
  const binding = z.strictObject({
    type: z.literal("route").exactOptional().describe("The one kind there is."),
    agentId: shortText.describe("Agent that answers."),
    match: match.describe("What it is about; every field given has to fit."),
    session: z
      .strictObject({
        dmScope: dmScope.exactOptional().describe("Goes before session.dmScope."),
        groupScope: groupScope.exactOptional().describe("Goes before session.groupScope."),
      })
      .exactOptional()
      .describe("Settings for what it matches."),
  });
  return z.array(binding).max(1_000).default([]);
}

const MAX_BROADCAST_AGENTS = 16;

export function broadcastSchema() {
  const agents = z
    .array(shortText)
    .min(1)
    .max(MAX_BROADCAST_AGENTS)
    .refine((ids) => new Set(ids).size === ids.length, "each agent once");
  const group = z.union(
    [
      agents,
      z.strictObject({
        agents: agents.describe("Agents that answer, at most 16."),
        mentionGating: z.boolean().exactOptional().describe("Answer only what is meant for the bot; true when absent."),
        maxRounds: z
          .number()
          .int()
          .min(1)
          .max(4)
          .exactOptional()
          .describe("How often they speak: from the second round on about what the others said. 1 when absent."),
        maxTurns: z
          .number()
          .int()
          .min(1)
          .max(32)
          .exactOptional()
          .describe("Turns of all of them together that one message may take; each one's in each round when absent."),
      }),
    ],
    "a list of agents, or { agents, mentionGating, maxRounds, maxTurns }",
  );
  const strategy = z.enum(["parallel", "sequential"]);
  return z
    .record(z.string(), z.union([strategy, group], '"strategy", or groups named <channel>:<peer>'))
    .refine(
      (value) =>
        Object.entries(value).every(([key, one]) =>
          typeof one === "string" ? key === "strategy" : /^[^:\s]+:.+$/.test(key),
        ),
      'groups named <channel>:<peer>, and "strategy": "parallel" or "sequential"',
    );
}
