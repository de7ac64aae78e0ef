import { show } from './show.js';

show();
import.meta.hot.accept('./show.js', (changed) => changed.show());
