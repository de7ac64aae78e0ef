import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './app';
import { keepInstallCopyable } from './install';
import './style.css';

keepInstallCopyable();
const [root, stage] = [document.getElementById('app'), document.getElementById('stage')];
if (root !== null && stage !== null) {
  // The picture in the HTML is for those who wait.
  stage.replaceChildren();
  createRoot(root).render(
    <StrictMode>
      <App stage={stage} />
    </StrictMode>,
  );
}
