// For `node --import`: a task that does not outlive the set-up process that started it.
import { isMainThread } from 'node:worker_threads';
import { onParentGone } from './parent.js';

// Worker threads load this too.
if (isMainThread) onParentGone(() => process.kill(process.pid, 'SIGTERM'));
