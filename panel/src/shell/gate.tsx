import type { ComponentChildren, JSX } from 'preact'
import { t } from '../i18n/t'
import { who } from '../store/session'
import { Entry, PaperCodes } from './entry'
import { LanguageButton } from './header'
import { StopButton, StopNote } from './stop'
import './gate.css'

/** Show the page to who is logged in, and to everybody else how to log in. STOP works for all. */
export function Gate({ children }: { children: ComponentChildren }): JSX.Element {
  const session = who.value
  if (typeof session === 'object')
    return (
      <>
        <PaperCodes />
        {children}
      </>
    )
  return (
    <main class="gate">
      <div class="gate-row">
        <LanguageButton />
        <StopButton place="header" />
      </div>
      <StopNote />
      {session === 'unreachable' ? <p>{t('auth.unreachable')}</p> : session === 'none' && <Entry />}
    </main>
  )
}
