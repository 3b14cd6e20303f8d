import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { t } from '../i18n/t'
import { logIn } from '../socket/actions'

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
      <h2>{t('auth.title')}</h2>
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
