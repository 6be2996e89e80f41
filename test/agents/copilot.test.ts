import { agentsUnderTest } from './agents-under-test.ts';
import { runScenarios } from './run-scenarios.ts';

runScenarios(agentsUnderTest.copilot);
