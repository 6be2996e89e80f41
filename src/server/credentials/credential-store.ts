// Where stored credentials come from. Nothing is stored yet: every credential comes from the environment.
import { nothingStored, type StoredCredentials } from '../../domain/credential.ts';
import type { AgentId } from '../../domain/ids.ts';

export interface CredentialStore {
  stored(agent: AgentId): StoredCredentials;
}

export const emptyStore: CredentialStore = { stored: () => nothingStored };
