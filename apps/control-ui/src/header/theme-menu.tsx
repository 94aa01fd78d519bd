import { DropdownMenu } from "radix-ui";
import { type ReactElement, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { applyTheme, readTheme, type Theme } from "./theme.ts";

const THEMES: readonly { readonly theme: Theme; readonly label: string; readonly icon: IconName }[] = [
  { theme: "system", label: "System", icon: "screen" },
  { theme: "light", label: "Light", icon: "sun" },
  { theme: "dark", label: "Dark", icon: "moon" },
];

export function ThemeMenu(): ReactElement {
  const [theme, setTheme] = useState(() => readTheme(localStorage));
  const current = THEMES.find((choice) => choice.theme === theme) ?? THEMES[0];
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button kind="icon" aria-label={`Theme: ${current?.label}`}>
          <Icon name={current?.icon ?? "screen"} />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          className="rise z-30 min-w-36 rounded-xl border bg-raised p-1 text-sm shadow-xl shadow-black/10"
        >
          <DropdownMenu.RadioGroup
            value={theme}
            onValueChange={(value) => {
              setTheme(value as Theme);
              applyTheme(value as Theme, document.documentElement, localStorage);
            }}
          >
            {THEMES.map((choice) => (
              <DropdownMenu.RadioItem
                key={choice.theme}
                value={choice.theme}
                className="flex cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-1.5 outline-none data-highlighted:bg-sunken"
              >
                <Icon name={choice.icon} className="size-4 text-soft" />
                <span className="flex-1">{choice.label}</span>
                <DropdownMenu.ItemIndicator>
                  <Icon name="check" className="size-4 text-accent" />
                </DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
