import type { ModelSource } from "@claw/core";

/** The model that plays a role now, as `provider/model`; what names a model already stays as it is. */
export function modelOfRole(models: ModelSource | undefined, role: string | undefined): string | undefined {
  if (role === undefined || role.includes("/")) return role;
  return models?.list().find(({ roles }) => roles.includes(role))?.ref;
}
