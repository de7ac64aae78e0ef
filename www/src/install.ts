// The install line is in the HTML; its button needs a script.

export function keepInstallCopyable(): void {
  const button = document.getElementById('copy-install');
  const line = document.getElementById('install');
  if (button === null || line === null) return;
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(line.textContent ?? '').then(
      () => (button.textContent = 'Copied'),
      () => getSelection()?.selectAllChildren(line),
    );
  });
}
