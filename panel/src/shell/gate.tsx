import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'
import { t } from '../i18n/t'
import { logIn } from '../socket/actions'
import { who } from '../store/session'
import { LanguageButton } from './header'
import { StopButton, StopNote } from './stop'
import './gate.css'

/** Show the page to who is logged in, and to everybody else how to log in. STOP works for all. */
export function Gate({ children }: { children: ComponentChildren }): JSX.Element {
  const session = who.value
  if (typeof session === 'object') return <>{children}</>
  return (
    <main class="gate">
      <div class="gate-row">
        <LanguageButton />
        <StopButton place="header" />
      </div>
      <StopNote />
      {session === 'unreachable' ? <p>{t('auth.unreachable')}</p> : session === 'none' && <TokenForm />}
    </main>
  )
}

/** Ask for a token; it goes into a cookie that scripts cannot read. */
export function TokenForm(): JSX.Element {
  const [token, setToken] = useState('')
  const [problem, setProblem] = useState<'auth.wrong' | 'auth.unreachable' | null>(null)
  const enter = async (event: Event) => {
    event.preventDefault()
    const taken = await logIn(token.trim())
    setProblem(taken === null ? 'auth.unreachable' : taken ? null : 'auth.wrong')
  }
  return (
    <form class="gate-form" onSubmit={(event) => void enter(event)}>
      <h1>{t('auth.title')}</h1>
      <p id="token-hint">{t('auth.hint')}</p>
      <label for="token">{t('auth.field')}</label>
      <input
        id="token"
        class="field"
        type="password"
        autocomplete="off"
        aria-describedby="token-hint"
        value={token}
        onInput={(event) => setToken(event.currentTarget.value)}
      />
      {problem && <p role="alert">{t(problem)}</p>}
      <button type="submit" class="plain">
        {t('auth.enter')}
      </button>
    </form>
  )
}
