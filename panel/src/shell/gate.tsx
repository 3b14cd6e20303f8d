import type { ComponentChildren, JSX } from 'preact'
import { t } from '../i18n/t'
import { who } from '../store/session'
import { LanguageButton } from './header'
import { PairForm } from './pair_form'
import { StopButton, StopNote } from './stop'
import { TokenForm } from './token_form'
import './gate.css'

/** Show the page to who is logged in, and to everybody else how to come in: tablets and displays are paired. */
export function Gate({ children, entry }: { children: ComponentChildren; entry?: JSX.Element }): JSX.Element {
  const session = who.value
  if (typeof session === 'object') return <>{children}</>
  return (
    <main class="gate">
      <div class="gate-row">
        <LanguageButton />
        <StopButton place="header" />
      </div>
      <StopNote />
      {session === 'unreachable' ? (
        <p>{t('auth.unreachable')}</p>
      ) : (
        session === 'none' && (
          <>
            {entry ?? <PairForm />}
            <details class="gate-more">
              <summary>{t('auth.other')}</summary>
              <TokenForm />
            </details>
          </>
        )
      )}
    </main>
  )
}
