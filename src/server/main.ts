// The process `dist/server.js`.
import { yieldEngineThreads } from '../platform/threads.ts';
import { runServer } from './server.ts';

yieldEngineThreads();
process.exitCode = await runServer(process.env);
// Whatever is still open (a socket that a peer keeps half closed) must not keep a server without a lock alive.
process.exit();
