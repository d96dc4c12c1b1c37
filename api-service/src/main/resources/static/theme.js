// A script that is no module runs before anything is drawn: a dark page never flashes white.
{
  const chosen = localStorage.getItem('sluice.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
}
