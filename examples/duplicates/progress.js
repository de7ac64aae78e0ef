// A progress bar on a terminal; elsewhere, a line for every tenth.

const WIDTH = 30;

export function openProgress(total) {
  const start = performance.now();
  let shown = -1;

  const line = (share, rows) => {
    const done = Math.round(share * WIDTH);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const memory = Math.round(process.memoryUsage().rss / 1024 / 1024);
    return `[${'█'.repeat(done)}${'·'.repeat(WIDTH - done)}] ${Math.round(share * 100)} %  ${rows} rows  ${seconds} s  ${memory} MB`;
  };

  const show = (bytes, rows) => {
    const share = Math.min(1, bytes / total);
    const step = Math.floor(share * (process.stderr.isTTY ? 100 : 10));
    if (step === shown) return;
    shown = step;
    process.stderr.write(process.stderr.isTTY ? `\r${line(share, rows)}` : `${line(share, rows)}\n`);
  };

  const end = (rows) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${line(1, rows)}\n`);
  };

  return { show, end };
}
