globalThis.violations = 0;
document.addEventListener('securitypolicyviolation', () => globalThis.violations++);

const palm = await import('./dist/web.js');
await palm.default();
globalThis.palm = palm;
