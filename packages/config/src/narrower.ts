const ACCESS = ["none", "ro", "rw"] as const;

type Access = (typeof ACCESS)[number];

/** The access that shows less of the workspace. */
export function narrowerAccess<Given extends Access | undefined>(a: Given, b: Given): Given {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return ACCESS.indexOf(a) <= ACCESS.indexOf(b) ? a : b;
}
