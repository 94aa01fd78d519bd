// Before the first picture, so that nothing flashes. The rest is in src/header/theme.ts.
try {
  const theme = localStorage.getItem("claw.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden: the system's theme it is.
}
