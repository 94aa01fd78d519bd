/** What a package's README lacks: its name as the title, a sentence, an example. */
export function readmeGaps(packageName: string, readme: string | undefined): readonly string[] {
  if (readme === undefined) return [`${packageName}: no README.md`];
  const [title = "", ...rest] = readme.split("\n");
  return [
    ...(title.trim() === `# ${packageName}` ? [] : [`${packageName}: README.md starts with "# ${packageName}"`]),
    ...(rest.some((line) => /^[A-Z`].*[.:]/.test(line))
      ? []
      : [`${packageName}: README.md says in a sentence what it is`]),
    ...(/^```(?:ts|js|sh|bash)/m.test(readme) ? [] : [`${packageName}: README.md has an example`]),
  ];
}
