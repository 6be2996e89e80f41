// The plugin that runs inside Amp (its embedded runtime, the public plugin API) and appends the active thread's state to
// a file. It only listens: no handler of it stands in the way of a tool.

/** `path`: where the lines go. Read by report.ts. */
export function plugin(path: string): string {
  return `import { appendFileSync } from 'node:fs'

export const description = 'Tells sesame what this thread is doing'

export default function (amp) {
  const say = (line) => {
    try {
      appendFileSync(${JSON.stringify(path)}, JSON.stringify(line) + '\\n', { mode: 0o600 })
    } catch {
      // Status is then read from the terminal.
    }
  }
  let current = null
  let subscription = null
  const lastText = async (thread) => {
    const [message] = await thread.messages({ from: 'end', limit: 1, roles: ['assistant'] })
    const texts = (message?.content ?? []).filter((block) => block.type === 'text').map((block) => block.text)
    return texts.join('\\n').slice(-2000)
  }
  const late = () => new Promise((resolve) => setTimeout(resolve, 300, ''))
  const follow = (id) => {
    if (id === null || id === current) return
    subscription?.unsubscribe()
    current = id
    say({ thread: id })
    const thread = amp.threads.get(id)
    let latest = null
    const tell = async (state) => {
      latest = state
      const text = state === 'idle' ? await Promise.race([lastText(thread).catch(() => ''), late()]) : ''
      if (latest === state && current === id) say({ state, text })
    }
    subscription = thread.state.subscribe({ next: (state) => void tell(state), error: () => say({ state: 'lost' }) })
  }
  amp.on('session.start', (event) => follow(amp.activeThread.current?.id ?? event.thread.id))
  amp.activeThread.subscribe((thread) => follow(thread?.id ?? null))
}
`;
}
