import type { ModelRow, SessionRow } from "@claw/protocol";
import type { ReactElement } from "react";
import { useModels } from "../gateway/queries.ts";
import { Badge } from "../ui/badge.tsx";
import { Icon } from "../ui/icons.tsx";
import { Popover } from "../ui/popover.tsx";

/** The model that the open chat asks next. */
export function ModelBadge({ row }: { readonly row: SessionRow | undefined }): ReactElement | null {
  const { data } = useModels();
  const model = data && (modelOf(row, data.models) ?? defaultModel(data.models));
  if (model === undefined) return null;
  const isDemo = model.provider === "demo";
  const name = isDemo ? "Offline demo" : model.name;
  return (
    <Popover
      title={name}
      trigger={
        <Badge tone={isDemo ? "quiet" : model.available ? "good" : "bad"} aria-label={`Model: ${name}`}>
          <span className="truncate max-md:hidden">{name}</span>
          <Icon name="spark" className="size-3.5 md:hidden" />
        </Badge>
      }
    >
      {isDemo ? <ConnectModel /> : <ModelFacts model={model} />}
    </Popover>
  );
}

function modelOf(row: SessionRow | undefined, models: readonly ModelRow[]): ModelRow | undefined {
  return models.find(({ provider, id }) => provider === row?.modelProvider && id === row.model);
}

function defaultModel(models: readonly ModelRow[]): ModelRow | undefined {
  return models.find(({ tags }) => tags.includes("default")) ?? models.find(({ available }) => available);
}

function ConnectModel(): ReactElement {
  return (
    <>
      <p className="text-soft">
        A small scripted model that needs no network. It really runs its tools, but it only knows a few tasks.
      </p>
      <h3 className="font-medium">Connect a real model</h3>
      <ol className="list-decimal space-y-1.5 pl-4 text-soft">
        <li>
          Set a key where the gateway starts, such as <Code>ANTHROPIC_API_KEY</Code> or <Code>OPENAI_API_KEY</Code>; or
          run Ollama or LM Studio on the same machine.
        </li>
        <li>Restart the gateway. It picks the first it finds.</li>
      </ol>
    </>
  );
}

function ModelFacts({ model }: { readonly model: ModelRow }): ReactElement {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
      <dt className="text-soft">Model</dt>
      <dd className="break-all font-mono text-[13px]">{model.id}</dd>
      <dt className="text-soft">Provider</dt>
      <dd>{model.provider}</dd>
      {model.contextWindow !== undefined && (
        <>
          <dt className="text-soft">Context</dt>
          <dd>{model.contextWindow.toLocaleString()} tokens</dd>
        </>
      )}
      {!model.available && (
        <>
          <dt className="text-soft">Credential</dt>
          <dd className="text-bad">missing</dd>
        </>
      )}
    </dl>
  );
}

function Code({ children }: { readonly children: string }): ReactElement {
  return <code className="whitespace-nowrap rounded bg-sunken px-1 py-0.5 font-mono text-xs">{children}</code>;
}
